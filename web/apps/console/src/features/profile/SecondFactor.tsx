import { Button } from '@mui/material';
import { useState } from 'react';
import { CodeField } from '#shared/forms/CodeField';
import { PasswordField } from '#shared/forms/PasswordField';
import { useForm } from '#shared/forms/useForm';
import { count } from '#shared/format/text';
import { useMe } from '#shared/session/useMe';
import { ActionRow } from '#shared/ui/ActionRow';
import { FormDialog } from '#shared/ui/dialogs';
import { Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { useToast } from '#shared/ui/toast';
import { RecoveryCodesDialog } from './RecoveryCodesDialog';
import { SetUpDialog } from './SetUpDialog';
import { useTotp } from './useTotp';

export function SecondFactor() {
  const me = useMe();
  const { disable, newCodes } = useTotp();
  const toast = useToast();
  const [open, setOpen] = useState<'set-up' | 'disable' | 'codes'>();
  const [codes, setCodes] = useState<string[]>();
  const close = () => setOpen(undefined);
  const few = me.totp_enabled && me.recovery_codes_left <= 3;
  return (
    <Section title="Second factor">
      <ActionRow
        title={
          <>
            Authenticator app{' '}
            <State apart tone={me.totp_enabled ? 'success' : 'neutral'}>{me.totp_enabled ? 'On' : 'Off'}</State>
          </>
        }
        about="A code from your phone, besides the password. A stolen password alone then opens nothing."
      >
        <Button
          variant={me.totp_enabled ? 'outlined' : 'contained'}
          color={me.totp_enabled ? 'error' : 'primary'}
          onClick={() => setOpen(me.totp_enabled ? 'disable' : 'set-up')}
        >
          {me.totp_enabled ? 'Turn off' : 'Set up'}
        </Button>
      </ActionRow>
      {me.totp_enabled && (
        <ActionRow
          title={
            <>
              Recovery codes{' '}
              <State apart tone={few ? 'warning' : 'neutral'}>{count(me.recovery_codes_left, 'code')} left</State>
            </>
          }
          about="Each signs you in once in place of a code from the app."
        >
          <Button variant="outlined" onClick={() => setOpen('codes')}>
            New codes
          </Button>
        </ActionRow>
      )}
      {open === 'set-up' && <SetUpDialog onClose={close} onDone={setCodes} />}
      {open === 'disable' && (
        <ProofDialog
          title="Turn the second factor off?"
          submit="Turn off"
          danger
          send={async (proof) => {
            await disable.mutateAsync(proof);
            toast('The second factor is off.');
          }}
          onClose={close}
        />
      )}
      {open === 'codes' && (
        <ProofDialog
          title="Make new recovery codes"
          submit="Make them"
          send={async (proof) => setCodes((await newCodes.mutateAsync(proof)).recovery_codes)}
          onClose={close}
        />
      )}
      <RecoveryCodesDialog codes={codes} onClose={() => setCodes(undefined)} />
    </Section>
  );
}

interface ProofDialogProps {
  title: string;
  submit: string;
  danger?: boolean;
  send: (proof: { password: string; code: string }) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for both factors again, before one of them is changed. */
function ProofDialog({ title, submit, danger = false, send, onClose }: ProofDialogProps) {
  const form = useForm({ password: '', code: '' });
  const perform = async () => {
    const done = await form.submit(({ password, code }) => send({ password, code: code.replace(/\s/g, '') }));
    if (done) onClose();
  };
  return (
    <FormDialog title={title} submit={submit} danger={danger} open busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void perform()}>
      <PasswordField label="Password" autoFocus autoComplete="current-password" {...form.text('password')} />
      <CodeField method="totp" {...form.text('code')} />
    </FormDialog>
  );
}
