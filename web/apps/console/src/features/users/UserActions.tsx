/** What can be done to a user's account, each with what follows from it. */
import type { User } from '@itechsmart/api';
import { Button } from '@mui/material';
import { useNavigate } from 'react-router';
import { useMe } from '#shared/session/useMe';
import { ActionRow } from '#shared/ui/ActionRow';
import { Confirm } from '#shared/ui/dialogs';
import { Section } from '#shared/ui/Page';
import { useToast } from '#shared/ui/toast';
import { useUserChanges } from './useUserChanges';

interface UserActionsProps {
  user: User;
  etag: string | undefined;
}

export function UserActions({ user, etag }: UserActionsProps) {
  const { change, act, endSessions, remove } = useUserChanges(user.id, etag);
  const toast = useToast();
  const navigate = useNavigate();
  const own = useMe().id === user.id;
  const name = user.name || user.email;
  const then = (said: string) => () => toast(said);
  const disabled = user.state === 'disabled';
  return (
    <Section title="Actions">
      {user.state === 'invited' && (
        <ActionRow title="Send the invitation again" about="With a new link; the one sent before stops working.">
          <Confirm
            title={`Send the invitation to ${user.email} again?`}
            submit="Send it"
            act={() => act.mutateAsync('invitation').then(then('The invitation is on its way.'))}
            trigger={(open) => <Button variant="outlined" onClick={open}>Send again</Button>}
          >
            The link sent before stops working.
          </Confirm>
        </ActionRow>
      )}
      {user.state === 'locked' && (
        <ActionRow title="Unlock" about="Too many wrong passwords have locked the account for a while.">
          <Button
            variant="outlined"
            loading={act.isPending}
            onClick={() => act.mutate('unlock', { onSuccess: then(`${name} is unlocked.`) })}
          >
            Unlock
          </Button>
        </ActionRow>
      )}
      {user.state !== 'invited' && (
        <ActionRow title="Reset the password" about="Sends a link to set a new one. The second factor stays.">
          <Confirm
            title={`Send ${name} a link to set a new password?`}
            submit="Send the link"
            act={() => act.mutateAsync('password-reset').then(then('The link is on its way.'))}
            trigger={(open) => <Button variant="outlined" onClick={open}>Reset password</Button>}
          >
            The present password works until a new one is set.
          </Confirm>
        </ActionRow>
      )}
      {user.state !== 'invited' && (
        <ActionRow title="End all sessions" about="Signs the user out everywhere.">
          <Confirm
            title={`End all sessions of ${name}?`}
            submit="End them"
            danger
            act={() => endSessions.mutateAsync(undefined).then(then('All sessions are ended.'))}
            trigger={(open) => <Button variant="outlined" color="error" onClick={open}>End sessions</Button>}
          >
            They are signed out on every device and can sign in again.
          </Confirm>
        </ActionRow>
      )}
      {!own && user.state !== 'invited' && (
        <ActionRow
          title={disabled ? 'Enable' : 'Disable'}
          about={disabled ? 'The user can sign in to this tenant again.' : 'The user can no longer sign in to this tenant. Nothing is lost.'}
        >
          <Confirm
            title={disabled ? `Enable ${name}?` : `Disable ${name}?`}
            submit={disabled ? 'Enable' : 'Disable'}
            danger={!disabled}
            act={() =>
              change
                .mutateAsync({ state: disabled ? 'active' : 'disabled' })
                .then(then(disabled ? `${name} is enabled.` : `${name} is disabled.`))
            }
            trigger={(open) => (
              <Button variant="outlined" color={disabled ? 'primary' : 'error'} onClick={open}>
                {disabled ? 'Enable' : 'Disable'}
              </Button>
            )}
          >
            {disabled ? 'Roles and groups are as they were.' : 'Their sessions end, and their roles and groups are kept for the day you enable them again.'}
          </Confirm>
        </ActionRow>
      )}
      {!own && (
        <ActionRow title="Remove from this tenant" about="Their audit records stay.">
          <Confirm
            title={`Remove ${name} from this tenant?`}
            submit="Remove"
            danger
            act={async () => {
              await remove.mutateAsync(undefined);
              toast(`${name} is removed.`);
              await navigate('/hub/users');
            }}
            trigger={(open) => <Button variant="outlined" color="error" onClick={open}>Remove</Button>}
          >
            Roles and groups are lost. To come back they need a new invitation.
          </Confirm>
        </ActionRow>
      )}
    </Section>
  );
}
