/** Signing in: a password, then a second factor where one is set. */
import type { Challenge } from '@itechsmart/api';
import { Alert, Link, Skeleton, TextField } from '@mui/material';
import { useState } from 'react';
import { Link as RouterLink, Navigate, useLocation } from 'react-router';
import { PasswordField } from '#shared/forms/PasswordField';
import { useForm } from '#shared/forms/useForm';
import { useSession } from '#shared/session/SessionProvider';
import { signIn } from '#shared/session/signIn';
import { CardForm, CardPage } from '#shared/ui/CardPage';
import { FormProblem } from '#shared/ui/states';
import { SecondFactor } from './SecondFactor';
import { useSetupNeeded } from './useSetupNeeded';

interface From {
  from?: string;
  ended?: boolean;
}

export default function LoginPage() {
  const { state } = useSession();
  const { from, ended = false } = (useLocation().state ?? {}) as From;
  const [challenge, setChallenge] = useState<Challenge>();
  if (state.phase === 'signed_in') return <Navigate to={from ?? '/'} replace />;
  if (state.phase === 'looking') return <Skeleton variant="rounded" height={260} />;
  if (challenge !== undefined) {
    return <SecondFactor challenge={challenge} onBack={() => setChallenge(undefined)} />;
  }
  return <Password ended={ended} onChallenge={setChallenge} />;
}

interface PasswordProps {
  ended: boolean;
  onChallenge: (challenge: Challenge | undefined) => void;
}

function Password({ ended, onChallenge }: PasswordProps) {
  const form = useForm({ email: '', password: '' });
  const setupNeeded = useSetupNeeded();
  const submit = () =>
    form.submit(async ({ email, password }) => onChallenge(await signIn(email.trim(), password)));
  return (
    <CardPage title="Sign in">
      {ended && <Alert severity="info">Your session has ended. Sign in to go on where you were.</Alert>}
      {setupNeeded && (
        <Alert severity="info">
          Nobody has set this installation up yet. Open the link that the server printed when it
          started: it ends in /setup#token=…
        </Alert>
      )}
      <CardForm submit="Sign in" busy={form.busy} onSubmit={() => void submit()}>
        <TextField label="E-mail" type="email" autoFocus autoComplete="username" {...form.text('email')} />
        <PasswordField label="Password" autoComplete="current-password" {...form.text('password')} />
        <FormProblem problem={form.problem} />
      </CardForm>
      <Link component={RouterLink} to="/forgot" variant="body2" sx={{ textAlign: 'center' }}>
        Forgot your password?
      </Link>
    </CardPage>
  );
}
