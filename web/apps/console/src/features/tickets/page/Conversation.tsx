/** What is said about a ticket: between both sides, and, marked, among the desk. */
import { toProblem, type Problem, type Ticket, type TicketEvent } from '@itechsmart/api';
import { Box, Button, Checkbox, FormControlLabel, Stack, TextField, ToggleButton, ToggleButtonGroup, Typography } from '@mui/material';
import { Globe, Lock, Split } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Pages } from '#shared/api/usePages';
import { Attach, DropArea } from '#shared/catalog/files/Attach';
import { FileList } from '#shared/catalog/files/FileList';
import { useFilesOf } from '#shared/catalog/files/FilesPanel';
import { FILES_MAX } from '#shared/catalog/files/kinds';
import { useUploads } from '#shared/catalog/files/useUploads';
import { count } from '#shared/format/text';
import { useCan, useMe } from '#shared/session/useMe';
import { Markdown } from '#shared/ui/Markdown';
import { Failed, FormProblem, LoadingRows } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { isDone } from '#shared/catalog/tickets';
import { useToast } from '#shared/ui/toast';
import { useLinkChanges } from '../useLinkChanges';
import { useTicketChanges } from '../useTicketChanges';
import { ArticlePicker } from './ArticlePicker';
import { CannedPicker } from './CannedPicker';
import { conversation, type Said } from './events';
import type { Message } from './SplitDialog';
import type { Reply } from './useReply';

const NOTE_CHARS_MAX = 20_000;

interface ConversationProps {
  ticket: Ticket;
  events: Pages<TicketEvent>;
  agent: boolean;
  reply: Reply;
  /** Makes a ticket of a message. */
  onSplit: (message: Message) => void;
}

export function Conversation({ ticket, events, agent, reply, onSplit }: ConversationProps) {
  const { items, error, more, loadingMore, reload } = events;
  const said = useMemo(() => conversation(items ?? [], ticket.requester.id), [items, ticket.requester.id]);
  const { data: known, dataUpdatedAt } = useFilesOf(`/tickets/${ticket.id}`);
  const there = useMemo(() => (known === undefined ? undefined : new Set(known.data.items.map(({ id }) => id))), [known]);
  if (items === undefined) return error === null ? <LoadingRows rows={3} /> : <Failed problem={error} retry={reload} />;
  return (
    <Stack sx={{ gap: 2 }}>
      {more !== undefined && (
        <Button size="small" sx={{ alignSelf: 'center' }} onClick={more} loading={loadingMore}>
          Show what was earlier
        </Button>
      )}
      {said.length === 0 ? (
        <Typography variant="body2" color="textSecondary">
          Nothing has been said yet.
        </Typography>
      ) : (
        <Box component="ul" aria-label="Conversation" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.5 }}>
          {said.map((one) => (
            <One key={one.number} said={one} there={Date.parse(one.at) > dataUpdatedAt ? undefined : there} onSplit={agent && one.is_message && !isDone(ticket.state) ? onSplit : undefined} />
          ))}
        </Box>
      )}
      {error !== null && <Failed problem={error} retry={reload} />}
      <Write ticket={ticket} agent={agent} reply={reply} />
    </Stack>
  );
}

/** `there` are the files that nobody has removed, as far as that is known: an older list says nothing of newer files. */
function One({ said, there, onSplit }: { said: Said; there: ReadonlySet<string> | undefined; onSplit: ConversationProps['onSplit'] | undefined }) {
  const { who, at, text, files, is_internal, is_requester, about } = said;
  const kept = files.filter(({ id }) => there === undefined || there.has(id));
  const color = is_internal ? 'warning.main' : about === 'Solution' ? 'success.main' : is_requester ? 'divider' : 'primary.main';
  return (
    <Box component="li" sx={{ minWidth: 0, pl: 1.5, py: 0.5, pr: 1, borderLeft: 3, borderColor: color, ...(is_internal && { bgcolor: 'background.sunken', borderRadius: '0 6px 6px 0' }) }}>
      <Typography variant="caption" color="textSecondary" component="p" sx={{ display: 'flex', gap: 0.75, alignItems: 'center', flexWrap: 'wrap', mb: 0.25 }}>
        <Box component="span" sx={{ color: 'text.primary', fontWeight: 600 }}>
          {who}
        </Box>
        {is_requester && '(requester)'} · <Time>{at}</Time>
        {about !== undefined && <span>· {about}</span>}
        {is_internal && (
          <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, alignItems: 'center', color: 'warning.main', fontWeight: 600 }}>
            <Lock size={12} aria-hidden />
            Internal
          </Box>
        )}
        {onSplit !== undefined && (
          <Button size="small" color="inherit" startIcon={<Split size={13} aria-hidden />} sx={{ ml: 'auto', py: 0, minHeight: 24, typography: 'caption' }} aria-label={`Split off the message of ${who}`} onClick={() => onSplit(said)}>
            Split off
          </Button>
        )}
      </Typography>
      {text !== '' && <Markdown>{text}</Markdown>}
      {kept.length > 0 && (
        <Box sx={{ mt: 0.75, maxWidth: 480 }}>
          <FileList label={`Files of ${who}`} files={kept} />
        </Box>
      )}
      {kept.length < files.length && (
        <Typography variant="caption" component="p" color="textSecondary" sx={{ mt: 0.5 }}>
          {count(files.length - kept.length, 'file was', 'files were')} removed.
        </Typography>
      )}
    </Box>
  );
}

function Write({ ticket, agent, reply }: Omit<ConversationProps, 'events' | 'onSplit'>) {
  const { say } = useTicketChanges(ticket.id, undefined);
  const { answerWith } = useLinkChanges(ticket.id, undefined);
  const toast = useToast();
  const can = useCan();
  const [may, readsArticles] = [can('catalog.tickets.write'), can('catalog.articles.read')];
  const me = useMe();
  const { text, setText } = reply;
  const [internal, setInternal] = useState(false);
  const [waits, setWaits] = useState(false);
  const uploads = useUploads({ filesMax: FILES_MAX });
  const brings = can('catalog.files.write');
  const [problem, setProblem] = useState<Problem | null>(null);
  const own = ticket.requester.id === me.id;
  const closed = ticket.state === 'closed';
  const follows = ticket.followers.some(({ id }) => id === me.id);
  if (!may || (!agent && (closed || !(own || follows)))) return null;
  const isInternal = agent && (internal || closed);
  const mayWait = agent && !own && !isInternal && ['new', 'open', 'pending_vendor', 'pending_change'].includes(ticket.state);
  const send = async () => {
    setProblem(null);
    try {
      await say.mutateAsync({ text, is_internal: isInternal, waits: mayWait && waits, file_ids: uploads.files.map(({ id }) => id) });
      const articles = isInternal ? [] : reply.articlesIn(text);
      reply.clear();
      uploads.clear();
      setWaits(false);
      // The reply is out: whatever becomes of the notes, it is not sent again.
      await Promise.all(articles.map((article) => answerWith.mutateAsync(article))).catch((thrown: unknown) => toast(`Sent, but the article was not noted: ${toProblem(thrown).detail}`, 'warning'));
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  return (
    <DropArea uploads={uploads} disabled={!brings}>
      <Stack sx={{ gap: 1, p: 1.5, border: 1, borderRadius: 1, borderColor: isInternal ? 'warning.main' : 'divider', bgcolor: isInternal ? 'background.sunken' : 'transparent' }}>
        {agent && (
          <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
            <ToggleButtonGroup exclusive size="small" value={isInternal ? 'internal' : 'public'} onChange={(_, next: string | null) => next !== null && setInternal(next === 'internal')} aria-label="Who reads it">
              <ToggleButton value="public" disabled={closed} sx={{ textTransform: 'none', gap: 0.75, py: 0.375 }}>
                <Globe size={14} aria-hidden />
                Public reply
              </ToggleButton>
              <ToggleButton value="internal" sx={{ textTransform: 'none', gap: 0.75, py: 0.375, '&.Mui-selected': { color: 'warning.main' } }}>
                <Lock size={14} aria-hidden />
                Internal note
              </ToggleButton>
            </ToggleButtonGroup>
            <Typography variant="caption" sx={{ color: isInternal ? 'warning.main' : 'text.secondary', fontWeight: isInternal ? 600 : 400 }}>
              {isInternal ? 'Only the desk reads it.' : own ? 'You are its requester.' : `${ticket.requester.name ?? 'The requester'} reads it.`}
            </Typography>
          </Stack>
        )}
        <TextField
          label={isInternal ? 'Internal note' : 'Reply'}
          multiline
          minRows={3}
          maxRows={16}
          value={text}
          onChange={(event) => setText(event.target.value)}
          slotProps={{ htmlInput: { maxLength: NOTE_CHARS_MAX } }}
        />
        {agent && (
          <Stack direction="row" sx={{ gap: 0.5, flexWrap: 'wrap', mx: -0.5 }}>
            <CannedPicker ticket={ticket.id} onPick={reply.add} />
            {readsArticles && <ArticlePicker about={ticket.title} onPick={reply.add} />}
          </Stack>
        )}
        {brings && <Attach uploads={uploads} />}
        <FormProblem problem={problem} />
        <Stack direction="row" sx={{ gap: 1, justifyContent: 'space-between', alignItems: 'center', flexWrap: 'wrap' }}>
          {mayWait ? (
            <FormControlLabel control={<Checkbox size="small" checked={waits} onChange={(event) => setWaits(event.target.checked)} />} label="Then wait for the requester" slotProps={{ typography: { variant: 'body2' } }} />
          ) : (
            <Typography variant="caption" color="textSecondary">
              Markdown works here.
            </Typography>
          )}
          <Button variant="contained" color={isInternal ? 'warning' : 'primary'} disabled={text.trim() === '' || uploads.busy} loading={say.isPending} onClick={() => void send()}>
            {isInternal ? 'Add internal note' : 'Send reply'}
          </Button>
        </Stack>
      </Stack>
    </DropArea>
  );
}
