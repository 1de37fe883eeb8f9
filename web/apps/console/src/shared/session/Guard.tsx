/** A page that needs permissions: shows it, or says which of them is missing. */
import { Alert, AlertTitle, Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { missing, type Permission } from './permissions';
import { useMe } from './useMe';

export function Guard({ needs, children }: { needs: readonly Permission[]; children: ReactNode }) {
  const me = useMe();
  const lacking = missing(me.permissions, needs);
  return lacking.length === 0 ? children : <Refused permissions={lacking} />;
}

export function Refused({ permissions }: { permissions: readonly string[] }) {
  const me = useMe();
  return (
    <Box sx={{ maxWidth: 640 }}>
      <Alert severity="warning">
        <AlertTitle component="h1">You may not open this page</AlertTitle>
        <Typography variant="body2" sx={{ mb: 1 }}>
          It needs{' '}
          {permissions.map((permission, index) => (
            <span key={permission}>
              {index > 0 && ' and '}
              <Typography component="code" variant="code">
                {permission}
              </Typography>
            </span>
          ))}
          , which none of your roles in {me.tenant.name} has.
        </Typography>
        <Typography variant="body2" color="textSecondary">
          An administrator of {me.tenant.name} can give you a role that has it.
        </Typography>
      </Alert>
    </Box>
  );
}
