import { Button, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { PasswordField } from '#shared/forms/PasswordField';
import { useForm } from '#shared/forms/useForm';
import { useMeRead } from '#shared/session/useMe';
import { ActionRow } from '#shared/ui/ActionRow';
import { FormDialog } from '#shared/ui/dialogs';
import { Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { useToast } from '#shared/ui/toast';
import { Password } from './Password';
import { useChangeEmail, useRename } from './useProfileChanges';

export function Account() {
  const me = useMeRead().data;
  const [changing, setChanging] = useState<'name' | 'email' | 'confirmation'>();
  const close = () => setChanging(undefined);
  return (
    <Section title="Account">
      <ActionRow title="Name" about={me.name}>
        <Button variant="outlined" onClick={() => setChanging('name')}>
          Change
        </Button>
      </ActionRow>
      <ActionRow
        title="E-mail"
        about={
          <>
            {me.email} {!me.email_verified && <State tone="warning" apart>Not confirmed</State>}
          </>
        }
      >
        {!me.email_verified && (
          <Button variant="outlined" onClick={() => setChanging('confirmation')}>
            Confirm
          </Button>
        )}
        <Button variant="outlined" onClick={() => setChanging('email')}>
          Change
        </Button>
      </ActionRow>
      <Password />
      {changing === 'name' && <NameDialog onClose={close} />}
      {changing === 'email' && <EmailDialog onClose={close} />}
      {changing === 'confirmation' && <ConfirmationDialog onClose={close} />}
    </Section>
  );
}

function NameDialog({ onClose }: { onClose: () => void }) {
  const { data: me, etag } = useMeRead();
  const form = useForm({ name: me.name });
  const rename = useRename(etag);
  const submit = async () => {
    if (await form.submit(({ name }) => rename.mutateAsync(name))) onClose();
  };
  return (
    <FormDialog title="Your name" submit="Save" open busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void submit()}>
      <TextField label="Name" autoFocus autoComplete="name" {...form.text('name')} />
    </FormDialog>
  );
}

function EmailDialog({ onClose }: { onClose: () => void }) {
  const form = useForm({ email: '', password: '' });
  const change = useChangeEmail();
  const toast = useToast();
  const submit = async () => {
    const email = form.values.email.trim();
    if (await form.submit(({ password }) => change.mutateAsync({ email, password }))) {
      toast(`Open the link that we sent to ${email}.`, 'info');
      onClose();
    }
  };
  return (
    <FormDialog title="Change your e-mail address" submit="Send the link" open busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void submit()}>
      <Typography variant="body2">
        We send a link to the new address. Until you open it, you sign in with the present one.
      </Typography>
      <TextField label="New e-mail" type="email" autoFocus autoComplete="email" {...form.text('email')} />
      <PasswordField label="Password" autoComplete="current-password" {...form.text('password')} />
    </FormDialog>
  );
}

/** A link to the present address, for who has never opened one. */
function ConfirmationDialog({ onClose }: { onClose: () => void }) {
  const { email } = useMeRead().data;
  const form = useForm({ password: '' });
  const change = useChangeEmail();
  const toast = useToast();
  const submit = async () => {
    if (await form.submit(({ password }) => change.mutateAsync({ email, password }))) {
      toast(`Open the link that we sent to ${email}.`, 'info');
      onClose();
    }
  };
  return (
    <FormDialog title="Confirm your e-mail address" submit="Send the link" open busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void submit()}>
      <Typography variant="body2">We send a link to {email}. Opening it shows that the address is yours.</Typography>
      <PasswordField label="Password" autoFocus autoComplete="current-password" {...form.text('password')} />
    </FormDialog>
  );
}
