/** What a ticket has to do with other tickets, and with problems. */
import type { ProblemSummary, TicketLink, TicketLinkKind } from '@itechsmart/api';
import { Autocomplete, Box, Button, IconButton, Link, MenuItem, Stack, TextField, Tooltip, Typography } from '@mui/material';
import { X } from 'lucide-react';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';
import { problemState } from '#shared/catalog/problems';
import { TicketPicker, type PickedTicket } from '#shared/catalog/TicketPicker';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { FormDialog } from '#shared/ui/dialogs';
import { State } from '#shared/ui/State';
import { Failed, LoadingRows } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useSettled } from '#shared/ui/useSettled';
import { TicketState } from '../TicketState';
import { useLinkChanges } from '../useLinkChanges';
import { linkKinds, linkWord } from './links';
import { useLinks, useProblems } from './useLinks';

interface LinksPanelProps {
  id: string;
  number: number;
  works: boolean;
}

export function LinksPanel({ id, number, works }: LinksPanelProps) {
  const { data, error, refetch } = useLinks(id);
  const [adding, setAdding] = useState(false);
  if (data === undefined) return error === null ? <LoadingRows rows={2} /> : <Failed problem={error} retry={() => void refetch()} />;
  const links = data.data.items;
  return (
    <Stack sx={{ gap: 1.5, alignItems: 'start' }}>
      {links.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          It is linked to nothing.
        </Typography>
      )}
      {links.length > 0 && (
        <Box component="ul" aria-label="Links" sx={{ listStyle: 'none', m: 0, p: 0, width: '100%', display: 'grid', gap: 1 }}>
          {links.map((link) => (
            <One key={link.id} id={id} link={link} works={works} />
          ))}
        </Box>
      )}
      {works && (
        <Button variant="outlined" color="inherit" onClick={() => setAdding(true)}>
          Add a link…
        </Button>
      )}
      {adding && <AddDialog id={id} number={number} onClose={() => setAdding(false)} />}
    </Stack>
  );
}

function One({ id, link, works }: { id: string; link: TicketLink; works: boolean }) {
  const { unlink } = useLinkChanges(id, undefined);
  const reads = useCan()('catalog.problems.read');
  const toast = useToast();
  const { kind, ticket, problem } = link;
  const title = ticket != null ? `#${ticket.number} · ${ticket.title}` : problem != null ? `Problem ${problem.number} · ${problem.title}` : 'Something that is gone';
  const to = ticket != null ? `/service-catalog/desk/${ticket.id}` : problem != null && reads ? `/service-catalog/problems/${problem.id}` : undefined;
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1, alignItems: 'flex-start', justifyContent: 'space-between' }}>
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="caption" color="textSecondary" component="div">
          {linkWord(kind)}
        </Typography>
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {to === undefined ? (
            title
          ) : (
            <Link component={RouterLink} to={to} underline="hover">
              {title}
            </Link>
          )}
        </Typography>
        {ticket != null && <TicketState state={ticket.state} />}
        {problem != null && <State tone={problemState(problem.state).tone}>{problemState(problem.state).word}</State>}
      </Box>
      {works && (
        <Tooltip title="Remove the link">
          <IconButton size="small" aria-label={`Remove the link to ${title}`} disabled={unlink.isPending} onClick={() => unlink.mutate(link.id, { onSuccess: () => toast('The link is removed, on both sides.'), onError: (failed) => toast(failed.detail, 'error') })}>
            <X size={15} aria-hidden />
          </IconButton>
        </Tooltip>
      )}
    </Box>
  );
}

function AddDialog({ id, number, onClose }: { id: string; number: number; onClose: () => void }) {
  const { link } = useLinkChanges(id, undefined);
  const seesProblems = useCan()('catalog.problems.read');
  const form = useForm<{ kind: TicketLinkKind; ticket_id: PickedTicket | null; problem_id: ProblemSummary | null }>({ kind: 'related', ticket_id: null, problem_id: null });
  const { kind, ticket_id: ticket, problem_id: problem } = form.values;
  const isProblem = kind === 'problem';
  const send = () => link.mutateAsync(isProblem ? { kind, problem_id: problem?.id ?? null } : { kind, ticket_id: ticket?.id ?? null });
  return (
    <FormDialog open title={`Link #${number}`} submit="Link" busy={form.busy} problem={form.problem} disabled={isProblem ? problem === null : ticket === null} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <TextField select label={`#${number}`} value={kind} onChange={(event) => form.set('kind', event.target.value as TicketLinkKind)} helperText={isProblem ? 'The problem shows its tickets.' : 'The other ticket shows it, too. Only the desk sees links.'}>
        {linkKinds
          .filter(({ value }) => value !== 'problem' || seesProblems)
          .map(({ value, verb }) => (
            <MenuItem key={value} value={value}>
              {verb}
            </MenuItem>
          ))}
      </TextField>
      {isProblem ? (
        <ProblemPicker problem={problem} onChange={(next) => form.set('problem_id', next)} error={form.error('problem_id')} />
      ) : (
        <TicketPicker label="Ticket" ticket={ticket} except={[id]} onChange={(next) => form.set('ticket_id', next)} error={form.error('ticket_id')} />
      )}
    </FormDialog>
  );
}

interface ProblemPickerProps {
  problem: ProblemSummary | null;
  onChange: (problem: ProblemSummary | null) => void;
  error: string | undefined;
}

const problemName = ({ number, title }: ProblemSummary) => `Problem ${number} · ${title}`;

function ProblemPicker({ problem, onChange, error }: ProblemPickerProps) {
  const [typed, setTyped] = useState('');
  const found = useProblems(useSettled(problem !== null && typed === problemName(problem) ? '' : typed.trim().slice(0, 200)), true);
  return (
    <Autocomplete
      size="small"
      options={found.data?.items ?? []}
      loading={found.isFetching}
      noOptionsText={found.error === null ? 'No problem has these words' : found.error.message}
      value={problem}
      onChange={(_, next) => onChange(next)}
      onInputChange={(_, text) => setTyped(text)}
      filterOptions={(all) => all}
      getOptionLabel={problemName}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      renderInput={(props) => <TextField {...props} label="Problem" error={error !== undefined} helperText={error} />}
    />
  );
}
