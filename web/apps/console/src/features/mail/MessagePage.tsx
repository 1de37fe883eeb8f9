/** A message: all of it was written by whoever sent it, so it is shown as text and as nothing else. */
import type { MailMessage } from '@itechsmart/api';
import { Alert, Box, Button, Link, Stack, Typography } from '@mui/material';
import { Paperclip } from 'lucide-react';
import { useState } from 'react';
import { Link as RouterLink, useNavigate, useParams } from 'react-router';
import { GONE_PERSON, capital } from '#shared/catalog/words';
import { bytesWords } from '#shared/format/bytes';
import { count, sentence } from '#shared/format/text';
import { useCan } from '#shared/session/useMe';
import { Code } from '#shared/ui/Code';
import { Confirm } from '#shared/ui/dialogs';
import { None } from '#shared/ui/None';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { ExactTime } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { AcceptDialog } from './AcceptDialog';
import { useMessage, useMessageChanges } from './useMail';
import { TEXT_CHARS_MAX, mailStates, reasonWords, subjectWords } from './words';

const MESSAGES = '/service-catalog/mail';
const parent = { title: 'Held e-mail', to: MESSAGES };
/** Of a longer text its beginning is shown, until one asks for the rest. */
const SHOWN_CHARS = 6_000;

export default function MessagePage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Message" parent={parent} object={useMessage(id)}>
      {({ data }) => <Content key={data.id} message={data} />}
    </ObjectPage>
  );
}

function Content({ message }: { message: MailMessage }) {
  const works = useCan()('catalog.all-tickets.write');
  const { tone, word } = mailStates[message.state];
  return (
    <Page title={subjectWords(message.subject)} parent={parent} about={<State tone={tone}>{word}</State>} actions={works && message.state === 'held' && <Actions message={message} />}>
      <Why message={message} />
      <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 380px' } }}>
        <Section title="What it says">
          <Text message={message} />
        </Section>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          <Section title="Message">
            <Origin message={message} />
          </Section>
          {message.attachments.length > 0 && (
            <Section title="Attachments" about="They become files of the ticket.">
              <Attachments message={message} />
            </Section>
          )}
        </Stack>
      </Box>
    </Page>
  );
}

/** Why it is held or refused, or what it was taken as. */
function Why({ message: { state, reason, note, user, ticket_id } }: { message: MailMessage }) {
  if (state === 'taken') {
    return (
      <Alert severity="success">
        Taken as from {user?.name ?? GONE_PERSON}.{' '}
        {ticket_id != null && (
          <Link component={RouterLink} to={`/service-catalog/desk/${ticket_id}`}>
            See the ticket
          </Link>
        )}
      </Alert>
    );
  }
  const words = reasonWords(reason);
  if (words === undefined) return null;
  return (
    <Alert severity={state === 'held' ? 'warning' : 'info'}>
      <strong>{words}.</strong> {note != null && <span>{sentence(note)}</span>}
    </Alert>
  );
}

function Text({ message: { state, text } }: { message: MailMessage }) {
  const [all, setAll] = useState(false);
  if (text == null) return <None word={state === 'taken' ? 'The ticket has it.' : 'What it said is not kept.'} />;
  if (text.trim() === '') return <None word="It has no text." />;
  const isCut = !all && text.length > SHOWN_CHARS;
  return (
    <>
      <Typography component="div" dir="auto" variant="body2" aria-label="Text of the message" role="region" sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', unicodeBidi: 'isolate' }}>
        {isCut ? `${text.slice(0, SHOWN_CHARS)}…` : text}
      </Typography>
      {isCut && (
        <Button sx={{ mt: 1, ml: -1 }} onClick={() => setAll(true)}>
          Show all of it
        </Button>
      )}
      {!isCut && Array.from(text).length >= TEXT_CHARS_MAX && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
          It says more: that is in the ticket once it is accepted.
        </Typography>
      )}
    </>
  );
}

function Origin({ message: { sender, created_at, decided_at, bytes, sha256, message_id } }: { message: MailMessage }) {
  return (
    <Facts columns={1}>
      <Fact wide name="From, as it says">
        {sender ?? <None word="It does not say" />}
      </Fact>
      <Fact name="Size">{bytesWords(bytes)}</Fact>
      <Fact wide name="Came">
        <ExactTime>{created_at}</ExactTime>
      </Fact>
      {decided_at != null && (
        <Fact wide name="Decided">
          <ExactTime>{decided_at}</ExactTime>
        </Fact>
      )}
      {message_id != null && (
        <Fact wide name="Message-ID">
          <Code>{message_id}</Code>
        </Fact>
      )}
      <Fact wide name="SHA-256">
        <Code copy short={`${sha256.slice(0, 16)}…`}>
          {sha256}
        </Code>
      </Fact>
    </Facts>
  );
}

function Attachments({ message: { attachments } }: { message: MailMessage }) {
  return (
    <Box component="ul" aria-label="Attachments" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 0.75 }}>
      {attachments.map(({ name, bytes }, at) => (
        <Box component="li" key={at} sx={{ display: 'flex', gap: 1, minWidth: 0 }}>
          <Box component="span" sx={{ lineHeight: 0, pt: 0.375, color: 'text.secondary' }}>
            <Paperclip size={14} aria-hidden />
          </Box>
          <Typography variant="body2" sx={{ minWidth: 0, overflowWrap: 'anywhere', unicodeBidi: 'isolate' }}>
            {name}
            <Typography component="span" variant="body2" color="textSecondary">
              {' '}
              · {bytesWords(bytes)}
            </Typography>
          </Typography>
        </Box>
      ))}
    </Box>
  );
}

function Actions({ message }: { message: MailMessage }) {
  const { accept, discard } = useMessageChanges(message.id);
  const [accepting, setAccepting] = useState(false);
  const navigate = useNavigate();
  const toast = useToast();
  const attached = message.attachments.length;
  return (
    <>
      <Confirm
        title="Discard this message?"
        submit="Discard"
        danger
        act={async () => {
          await discard.mutateAsync(undefined);
          toast('The message is discarded.');
          await navigate(MESSAGES);
        }}
        trigger={(open) => (
          <Button variant="outlined" color="error" onClick={open}>
            Discard
          </Button>
        )}
      >
        What it says{attached > 0 && ` and ${count(attached, 'attachment')}`} cannot be had back. That it came, and from where it says, stays on record. Its sender hears nothing.
      </Confirm>
      <Button variant="contained" onClick={() => setAccepting(true)}>
        Accept…
      </Button>
      {accepting && (
        <AcceptDialog
          message={message}
          save={async (input) => {
            const { ticket_id, user } = await accept.mutateAsync(input);
            toast(`Taken as from ${user?.name ?? capital(GONE_PERSON)}.`);
            if (ticket_id != null) await navigate(`/service-catalog/desk/${ticket_id}`);
          }}
          onClose={() => setAccepting(false)}
        />
      )}
    </>
  );
}
