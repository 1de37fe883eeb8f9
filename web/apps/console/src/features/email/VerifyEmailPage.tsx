/** Proves that an e-mail address is read by whoever gave it. A click sends it, not the mere visit,
 * which mail scanners make too. */
import { Button } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router';
import { useForm } from '#shared/forms/useForm';
import { hub } from '#shared/session/session';
import { useLinkToken } from '#shared/session/useLinkToken';
import { BrokenLink, CardForm, CardPage } from '#shared/ui/CardPage';
import { FormProblem } from '#shared/ui/states';

export default function VerifyEmailPage() {
  const token = useLinkToken();
  const form = useForm({});
  const [done, setDone] = useState(false);
  if (token === '') return <BrokenLink ask="You can ask for a new link on your profile." />;
  if (done) {
    return (
      <CardPage title="Your address is confirmed" about="You can use it to sign in from now on.">
        <Button component={Link} to="/" variant="contained" size="large">
          Open the console
        </Button>
      </CardPage>
    );
  }
  const submit = async () => setDone(await form.submit(() => hub.ask('POST', '/email/verify', { token })));
  return (
    <CardPage title="Confirm your e-mail address" about="So we know that messages reach you there.">
      <CardForm submit="Confirm" busy={form.busy} onSubmit={() => void submit()}>
        <FormProblem problem={form.problem} />
      </CardForm>
    </CardPage>
  );
}
