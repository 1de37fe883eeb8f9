/** A page that needs permissions: shows it, or says which of them is missing. */
import { Alert, AlertTitle, Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { missing, type Need } from './permissions';
import { useMe } from './useMe';

export function Guard({ needs, children }: { needs: readonly Need[]; children: ReactNode }) {
  const me = useMe();
  const lacking = missing(me.permissions, needs);
  return lacking.length === 0 ? children : <Refused permissions={lacking} />;
}

/** Each is a permission, or several of which one is enough. */
export function Refused({ permissions }: { permissions: readonly (string | readonly string[])[] }) {
  const me = useMe();
  return (
    <Box sx={{ maxWidth: 640 }}>
      <Alert severity="warning">
        <AlertTitle component="h1">You may not open this page</AlertTitle>
        <Typography variant="body2" sx={{ mb: 1 }}>
          It needs{' '}
          {permissions.map((need, index) =>
            [need].flat().map((permission, choice) => (
              <span key={permission}>
                {choice > 0 ? ' or ' : index > 0 && ' and '}
                <Typography component="code" variant="code">
                  {permission}
                </Typography>
              </span>
            )),
          )}
          , which none of your roles in {me.tenant.name} has.
        </Typography>
        <Typography variant="body2" color="textSecondary">
          An administrator of {me.tenant.name} can give you a role that has it.
        </Typography>
      </Alert>
    </Box>
  );
}
