import type { InvitationLook } from '@itechsmart/api';
import { Button, Skeleton, TextField } from '@mui/material';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { PASSWORD_HELP, PasswordField } from '#shared/forms/PasswordField';
import { useForm } from '#shared/forms/useForm';
import { hub } from '#shared/session/session';
import { signIn } from '#shared/session/signIn';
import { useLinkToken } from '#shared/session/useLinkToken';
import { BrokenLink, CardForm, CardPage } from '#shared/ui/CardPage';
import { Failed, FormProblem } from '#shared/ui/states';
import { useInvitation } from './useInvitation';

export default function InvitationPage() {
  const token = useLinkToken();
  const look = useInvitation(token);
  if (token === '') return <BrokenLink ask="If that does not help, ask whoever invited you to send it again." />;
  if (look.error !== null) {
    return (
      <CardPage title="This invitation cannot be used" about="If you have not accepted it yet, ask whoever invited you to send it again.">
        <Failed problem={look.error} retry={() => void look.refetch()} />
      </CardPage>
    );
  }
  if (look.data === undefined) return <Skeleton variant="rounded" height={260} />;
  return <Accept token={token} invitation={look.data} />;
}

function Accept({ token, invitation }: { token: string; invitation: InvitationLook }) {
  const { email, tenant_name, new_person } = invitation;
  const form = useForm({ name: '', password: '' });
  const navigate = useNavigate();
  const [accepted, setAccepted] = useState(false);
  const submit = () =>
    form.submit(async ({ name, password }) => {
      await hub.ask('POST', '/invitations/accept', { token, ...(new_person && { name, password }) });
      try {
        if (new_person && (await signIn(email, password)) === undefined) await navigate('/');
      } catch {
        // Accepted all the same; the login tells the rest.
      }
      setAccepted(true);
    });
  if (accepted) {
    return (
      <CardPage title={`You are a member of ${tenant_name}`} about={`Sign in as ${email}.`}>
        <Button component={Link} to="/login" variant="contained" size="large">
          Sign in
        </Button>
      </CardPage>
    );
  }
  return (
    <CardPage
      title={`Join ${tenant_name}`}
      about={
        new_person
          ? `Make your account: you will sign in as ${email}.`
          : `You will sign in as before, as ${email}, and can switch between tenants in the bar at the top.`
      }
    >
      <CardForm submit="Accept the invitation" busy={form.busy} onSubmit={() => void submit()}>
        {new_person && (
          <>
            <input type="hidden" autoComplete="username" value={email} readOnly />
            <TextField label="Your name" autoFocus autoComplete="name" {...form.text('name')} />
            <PasswordField label="Password" autoComplete="new-password" {...form.text('password', PASSWORD_HELP)} />
          </>
        )}
        <FormProblem problem={form.problem} />
      </CardForm>
    </CardPage>
  );
}
