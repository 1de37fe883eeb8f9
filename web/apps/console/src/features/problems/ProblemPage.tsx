/** A problem: what is known of it, where it stands, and the tickets that come from it. */
import type { NamedUser, ProblemRecord, ProblemState, Read } from '@itechsmart/api';
import { Alert, Box, Button, Menu, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { useParams } from 'react-router';
import { problemState, problemStates } from '#shared/catalog/problems';
import { GONE_PERSON, capital } from '#shared/catalog/words';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { FormDialog } from '#shared/ui/dialogs';
import { Markdown } from '#shared/ui/Markdown';
import { MarkdownField } from '#shared/ui/MarkdownField';
import { None } from '#shared/ui/None';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { State } from '#shared/ui/State';
import { ExactTime, Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { problemMoves } from './moves';
import { ProblemTickets } from './ProblemTickets';
import { useProblem, useProblemChanges } from './useProblems';

const parent = { title: 'Problems', to: '/service-catalog/problems' };
const TEXT_CHARS_MAX = 20_000;

export default function ProblemPage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Problem" parent={parent} object={useProblem(id)}>
      {(read) => <Content key={read.data.id} read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data: problem, etag } }: { read: Read<ProblemRecord> }) {
  const writes = useCan()('catalog.problems.write') && problem.state !== 'closed';
  const { tone, word } = problemState(problem.state);
  const { owner, created_at, resolved_at, closed_at } = problem;
  return (
    <Page title={`${problem.number} · ${problem.title}`} parent={parent} about={<State tone={tone}>{word}</State>} actions={writes && <Actions problem={problem} etag={etag} />}>
      <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 380px' } }}>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          <Said title="Description" text={problem.description} none="Nothing more was said" />
          <Said title="Root cause" text={problem.root_cause} none="It is not known yet" />
          <Said title="Workaround" text={problem.workaround} none="There is none yet" />
        </Stack>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          <Section title="Problem">
            <Facts columns={2}>
              <Fact name="Owner">{owner == null ? <None word="Nobody yet" /> : (owner.name ?? capital(GONE_PERSON))}</Fact>
              <Fact name="Opened">
                <Time>{created_at}</Time>
              </Fact>
              {resolved_at != null && (
                <Fact name="Resolved">
                  <ExactTime>{resolved_at}</ExactTime>
                </Fact>
              )}
              {closed_at != null && (
                <Fact name="Closed">
                  <ExactTime>{closed_at}</ExactTime>
                </Fact>
              )}
            </Facts>
          </Section>
          <Section title="Tickets">
            <ProblemTickets problem={problem} />
          </Section>
        </Stack>
      </Box>
    </Page>
  );
}

function Said({ title, text, none }: { title: string; text: string; none: string }) {
  return <Section title={title}>{text === '' ? <None word={none} /> : <Markdown>{text}</Markdown>}</Section>;
}

function Actions({ problem, etag }: { problem: ProblemRecord; etag: string | undefined }) {
  const { move } = useProblemChanges(problem.id, etag);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [editing, setEditing] = useState(false);
  const toast = useToast();
  const go = (to: ProblemState) => {
    setAnchor(null);
    move.mutate(to, { onSuccess: () => toast(`It is: ${problemStates[to].word.toLowerCase()}.`), onError: (failed) => failed.kind !== 'stale' && toast(failed.detail, 'error') });
  };
  return (
    <>
      <Button variant="outlined" disabled={move.isPending} endIcon={<ChevronDown size={14} aria-hidden />} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        Set state
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {problemMoves(problem).map(({ to, title, about, lacks }) => (
          <MenuItem key={to} disabled={lacks !== undefined} onClick={() => go(to)} sx={{ maxWidth: 380, whiteSpace: 'normal' }}>
            <span>
              {title}
              <Typography component="span" variant="caption" color="textSecondary" sx={{ display: 'block' }}>
                {lacks ?? about}
              </Typography>
            </span>
          </MenuItem>
        ))}
      </Menu>
      <Button variant="contained" onClick={() => setEditing(true)}>
        Edit
      </Button>
      {editing && <EditDialog problem={problem} etag={etag} onClose={() => setEditing(false)} />}
    </>
  );
}

interface Values {
  title: string;
  description: string;
  root_cause: string;
  workaround: string;
  owner_id: NamedUser | null;
}

function EditDialog({ problem, etag, onClose }: { problem: ProblemRecord; etag: string | undefined; onClose: () => void }) {
  const { change } = useProblemChanges(problem.id, etag);
  const { owner } = problem;
  const [initial] = useState<Values>({ title: problem.title, description: problem.description, root_cause: problem.root_cause, workaround: problem.workaround, owner_id: owner == null ? null : { id: owner.id, name: owner.name ?? GONE_PERSON } });
  const form = useForm(initial);
  const { values } = form;
  // What somebody else changes meanwhile is not undone.
  const send = ({ owner_id, ...texts }: Values) => {
    const changed = Object.fromEntries(Object.entries(texts).filter(([name, text]) => text !== initial[name as 'title']));
    return change.mutateAsync({ ...changed, ...(owner_id?.id !== initial.owner_id?.id && { owner_id: owner_id?.id ?? null }) });
  };
  const field = (name: 'description' | 'root_cause' | 'workaround', label: string, help: string) => <MarkdownField label={label} help={help} chars={TEXT_CHARS_MAX} rows={3} rowsMax={10} value={values[name]} onChange={(text) => form.set(name, text)} error={form.error(name)} />;
  return (
    <FormDialog open wide title={`Change problem ${problem.number}`} submit="Save" busy={form.busy} problem={form.problem} disabled={values.title.trim() === ''} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <TextField required label="Title" {...form.text('title')} slotProps={{ htmlInput: { maxLength: 200 } }} />
      <PersonPicker label="Owner" person={values.owner_id} onChange={(person) => form.set('owner_id', person)} error={form.error('owner_id')} />
      {field('description', 'Description', 'What is seen, since when, and where.')}
      {field('root_cause', 'Root cause', 'Why it happens.')}
      {field('workaround', 'Workaround', 'What helps meanwhile. It is put into tickets as it stands here: write it for whoever asked.')}
      {problem.state === 'known_error' && <Alert severity="info">A known error keeps a root cause and a workaround.</Alert>}
    </FormDialog>
  );
}
