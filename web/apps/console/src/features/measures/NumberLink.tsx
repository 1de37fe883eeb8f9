/** A number that leads to what it counts. */
import { Link } from '@mui/material';
import { Link as RouterLink } from 'react-router';

export function NumberLink({ to, children }: { to: string; children: string }) {
  return (
    <Link component={RouterLink} to={to} underline="always" sx={{ display: 'inline-block', minWidth: 24, lineHeight: '24px' }}>
      {children}
    </Link>
  );
}
