/** What everybody reads of a major incident on the status page. */
import type { ComponentImpact, IncidentPublicInput, MajorIncident, StatusComponent } from '@itechsmart/api';
import { Box, Button, Link, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { useStatusComponents, useStatusPage } from '#shared/api/useStatusPage';
import { componentState, impacts, statusPath } from '#shared/catalog/status';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';
import { State } from '#shared/ui/State';
import { useToast } from '#shared/ui/toast';
import { useIncidentChanges } from '../useIncidentChanges';

interface PublicPartProps {
  incident: MajorIncident;
  etag: string | undefined;
  writes: boolean;
}

export function PublicPart({ incident, etag, writes }: PublicPartProps) {
  const settings = useStatusPage().data?.data.settings;
  const components = useStatusComponents().data?.data.items ?? [];
  const [editing, setEditing] = useState(false);
  const { public_title: title } = incident;
  const affected = incident.components.map(({ component_id, impact }) => ({ impact, component: components.find(({ id }) => id === component_id) }));
  const told = () => {
    if (title == null) return 'It is on no status page. A title for everybody puts it there, with its public updates.';
    return settings?.is_published === true ? 'Everybody reads it as:' : 'Once a status page is published, everybody reads it as:';
  };
  return (
    <Stack sx={{ gap: 1, alignItems: 'stretch' }}>
      <Typography variant="body2" color="textSecondary">
        {told()}
      </Typography>
      {title != null && (
        <Typography variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          {title}
        </Typography>
      )}
      {affected.length > 0 && (
        <Box component="ul" aria-label="Affected components" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {affected.map(({ impact, component }) => {
            const { tone, word } = componentState(impact);
            return (
              <Box component="li" key={component?.id ?? impact} sx={{ display: 'flex', gap: 1.5, py: 0.5, justifyContent: 'space-between', alignItems: 'baseline' }}>
                <Typography variant="body2" sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                  {component?.name ?? 'A component'}
                </Typography>
                <State tone={tone}>{word}</State>
              </Box>
            );
          })}
        </Box>
      )}
      <Stack direction="row" sx={{ gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        {writes && (
          <Button variant="outlined" color="inherit" onClick={() => setEditing(true)}>
            Title and components…
          </Button>
        )}
        {settings?.is_published === true && (
          <Link href={statusPath(settings.slug)} target="_blank" rel="noopener" variant="body2" underline="always">
            Open the status page
          </Link>
        )}
      </Stack>
      {editing && <PublicDialog incident={incident} etag={etag} components={components} onClose={() => setEditing(false)} />}
    </Stack>
  );
}

type Impact = ComponentImpact | '';

interface PublicDialogProps {
  incident: MajorIncident;
  etag: string | undefined;
  components: readonly StatusComponent[];
  onClose: () => void;
}

function PublicDialog({ incident, etag, components, onClose }: PublicDialogProps) {
  const { publish } = useIncidentChanges(incident.id, etag);
  const toast = useToast();
  const present = Object.fromEntries(incident.components.map(({ component_id, impact }) => [component_id, impact]));
  const form = useForm<{ public_title: string; components: Record<string, Impact> }>({ public_title: incident.public_title ?? '', components: present });
  const set = (id: string, impact: Impact) => form.set('components', { ...form.values.components, [id]: impact });
  const send = ({ public_title, components: chosen }: typeof form.values) => {
    const named = Object.entries(chosen).flatMap(([component_id, impact]) => (impact === '' ? [] : [{ component_id, impact }]));
    const input: IncidentPublicInput = { public_title: public_title.trim() === '' ? null : public_title, components: named };
    return publish.mutateAsync(input);
  };
  const done = (taken: boolean) => {
    if (!taken) return;
    toast('The status page says so.');
    onClose();
  };
  return (
    <FormDialog open title="On the status page" submit="Save" busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void form.submit(send).then(done)}>
      <TextField autoFocus label="Title for everybody" autoComplete="off" {...form.text('public_title', 'Without names, places or causes that are nobody else’s business. Empty, it is on no status page.')} slotProps={{ htmlInput: { maxLength: 200 } }} />
      {components.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          The status page has no components yet.
        </Typography>
      )}
      {components.map(({ id, name }) => (
        <TextField key={id} select label={name} value={form.values.components[id] ?? ''} onChange={(event) => set(id, event.target.value as Impact)} slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}>
          <MenuItem value="">Not affected</MenuItem>
          {impacts.map((impact) => (
            <MenuItem key={impact} value={impact}>
              {componentState(impact).word}
            </MenuItem>
          ))}
        </TextField>
      ))}
    </FormDialog>
  );
}
