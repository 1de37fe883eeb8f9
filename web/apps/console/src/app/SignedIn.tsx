/** Opens the shell for whoever is signed in, and the login for whoever is not. */
import { toProblem } from '@itechsmart/api';
import { Box, Button, CircularProgress, Stack, Typography } from '@mui/material';
import { useEffect, useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { useMeQuery } from '#shared/session/useMe';
import { useSession } from '#shared/session/SessionProvider';
import { Failed } from '#shared/ui/states';
import { Mark } from '#shared/ui/Mark';
import { Shell } from './shell/Shell';

export function SignedIn() {
  const { state, look } = useSession();
  const { pathname, search } = useLocation();
  switch (state.phase) {
    case 'looking':
      return <Waiting />;
    case 'unreachable':
      return (
        <Centered>
          <Failed problem={state.problem} retry={look} />
        </Centered>
      );
    case 'signed_out': {
      const from = pathname === '/' ? undefined : `${pathname}${search}`;
      return <Navigate to="/login" replace state={{ from, ended: state.ended }} />;
    }
    case 'signed_in':
      return <Known key={state.visit} />;
  }
}

function Known() {
  const me = useMeQuery();
  if (me.data !== undefined) return <Shell />;
  if (me.error === null) return <Waiting />;
  return (
    <Centered>
      <Failed problem={toProblem(me.error)} retry={() => void me.refetch()} />
      <Button href="/login" sx={{ mt: 2 }}>
        Back to the login
      </Button>
    </Centered>
  );
}

const PATIENCE_MS = 400;

/** Nothing for a moment, so that a fast answer does not flicker. */
function Waiting() {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Stack role="status" sx={{ minHeight: '100dvh', alignItems: 'center', justifyContent: 'center', gap: 2 }}>
      {long && (
        <>
          <Box sx={{ color: 'primary.main' }}>
            <Mark size={36} line="currentColor" />
          </Box>
          <CircularProgress size={20} aria-hidden />
          <Typography variant="body2" color="textSecondary">
            Opening the console
          </Typography>
        </>
      )}
    </Stack>
  );
}

function Centered({ children }: { children: React.ReactNode }) {
  return (
    <Box component="main" sx={{ minHeight: '100dvh', display: 'grid', placeContent: 'center', p: 2 }}>
      <Box sx={{ maxWidth: 520 }}>{children}</Box>
    </Box>
  );
}
