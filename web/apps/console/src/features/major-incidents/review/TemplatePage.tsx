/** What reviews of major incidents begin as. */
import { toProblem, type Problem, type Read, type ReviewTemplate, type TemplateSection } from '@itechsmart/api';
import { Box, Button, IconButton, Stack, TextField, Tooltip, Typography } from '@mui/material';
import { Plus, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { useDraft } from '#shared/forms/useDraft';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { useCan } from '#shared/session/useMe';
import { moved } from '#shared/ui/moved';
import { MoveButtons } from '#shared/ui/MoveButtons';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Page, Section } from '#shared/ui/Page';
import { SaveBar } from '#shared/ui/SaveBar';
import { useToast } from '#shared/ui/toast';
import { Toggle } from '#shared/ui/Toggle';
import { useTemplateChange } from '../useIncidentChanges';
import { useReviewTemplate } from '../useIncidents';
import { faults, freshKey } from './template';

const SECTIONS_MAX = 20;
const parent = { title: 'Major incidents', to: '/service-catalog/major-incidents' };

export default function TemplatePage() {
  return (
    <ObjectPage title="Review template" parent={parent} object={useReviewTemplate()}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data } }: { read: Read<ReviewTemplate> }) {
  const writes = useCan()('catalog.review-template.write');
  const { draft, set, dirty, outdated, discard, settle } = useDraft(data.sections);
  const save = useTemplateChange(data.version);
  const [problem, setProblem] = useState<Problem | null>(null);
  const leaving = useRef(false);
  const toast = useToast();
  const wrong = faults(draft);
  const change = (at: number, part: Partial<TemplateSection>) => set(draft.map((section, index) => (index === at ? { ...section, ...part } : section)));
  const send = async () => {
    setProblem(null);
    try {
      settle((await save.mutateAsync(draft)).sections);
      toast('Saved. Reviews that are begun from now on have these sections.');
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  return (
    <Page title="Review template" parent={parent} about="The sections that a review of a major incident begins with. Reviews that are begun already stay as they are.">
      <UnsavedGuard dirty={dirty} leaving={leaving} />
      <Section>
        <Stack sx={{ gap: 1.5 }}>
          {draft.map((section, at) => (
            <Box key={at} role="group" aria-label={`Section ${at + 1}`} sx={{ display: 'grid', gap: 1.5, p: 1.5, border: 1, borderColor: 'divider', borderRadius: 1 }}>
              <Stack direction="row" sx={{ gap: 1, alignItems: 'center', justifyContent: 'space-between' }}>
                <Typography variant="body2" sx={{ fontWeight: 600, minWidth: 0, overflowWrap: 'anywhere' }}>
                  {at + 1}. {section.title === '' ? 'A new section' : section.title}
                </Typography>
                {writes && (
                  <Stack direction="row">
                    <MoveButtons name={`section ${at + 1}`} at={at} count={draft.length} onMove={(to) => set(moved(draft, at, to))} />
                    <Tooltip title="Remove it">
                      <span>
                        <IconButton size="small" aria-label={`Remove section ${at + 1}`} disabled={draft.length === 1} onClick={() => set(draft.filter((_, index) => index !== at))}>
                          <Trash2 size={16} aria-hidden />
                        </IconButton>
                      </span>
                    </Tooltip>
                  </Stack>
                )}
              </Stack>
              <Stack sx={{ gap: 1.5, flexDirection: { sm: 'row' } }}>
                <TextField fullWidth required label="Title" disabled={!writes} value={section.title} onChange={(event) => change(at, { title: event.target.value })} slotProps={{ htmlInput: { maxLength: 100 } }} />
                <TextField
                  fullWidth
                  required
                  label="Key"
                  disabled={!writes}
                  value={section.key}
                  error={wrong[at] !== undefined}
                  helperText={wrong[at] ?? (section.key === 'timeline' ? 'A review begins with the timeline here.' : 'Small letters, digits and _. Programs read it.')}
                  onChange={(event) => change(at, { key: event.target.value })}
                  slotProps={{ htmlInput: { maxLength: 50 } }}
                />
              </Stack>
              <TextField label="What is to be written there" disabled={!writes} multiline maxRows={6} value={section.help} onChange={(event) => change(at, { help: event.target.value })} slotProps={{ htmlInput: { maxLength: 1_000 } }} />
              {writes ? (
                <Toggle label="A review is not published without it" on={section.is_required} onChange={(is_required) => change(at, { is_required })} />
              ) : (
                <Typography variant="body2" color="textSecondary">
                  {section.is_required ? 'A review is not published without it.' : 'It may stay empty.'}
                </Typography>
              )}
            </Box>
          ))}
          {writes && (
            <Button variant="outlined" sx={{ alignSelf: 'start' }} startIcon={<Plus size={15} aria-hidden />} disabled={draft.length >= SECTIONS_MAX} onClick={() => set([...draft, { key: freshKey(draft), title: '', help: '', is_required: false }])}>
              Add a section
            </Button>
          )}
        </Stack>
      </Section>
      <SaveBar
        dirty={dirty}
        outdated={outdated}
        busy={save.isPending}
        problem={problem}
        disabled={wrong.some((fault) => fault !== undefined) || draft.some(({ title }) => title.trim() === '')}
        onSave={() => void send()}
        onDiscard={() => {
          setProblem(null);
          discard();
        }}
      />
    </Page>
  );
}
