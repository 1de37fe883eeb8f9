/** Problems: the causes of incidents, and known errors with what helps meanwhile. */
import type { NamedUser, ProblemSummary } from '@itechsmart/api';
import { Button, MenuItem, Stack, TextField } from '@mui/material';
import { Bug, Plus } from 'lucide-react';
import { useNavigate } from 'react-router';
import { problemState, problemStates } from '#shared/catalog/problems';
import { GONE_PERSON, capital } from '#shared/catalog/words';
import { useForm } from '#shared/forms/useForm';
import { useCan, useMe } from '#shared/session/useMe';
import { FormDialog } from '#shared/ui/dialogs';
import { PagedList, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { Page, Section } from '#shared/ui/Page';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { SearchField } from '#shared/ui/SearchField';
import { State } from '#shared/ui/State';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useFilters } from '#shared/ui/useFilters';
import { useFlag } from '#shared/ui/useFlag';
import { useOpenProblem, useProblemPages } from './useProblems';

const columns: readonly Column<ProblemSummary>[] = [
  { title: 'Problem', breaks: true, render: ({ number, title }) => `${number} · ${title}` },
  {
    title: 'State',
    width: 150,
    render: ({ state }) => {
      const { tone, word } = problemState(state);
      return <State tone={tone}>{word}</State>;
    },
  },
  { title: 'Owner', width: 200, breaks: true, render: ({ owner }) => (owner == null ? <None word="Nobody yet" /> : (owner.name ?? capital(GONE_PERSON))) },
  { title: 'Opened', width: 140, from: 'md', render: ({ created_at }) => <Time>{created_at}</Time> },
  { title: 'Last touched', width: 140, render: ({ updated_at }) => <Time>{updated_at}</Time> },
];

export default function ProblemsPage() {
  const [filter, setFilter] = useFilters(['text', 'state']);
  const pages = useProblemPages({ text: filter.text || undefined, state: filter.state || undefined });
  const writes = useCan()('catalog.problems.write');
  const [creating, setCreating] = useFlag('new');
  const filtered = filter.text !== '' || filter.state !== '';
  const add = writes && (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      Open a problem
    </Button>
  );
  return (
    <Page title="Problems" about="Why incidents happen. A known error has a root cause and a workaround, which can be put into its tickets." actions={add}>
      <Section
        flush
        actions={
          <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', width: '100%' }}>
            <SearchField label="Search problems" value={filter.text} onChange={(text) => setFilter({ text })} />
            <TextField select label="State" value={filter.state} onChange={(event) => setFilter({ state: event.target.value })} sx={{ width: { xs: '100%', sm: 200 } }} slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}>
              <MenuItem value="">Any</MenuItem>
              {Object.entries(problemStates).map(([state, { word }]) => (
                <MenuItem key={state} value={state}>
                  {word}
                </MenuItem>
              ))}
            </TextField>
          </Stack>
        }
      >
        <PagedList
          label="Problems"
          columns={columns}
          pages={pages}
          id={({ id }) => id}
          to={({ id }) => `/service-catalog/problems/${id}`}
          empty={
            filtered ? (
              <Empty icon={Bug} title="No problem matches" action={<Button onClick={() => setFilter({ text: '', state: '' })}>Clear the filter</Button>} />
            ) : (
              <Empty icon={Bug} title="There are no problems yet" action={add}>
                When several tickets have the same cause, open one, and link them to it.
              </Empty>
            )
          }
        />
      </Section>
      {creating && writes && <OpenDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function OpenDialog({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const open = useOpenProblem();
  const navigate = useNavigate();
  const form = useForm<{ title: string; description: string; owner_id: NamedUser | null }>({ title: '', description: '', owner_id: { id: me.id, name: me.name } });
  const { title } = form.values;
  const send = async ({ description, owner_id }: typeof form.values) => {
    const { id } = await open.mutateAsync({ title, description, owner_id: owner_id?.id ?? null });
    await navigate(`/service-catalog/problems/${id}`);
  };
  return (
    <FormDialog open title="Open a problem" submit="Open" busy={form.busy} problem={form.problem} disabled={title.trim() === ''} onClose={onClose} onSubmit={() => void form.submit(send)}>
      <TextField autoFocus required label="Title" {...form.text('title', 'What goes wrong again and again.')} slotProps={{ htmlInput: { maxLength: 200 } }} />
      <TextField label="Description" multiline minRows={3} maxRows={12} {...form.text('description', 'What is seen, since when, and where. Markdown works here.')} slotProps={{ htmlInput: { maxLength: 20_000 } }} />
      <PersonPicker label="Owner" person={form.values.owner_id} onChange={(person) => form.set('owner_id', person)} help="Looks for the cause." error={form.error('owner_id')} />
    </FormDialog>
  );
}
