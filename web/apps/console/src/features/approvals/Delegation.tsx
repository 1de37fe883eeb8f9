/** Who decides for the caller while they are away, and for whom the caller decides. */
import type { Delegation as Given, NamedUser } from '@itechsmart/api';
import { Box, Button, TextField, Typography } from '@mui/material';
import { CalendarOff, Plus } from 'lucide-react';
import { useState } from 'react';
import { GONE_PERSON } from '#shared/catalog/words';
import { fromLocalField, minute, toLocalField } from '#shared/format/time';
import { useForm } from '#shared/forms/useForm';
import { useCan, useMe } from '#shared/session/useMe';
import { ActionRow } from '#shared/ui/ActionRow';
import { Confirm, FormDialog } from '#shared/ui/dialogs';
import { Section } from '#shared/ui/Page';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { State } from '#shared/ui/State';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { useNow } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useFlag } from '#shared/ui/useFlag';
import { useDelegate, useDelegations, useEndDelegation } from './useApprovals';

export function Delegation() {
  const me = useMe();
  const delegations = useDelegations();
  const [making, setMaking] = useFlag('new');
  const may = useCan()('hub.people.read');
  const given = delegations.data?.filter(({ of }) => of.id === me.id) ?? [];
  const received = delegations.data?.filter(({ of }) => of.id !== me.id) ?? [];
  const add = may && (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      Delegate
    </Button>
  );
  return (
    <>
      <Section title="Who decides for you" about="Somebody else decides in your place, for a while. You still can." actions={given.length > 0 && add}>
        {delegations.error !== null && <Failed problem={delegations.error} retry={() => void delegations.refetch()} />}
        {delegations.data === undefined && delegations.error === null && <LoadingRows rows={2} />}
        {delegations.data !== undefined && given.length === 0 && (
          <Empty icon={CalendarOff} title="Nobody decides for you" action={add}>
            Before you are away, name who decides on requests in your place.
          </Empty>
        )}
        {given.map((one) => (
          <ActionRow key={one.id} title={one.to.name ?? GONE_PERSON} about={<Period of={one} />}>
            <End of={one} />
          </ActionRow>
        ))}
      </Section>
      {received.length > 0 && (
        <Section title="For whom you decide" about="What waits for them waits for you, too. On your own requests you never decide.">
          {received.map((one) => (
            <Box key={one.id} sx={{ py: 1, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
              <Typography variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
                {one.of.name ?? GONE_PERSON}
              </Typography>
              <Typography variant="body2" color="textSecondary" component="div">
                <Period of={one} />
              </Typography>
            </Box>
          ))}
        </Section>
      )}
      {making && may && <DelegateDialog onClose={() => setMaking(false)} />}
    </>
  );
}

function Period({ of: { from, until } }: { of: Given }) {
  const begun = Date.parse(from) <= useNow();
  return (
    <>
      {minute(from)} to {minute(until)}
      <State apart tone={begun ? 'success' : 'neutral'}>
        {begun ? 'Now' : 'Later'}
      </State>
    </>
  );
}

function End({ of }: { of: Given }) {
  const end = useEndDelegation();
  const toast = useToast();
  const name = of.to.name ?? GONE_PERSON;
  return (
    <Confirm
      title={`End the delegation to ${name}?`}
      submit="End it"
      danger
      act={async () => {
        await end.mutateAsync(of.id);
        toast('The delegation is ended.');
      }}
      trigger={(open) => (
        <Button variant="outlined" color="error" onClick={open}>
          End
        </Button>
      )}
    >
      What waits for you does not wait for them any more. What they decided counts.
    </Confirm>
  );
}

const WEEK_MS = 7 * 86_400_000;

function DelegateDialog({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const delegate = useDelegate();
  const toast = useToast();
  const [person, setPerson] = useState<NamedUser | null>(null);
  const [begin] = useState(() => Date.now());
  const form = useForm({ to_id: '', from: toLocalField(begin), until: toLocalField(begin + WEEK_MS) });
  const [missing, setMissing] = useState<string>();
  const send = async () => {
    setMissing(person === null ? 'Choose who decides for you.' : undefined);
    if (person === null) return;
    const done = await form.submit(({ from, until }) =>
      delegate.mutateAsync({ to_id: person.id, from: fromLocalField(from) ?? '', until: fromLocalField(until) ?? '' }),
    );
    if (!done) return;
    toast(`${person.name} decides for you.`);
    onClose();
  };
  return (
    <FormDialog
      title="Delegate your approvals"
      submit="Delegate"
      open
      busy={form.busy}
      problem={form.problem}
      onClose={onClose}
      onSubmit={() => void send()}
    >
      <Typography variant="body2" color="textSecondary">
        They decide on what waits for you, except on their own requests. The trail says who decided, and for whom.
      </Typography>
      <PersonPicker label="Who decides for you" required person={person} onChange={setPerson} except={me.id} error={missing ?? form.error('to_id')} />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { sm: '1fr 1fr' } }}>
        <TextField label="From" type="datetime-local" slotProps={{ inputLabel: { shrink: true } }} {...form.text('from')} />
        <TextField label="Until" type="datetime-local" slotProps={{ inputLabel: { shrink: true } }} {...form.text('until')} />
      </Box>
    </FormDialog>
  );
}
