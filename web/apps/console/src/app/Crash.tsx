/** A page that broke, or could not be fetched, e.g. since the server was updated meanwhile. */
import { Alert, AlertTitle, Box, Button, Typography } from '@mui/material';
import { useRouteError } from 'react-router';
import { useTitle } from '#shared/ui/Page';

export function Crash() {
  const error = useRouteError();
  useTitle('Error');
  return (
    <Box component="main" sx={{ maxWidth: 640, m: 2 }}>
      <Alert
        severity="error"
        action={
          <Button color="inherit" onClick={() => location.reload()}>
            Reload
          </Button>
        }
      >
        <AlertTitle component="h1">This page could not be shown</AlertTitle>
        <Typography variant="body2">
          Reload it first: the console may have been updated since you opened it. If that does not
          help, this is what went wrong:
        </Typography>
        <Typography variant="code" component="p" sx={{ mt: 1, overflowWrap: 'anywhere' }}>
          {error instanceof Error ? error.message : String(error)}
        </Typography>
      </Alert>
    </Box>
  );
}
