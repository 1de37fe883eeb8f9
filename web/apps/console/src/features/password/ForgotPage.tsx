import { Button, TextField } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router';
import { useForm } from '#shared/forms/useForm';
import { hub } from '#shared/session/session';
import { CardForm, CardPage } from '#shared/ui/CardPage';
import { FormProblem } from '#shared/ui/states';

export default function ForgotPage() {
  const form = useForm({ email: '' });
  const [sent, setSent] = useState(false);
  if (sent) {
    return (
      <CardPage
        title="Look into your mailbox"
        about={`If ${form.values.email} belongs to an account, a link to set a new password is on its way there.`}
      >
        <Button component={Link} to="/login" variant="outlined" size="large">
          Back to the login
        </Button>
      </CardPage>
    );
  }
  const submit = async () => {
    const done = await form.submit(({ email }) => hub.ask('POST', '/password/forgot', { email: email.trim() }));
    setSent(done);
  };
  return (
    <CardPage title="Forgot your password?" about="We send you a link to set a new one.">
      <CardForm submit="Send the link" busy={form.busy} onSubmit={() => void submit()}>
        <TextField label="E-mail" type="email" autoFocus autoComplete="username" {...form.text('email')} />
        <FormProblem problem={form.problem} />
      </CardForm>
      <Button component={Link} to="/login" color="inherit">
        Back to the login
      </Button>
    </CardPage>
  );
}
