/** Sets the second factor up: the password, then the app, then a code that shows that it works. */
import type { TotpSecret } from '@itechsmart/api';
import { Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { CodeField } from '#shared/forms/CodeField';
import { PasswordField } from '#shared/forms/PasswordField';
import { useForm } from '#shared/forms/useForm';
import { CodeBlock } from '#shared/ui/Code';
import { FormDialog } from '#shared/ui/dialogs';
import { QrCode } from './QrCode';
import { useTotp } from './useTotp';

interface SetUpDialogProps {
  onClose: () => void;
  onDone: (recoveryCodes: string[]) => void;
}

export function SetUpDialog({ onClose, onDone }: SetUpDialogProps) {
  const form = useForm({ password: '', code: '' });
  const [secret, setSecret] = useState<TotpSecret>();
  const { begin, confirm } = useTotp();
  const submit = async () => {
    if (secret === undefined) {
      await form.submit(async ({ password }) => setSecret(await begin.mutateAsync(password)));
      return;
    }
    const done = await form.submit(async ({ code }) =>
      onDone((await confirm.mutateAsync(code.replace(/\s/g, ''))).recovery_codes),
    );
    if (done) onClose();
  };
  return (
    <FormDialog
      title="Set up the second factor"
      submit={secret === undefined ? 'Continue' : 'Turn on'}
      open
      busy={form.busy}
      problem={form.problem}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      {secret === undefined ? (
        <PasswordField label="Password" autoFocus autoComplete="current-password" {...form.text('password')} />
      ) : (
        <>
          <Typography variant="body2">
            Scan this with an authenticator app, then enter the code that it shows.
          </Typography>
          <Stack direction={{ xs: 'column', sm: 'row' }} sx={{ gap: 2, alignItems: 'center' }}>
            <QrCode text={secret.otpauth_uri} label="QR code for the authenticator app" />
            <Stack sx={{ gap: 1, minWidth: 0, width: '100%' }}>
              <Typography variant="caption" color="textSecondary">
                If you cannot scan it, enter this key:
              </Typography>
              <CodeBlock>{secret.secret}</CodeBlock>
            </Stack>
          </Stack>
          <CodeField method="totp" autoFocus {...form.text('code')} />
        </>
      )}
    </FormDialog>
  );
}
