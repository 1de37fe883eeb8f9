/** Canned answers: what agents say again and again, with places that are filled in. */
import type { CannedAnswer } from '@itechsmart/api';
import { Box, Button, Stack, Typography } from '@mui/material';
import { MessageSquareQuote, Plus } from 'lucide-react';
import { useState } from 'react';
import { GONE_GROUP } from '#shared/catalog/words';
import { useCan } from '#shared/session/useMe';
import { Confirm } from '#shared/ui/dialogs';
import { Page, Section } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useFlag } from '#shared/ui/useFlag';
import { CannedAnswerDialog } from './CannedAnswerDialog';
import { useCannedAnswerChanges, useCannedAnswers } from './useCannedAnswers';

/** Of a longer text, its beginning is enough to know it by. */
const SHOWN_CHARS = 280;

export default function CannedAnswersPage() {
  const { data, error, refetch } = useCannedAnswers();
  const { add } = useCannedAnswerChanges();
  const writes = useCan()('catalog.canned-answers.write');
  const [creating, setCreating] = useFlag('new');
  const [text, setText] = useState('');
  const toast = useToast();
  const items = data?.data.items;
  const wanted = text.trim().toLowerCase();
  const shown = items?.filter((one) => `${one.name} ${one.text}`.toLowerCase().includes(wanted));
  const button = writes && (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      Add an answer
    </Button>
  );
  return (
    <Page title="Canned answers" about="What the desk says again and again. An agent picks one while replying; it is filled in, and changed before it is sent." actions={button}>
      <Section flush actions={<SearchField label="Search answers" value={text} onChange={setText} />}>
        {items === undefined && error === null && <LoadingRows />}
        {error !== null && (
          <Box sx={{ p: 2 }}>
            <Failed problem={error} retry={() => void refetch()} />
          </Box>
        )}
        {items?.length === 0 && (
          <Empty icon={MessageSquareQuote} title="There are no canned answers yet" action={button}>
            Keep one for each question that comes again and again.
          </Empty>
        )}
        {items !== undefined && items.length > 0 && shown?.length === 0 && <Empty icon={MessageSquareQuote} title="No answer has these words" action={<Button onClick={() => setText('')}>Clear the search</Button>} />}
        <Box component="ul" aria-label="Canned answers" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {shown?.map((answer) => (
            <Row key={answer.id} answer={answer} writes={writes} />
          ))}
        </Box>
      </Section>
      {creating && writes && (
        <CannedAnswerDialog
          title="Add a canned answer"
          submit="Add"
          save={async (input) => {
            await add.mutateAsync(input);
            toast('The answer is kept.');
          }}
          onClose={() => setCreating(false)}
        />
      )}
    </Page>
  );
}

function Row({ answer, writes }: { answer: CannedAnswer; writes: boolean }) {
  const { change, remove } = useCannedAnswerChanges();
  const [editing, setEditing] = useState(false);
  const toast = useToast();
  const { id, name, text, group, updated_at, version } = answer;
  const shown = text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS).trimEnd()}…` : text;
  return (
    <Box component="li" sx={{ px: 2, py: 1.5, display: 'flex', gap: 2, justifyContent: 'space-between', flexDirection: { xs: 'column', sm: 'row' }, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          {name}
        </Typography>
        <Typography variant="body2" sx={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
          {shown}
        </Typography>
        <Typography variant="caption" color="textSecondary">
          {group == null ? 'All agents' : (group.name ?? GONE_GROUP)} · changed <Time>{updated_at}</Time>
        </Typography>
      </Box>
      {writes && (
        <Stack direction="row" sx={{ gap: 1, flexShrink: 0, alignItems: 'flex-start', ml: { xs: -1.75, sm: 0 } }}>
          <Button aria-label={`Edit ${name}`} onClick={() => setEditing(true)}>
            Edit
          </Button>
          <Confirm
            danger
            title="Remove the answer?"
            submit="Remove"
            act={async () => {
              await remove.mutateAsync({ id, version });
              toast('The answer is removed.');
            }}
            trigger={(open) => (
              <Button color="error" aria-label={`Remove ${name}`} onClick={open}>
                Remove
              </Button>
            )}
          >
            Nobody can pick “{name}” any more. What was answered with it stays.
          </Confirm>
        </Stack>
      )}
      {editing && (
        <CannedAnswerDialog
          title="Edit the canned answer"
          submit="Save"
          answer={answer}
          save={async (input) => {
            await change.mutateAsync({ id, version, input });
            toast('Saved.');
          }}
          onClose={() => setEditing(false)}
        />
      )}
    </Box>
  );
}
