/** Maintenance: planned, under way, and over. */
import type { Maintenance, MaintenanceInput, StatusComponent } from '@itechsmart/api';
import { Box, Button, Stack, TextField, Typography } from '@mui/material';
import { Plus, Wrench } from 'lucide-react';
import { useState } from 'react';
import { phases } from '#shared/catalog/status';
import { useForm } from '#shared/forms/useForm';
import { fromLocalField, minute, toLocalField } from '#shared/format/time';
import { Choices } from '#shared/ui/Choices';
import { Confirm, FormDialog } from '#shared/ui/dialogs';
import { MarkdownField } from '#shared/ui/MarkdownField';
import { Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useMaintenance, useMaintenanceChanges } from './useStatusPageChanges';

const HOUR_MS = 3_600_000;

export function MaintenanceList({ components }: { components: readonly StatusComponent[] }) {
  const { items, error, more, loadingMore, reload } = useMaintenance();
  const { plan } = useMaintenanceChanges();
  const [planning, setPlanning] = useState(false);
  const toast = useToast();
  const button = (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} disabled={components.length === 0} onClick={() => setPlanning(true)}>
      Plan maintenance
    </Button>
  );
  return (
    <Section flush title="Maintenance" actions={items !== undefined && items.length > 0 && button}>
      {items === undefined && error === null && <LoadingRows rows={3} />}
      {error !== null && (
        <Box sx={{ p: 2 }}>
          <Failed problem={error} retry={reload} />
        </Box>
      )}
      {items?.length === 0 && (
        <Empty icon={Wrench} title="Nothing is planned" action={button}>
          {components.length === 0 ? 'Add a component first: maintenance says what it is of.' : 'Everybody reads of it from when you plan it, and sees when it begins and ends.'}
        </Empty>
      )}
      <Box component="ul" aria-label="Maintenance" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {items?.map((one) => (
          <Row key={one.id} maintenance={one} components={components} />
        ))}
      </Box>
      {more !== undefined && (
        <Button onClick={more} loading={loadingMore} sx={{ m: 1.5 }}>
          Show more
        </Button>
      )}
      {planning && (
        <MaintenanceDialog
          title="Plan maintenance"
          submit="Plan"
          components={components}
          save={async (input) => {
            await plan.mutateAsync(input);
            toast('It is on the status page.');
          }}
          onClose={() => setPlanning(false)}
        />
      )}
    </Section>
  );
}

interface RowProps {
  maintenance: Maintenance;
  components: readonly StatusComponent[];
}

function Row({ maintenance, components }: RowProps) {
  const { change, remove } = useMaintenanceChanges();
  const [editing, setEditing] = useState(false);
  const toast = useToast();
  const { id, version, title, text, phase, begins_at, ends_at, component_ids } = maintenance;
  const { tone, word } = phases[phase];
  const names = components.filter((one) => component_ids.includes(one.id)).map(({ name }) => name);
  return (
    <Stack component="li" direction="row" sx={{ px: 2, py: 1.25, gap: { xs: 1, sm: 2 }, alignItems: 'center', flexWrap: { xs: 'wrap', md: 'nowrap' }, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {title}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {minute(begins_at)} to {minute(ends_at)}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {names.join(', ')}
        </Typography>
      </Box>
      <State tone={tone}>{word}</State>
      {phase !== 'over' && (
        <Stack direction="row" sx={{ gap: 1, width: { xs: '100%', md: 'auto' }, justifyContent: 'flex-end' }}>
          <Button variant="outlined" aria-label={`Edit ${title}`} onClick={() => setEditing(true)}>
            Edit
          </Button>
          {phase === 'running' ? (
            <Confirm
              title="Is it done?"
              submit="End it now"
              act={async () => {
                await change.mutateAsync({ id, version, input: { title, text, begins_at, ends_at: new Date().toISOString(), component_ids } });
                toast('It is over.');
              }}
              trigger={(ask) => (
                <Button variant="outlined" aria-label={`End ${title} now`} onClick={ask}>
                  End now
                </Button>
              )}
            >
              It ends earlier than planned, and is history then.
            </Confirm>
          ) : (
            <Confirm
              danger
              title={`Remove ${title}?`}
              submit="Remove"
              act={async () => {
                await remove.mutateAsync({ id, version });
                toast('It is not planned any more.');
              }}
              trigger={(ask) => (
                <Button variant="outlined" color="error" aria-label={`Remove ${title}`} onClick={ask}>
                  Remove
                </Button>
              )}
            >
              Nobody reads of it any more. It has not begun.
            </Confirm>
          )}
        </Stack>
      )}
      {editing && (
        <MaintenanceDialog
          title="Edit the maintenance"
          submit="Save"
          maintenance={maintenance}
          components={components}
          save={async (input) => {
            await change.mutateAsync({ id, version, input });
            toast('Saved.');
          }}
          onClose={() => setEditing(false)}
        />
      )}
    </Stack>
  );
}

interface MaintenanceDialogProps {
  title: string;
  submit: string;
  maintenance?: Maintenance;
  components: readonly StatusComponent[];
  save: (input: MaintenanceInput) => Promise<unknown>;
  onClose: () => void;
}

/** The next full hour. */
const nextHour = () => Math.ceil((Date.now() + 1) / HOUR_MS) * HOUR_MS;

function MaintenanceDialog({ title, submit, maintenance, components, save, onClose }: MaintenanceDialogProps) {
  const [first] = useState(nextHour);
  const form = useForm({
    title: maintenance?.title ?? '',
    text: maintenance?.text ?? '',
    begins_at: toLocalField(maintenance?.begins_at ?? first),
    ends_at: toLocalField(maintenance?.ends_at ?? first + HOUR_MS),
    component_ids: maintenance?.component_ids ?? [],
  });
  const { values } = form;
  const running = maintenance?.phase === 'running';
  const [begins, ends] = [fromLocalField(values.begins_at), fromLocalField(values.ends_at)];
  const ready = values.title.trim() !== '' && values.component_ids.length > 0 && begins !== undefined && ends !== undefined;
  const send = () => form.submit(() => save({ title: values.title, text: values.text, component_ids: values.component_ids, begins_at: begins ?? '', ends_at: ends ?? '' })).then((done) => done && onClose());
  return (
    <FormDialog open title={title} submit={submit} busy={form.busy} problem={form.problem} disabled={!ready} onClose={onClose} onSubmit={() => void send()}>
      <TextField autoFocus required label="Title" autoComplete="off" {...form.text('title', 'What is done, in a few words.')} slotProps={{ htmlInput: { maxLength: 200 } }} />
      <Stack sx={{ gap: 2, flexDirection: { sm: 'row' } }}>
        <TextField required type="datetime-local" label="Begins" disabled={running} {...form.text('begins_at', running ? 'It has begun.' : undefined)} slotProps={{ inputLabel: { shrink: true } }} />
        <TextField required type="datetime-local" label="Ends" {...form.text('ends_at')} slotProps={{ inputLabel: { shrink: true } }} />
      </Stack>
      <Choices label="Components" options={components} chosen={values.component_ids} onChange={(ids) => form.set('component_ids', ids)} help="What people may notice it at." error={form.error('component_ids')} />
      <MarkdownField label="What to expect" rows={3} chars={5_000} value={values.text} onChange={(text) => form.set('text', text)} error={form.error('text')} />
    </FormDialog>
  );
}
