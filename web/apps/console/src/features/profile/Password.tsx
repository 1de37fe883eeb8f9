import { Button } from '@mui/material';
import { useState } from 'react';
import { PASSWORD_HELP, PasswordField } from '#shared/forms/PasswordField';
import { useForm } from '#shared/forms/useForm';
import { useMe } from '#shared/session/useMe';
import { ActionRow } from '#shared/ui/ActionRow';
import { FormDialog } from '#shared/ui/dialogs';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useChangePassword } from './useProfileChanges';

export function Password() {
  const me = useMe();
  const [changing, setChanging] = useState(false);
  return (
    <>
      <ActionRow
        title="Password"
        about={
          <>
            Last changed: <Time>{me.password_changed_at}</Time>
          </>
        }
      >
        <Button variant="outlined" onClick={() => setChanging(true)}>
          Change
        </Button>
      </ActionRow>
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  );
}

function PasswordDialog({ onClose }: { onClose: () => void }) {
  const form = useForm({ current_password: '', new_password: '' });
  const change = useChangePassword();
  const toast = useToast();
  const submit = async () => {
    if (await form.submit((values) => change.mutateAsync(values))) {
      toast('Your password is changed, and your other sessions are ended.');
      onClose();
    }
  };
  return (
    <FormDialog title="Change your password" submit="Change it" open busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void submit()}>
      <PasswordField label="Present password" autoFocus autoComplete="current-password" {...form.text('current_password')} />
      <PasswordField label="New password" autoComplete="new-password" {...form.text('new_password', PASSWORD_HELP)} />
    </FormDialog>
  );
}
