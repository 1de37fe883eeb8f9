import type { Challenge, SecondFactorMethod } from '@itechsmart/api';
import { Button, Stack } from '@mui/material';
import { useState } from 'react';
import { CodeField } from '#shared/forms/CodeField';
import { useForm } from '#shared/forms/useForm';
import { answer } from '#shared/session/signIn';
import { CardForm, CardPage } from '#shared/ui/CardPage';
import { FormProblem } from '#shared/ui/states';

interface SecondFactorProps {
  challenge: Challenge;
  onBack: () => void;
}

const ABOUT: Record<SecondFactorMethod, string> = {
  totp: 'Enter the code that your authenticator app shows now.',
  recovery_code: 'Enter one of the recovery codes that you kept. Each works once.',
};

export function SecondFactor({ challenge, onBack }: SecondFactorProps) {
  const [method, setMethod] = useState<SecondFactorMethod>(challenge.methods[0] ?? 'totp');
  const form = useForm({ code: '' });
  const other = challenge.methods.find((each) => each !== method);
  const submit = () => form.submit(({ code }) => answer(challenge.challenge, method, code));
  return (
    <CardPage title="Second factor" about={ABOUT[method]}>
      <CardForm submit="Sign in" busy={form.busy} onSubmit={() => void submit()}>
        <CodeField key={method} method={method} autoFocus {...form.text('code')} />
        <FormProblem problem={form.problem} />
      </CardForm>
      <Stack direction="row" sx={{ justifyContent: 'space-between', flexWrap: 'wrap', gap: 1 }}>
        <Button color="inherit" onClick={onBack}>
          Back
        </Button>
        {other !== undefined && (
          <Button
            onClick={() => {
              setMethod(other);
              form.reset({ code: '' });
            }}
          >
            {other === 'totp' ? 'Use the authenticator app' : 'Use a recovery code'}
          </Button>
        )}
      </Stack>
    </CardPage>
  );
}
