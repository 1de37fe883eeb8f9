/** The first start: whoever holds the link that the server printed becomes its administrator. */
import { Button, TextField } from '@mui/material';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { PASSWORD_HELP, PasswordField } from '#shared/forms/PasswordField';
import { useForm } from '#shared/forms/useForm';
import { hub } from '#shared/session/session';
import { signIn } from '#shared/session/signIn';
import { useLinkToken } from '#shared/session/useLinkToken';
import { BrokenLink, CardForm, CardPage } from '#shared/ui/CardPage';
import { FormProblem } from '#shared/ui/states';

export default function SetupPage() {
  const token = useLinkToken();
  const navigate = useNavigate();
  const [done, setDone] = useState(false);
  const form = useForm({ tenant_name: '', name: '', email: '', password: '' });
  if (token === '') {
    return <BrokenLink ask="The server prints a new one when it starts, until it has been set up." />;
  }
  if (done) {
    return (
      <CardPage title="All set" about="Your account is made. Sign in with it.">
        <Button variant="contained" size="large" component={Link} to="/login">
          Sign in
        </Button>
      </CardPage>
    );
  }
  const submit = () =>
    form.submit(async (values) => {
      await hub.ask('POST', '/setup', { token, ...values });
      try {
        await signIn(values.email, values.password);
        await navigate('/');
      } catch {
        // It is set up all the same, and the link is spent.
        setDone(true);
      }
    });
  return (
    <CardPage
      title="Set up iTechSmart"
      about="This link works once. The account that you make here administers the whole installation."
    >
      <CardForm submit="Set up" busy={form.busy} onSubmit={() => void submit()}>
        <TextField label="Organisation" autoFocus autoComplete="organization" {...form.text('tenant_name')} />
        <TextField label="Your name" autoComplete="name" {...form.text('name')} />
        <TextField label="E-mail" type="email" autoComplete="username" {...form.text('email')} />
        <PasswordField label="Password" autoComplete="new-password" {...form.text('password', PASSWORD_HELP)} />
        <FormProblem problem={form.problem} />
      </CardForm>
    </CardPage>
  );
}
