/** A new password by a mailed link; the second factor is asked here as at the login. */
import { toProblem, type SecondFactorMethod } from '@itechsmart/api';
import { Button } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router';
import { CodeField } from '#shared/forms/CodeField';
import { PASSWORD_HELP, PasswordField } from '#shared/forms/PasswordField';
import { useForm } from '#shared/forms/useForm';
import { hub } from '#shared/session/session';
import { useLinkToken } from '#shared/session/useLinkToken';
import { BrokenLink, CardForm, CardPage } from '#shared/ui/CardPage';
import { FormProblem } from '#shared/ui/states';

export default function ResetPage() {
  const token = useLinkToken();
  const form = useForm({ password: '', code: '' });
  const [method, setMethod] = useState<SecondFactorMethod>();
  const [done, setDone] = useState(false);
  if (token === '') return <BrokenLink ask={<Link to="/forgot">Ask for a new link</Link>} />;
  if (done) {
    return (
      <CardPage title="Your password is changed" about="All your sessions have been ended.">
        <Button component={Link} to="/login" variant="contained" size="large">
          Sign in
        </Button>
      </CardPage>
    );
  }
  const send = async ({ password, code }: { password: string; code: string }) => {
    try {
      await hub.ask('POST', '/password/reset', {
        token,
        password,
        ...(method === undefined ? {} : { code: code.replace(/\s/g, '') }),
      });
      setDone(true);
    } catch (error) {
      if (toProblem(error).code !== 'second_factor_needed' || method !== undefined) throw error;
      setMethod('totp');
    }
  };
  return (
    <CardPage title="Set a new password">
      <CardForm submit="Set the password" busy={form.busy} onSubmit={() => void form.submit(send)}>
        <PasswordField
          label="New password"
          autoFocus
          autoComplete="new-password"
          {...form.text('password', PASSWORD_HELP)}
        />
        {method !== undefined && (
          <>
            <CodeField
              method={method}
              autoFocus
              {...form.text('code', 'Your account has a second factor, so the link alone does not do.')}
            />
            <Button onClick={() => setMethod(method === 'totp' ? 'recovery_code' : 'totp')}>
              {method === 'totp' ? 'Use a recovery code' : 'Use the authenticator app'}
            </Button>
          </>
        )}
        <FormProblem problem={form.problem} />
      </CardForm>
    </CardPage>
  );
}
