/** The components of the status page: kept, put in order, and set by hand. */
import type { Problem, Read, StatusComponent, StatusComponentInput, StatusComponents } from '@itechsmart/api';
import { Alert, Box, Button, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { Layers, Plus } from 'lucide-react';
import { useState } from 'react';
import { componentState, componentStates } from '#shared/catalog/status';
import { useForm } from '#shared/forms/useForm';
import { Confirm, FormDialog, type EditDialogProps } from '#shared/ui/dialogs';
import { MoveButtons } from '#shared/ui/MoveButtons';
import { moved } from '#shared/ui/moved';
import { Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useComponentChanges } from './useStatusPageChanges';

interface ComponentsProps {
  components: { data: Read<StatusComponents> | undefined; error: Problem | null; refetch: () => unknown };
}

export function Components({ components: { data, error, refetch } }: ComponentsProps) {
  const { add, order } = useComponentChanges();
  const [adding, setAdding] = useState(false);
  const toast = useToast();
  // While an order is on its way it shows already.
  const ids = order.isPending ? order.variables : undefined;
  const all = data?.data.items ?? [];
  const shown = ids === undefined ? all : [...all].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  const button = (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      Add a component
    </Button>
  );
  return (
    <Section flush title="Components" actions={all.length > 0 && button}>
      {data === undefined && error === null && <LoadingRows rows={3} />}
      {(error ?? order.error) !== null && (
        <Box sx={{ p: 2 }}>
          {error !== null && <Failed problem={error} retry={() => void refetch()} />}
          {order.error !== null && <Failed problem={order.error} />}
        </Box>
      )}
      {data?.data.items.length === 0 && (
        <Empty icon={Layers} title="There are no components yet" action={button}>
          A component is a part of your services that people know by name: e-mail, the shop, the Rotterdam office.
        </Empty>
      )}
      <Box component="ol" aria-label="Components" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {shown.map((component, at) => (
          <Row key={component.id} component={component} move={<MoveButtons name={component.name} at={at} count={shown.length} disabled={order.isPending} onMove={(to) => order.mutate(moved(shown, at, to).map(({ id }) => id))} />} />
        ))}
      </Box>
      {adding && (
        <ComponentDialog
          title="Add a component"
          submit="Add"
          initial={{ name: '', description: '', group: '' }}
          save={async (input) => {
            await add.mutateAsync(input);
            toast(`${input.name} is on the page.`);
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </Section>
  );
}

function Row({ component, move }: { component: StatusComponent; move: React.ReactNode }) {
  const { change, remove } = useComponentChanges();
  const [open, setOpen] = useState<'edit' | 'state'>();
  const toast = useToast();
  const { id, name, description, group, state, state_by_hand, note, version } = component;
  const { tone, word } = componentState(state);
  const close = () => setOpen(undefined);
  return (
    <Stack component="li" direction="row" sx={{ px: { xs: 1, sm: 2 }, py: 1.25, gap: { xs: 1, sm: 2 }, alignItems: 'center', flexWrap: { xs: 'wrap', md: 'nowrap' }, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      {move}
      <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {name}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {[group, description].filter((text) => text != null && text !== '').join(' · ')}
        </Typography>
        {note !== '' && <Typography variant="body2">“{note}”</Typography>}
        {state !== state_by_hand && (
          <Typography variant="caption" color="textSecondary">
            As an open major incident says; by hand it is {componentState(state_by_hand).word.toLowerCase()}.
          </Typography>
        )}
      </Box>
      <State tone={tone}>{word}</State>
      <Stack direction="row" sx={{ gap: 1, width: { xs: '100%', md: 'auto' }, justifyContent: 'flex-end' }}>
        <Button variant="outlined" aria-label={`Set state of ${name}`} onClick={() => setOpen('state')}>
          Set state
        </Button>
        <Button variant="outlined" aria-label={`Edit ${name}`} onClick={() => setOpen('edit')}>
          Edit
        </Button>
        <Confirm
          danger
          title={`Remove ${name}?`}
          submit="Remove"
          act={async () => {
            await remove.mutateAsync({ id, version });
            toast(`${name} is removed.`);
          }}
          trigger={(ask) => (
            <Button variant="outlined" color="error" aria-label={`Remove ${name}`} onClick={ask}>
              Remove
            </Button>
          )}
        >
          What is recorded of how it stood goes with it, and cannot be had back.
        </Confirm>
      </Stack>
      {open === 'edit' && (
        <ComponentDialog
          title="Edit the component"
          submit="Save"
          initial={{ name, description, group: group ?? '' }}
          save={async (input) => {
            await change.mutateAsync({ id, version, input });
            toast('Saved.');
          }}
          onClose={close}
        />
      )}
      {open === 'state' && <StateDialog component={component} onClose={close} />}
    </Stack>
  );
}

interface Values {
  name: string;
  description: string;
  group: string;
}

function ComponentDialog({ title, submit, initial, save, onClose }: Omit<EditDialogProps<StatusComponentInput>, 'initial'> & { initial: Values }) {
  const form = useForm(initial);
  const send = () => form.submit(({ name, description, group }) => save({ name, description, group: group.trim() === '' ? null : group })).then((done) => done && onClose());
  return (
    <FormDialog open title={title} submit={submit} busy={form.busy} problem={form.problem} disabled={form.values.name.trim() === ''} onClose={onClose} onSubmit={() => void send()}>
      <TextField autoFocus required label="Name" autoComplete="off" {...form.text('name', 'As people know it.')} slotProps={{ htmlInput: { maxLength: 100 } }} />
      <TextField label="Description" multiline autoComplete="off" {...form.text('description', 'What it is for, below its name.')} slotProps={{ htmlInput: { maxLength: 300 } }} />
      <TextField label="Group" autoComplete="off" {...form.text('group', 'Components of the same group stand together, below this heading.')} slotProps={{ htmlInput: { maxLength: 100 } }} />
    </FormDialog>
  );
}

function StateDialog({ component, onClose }: { component: StatusComponent; onClose: () => void }) {
  const { setState } = useComponentChanges();
  const { id, version, name, note } = component;
  const form = useForm({ state: component.state_by_hand, note });
  const toast = useToast();
  const send = () =>
    form
      .submit((input) => setState.mutateAsync({ id, version, input }))
      .then((done) => {
        if (!done) return;
        toast(`${name}: ${componentState(form.values.state).word.toLowerCase()}.`);
        onClose();
      });
  return (
    <FormDialog open title={`How does ${name} stand?`} submit="Set" busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void send()}>
      {component.state !== component.state_by_hand && <Alert severity="info">An open major incident says how it stands. What you set counts once none does.</Alert>}
      <TextField select autoFocus label="State" value={form.values.state} onChange={(event) => form.set('state', event.target.value as StatusComponent['state'])} error={form.error('state') !== undefined} helperText={form.error('state')}>
        {(Object.keys(componentStates) as StatusComponent['state'][]).map((state) => (
          <MenuItem key={state} value={state}>
            {componentStates[state].word}
          </MenuItem>
        ))}
      </TextField>
      <TextField label="Note" multiline minRows={2} {...form.text('note', 'Everybody reads it beside the component.')} slotProps={{ htmlInput: { maxLength: 500 } }} />
    </FormDialog>
  );
}
