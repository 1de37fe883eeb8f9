import type { HubEvent } from '@itechsmart/api';
import { Button, Stack } from '@mui/material';
import { Activity, Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { CodeBlock, Code } from '#shared/ui/Code';
import { DetailDrawer } from '#shared/ui/DetailDrawer';
import { PagedList, type Column } from '#shared/ui/List';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { State, type Tone } from '#shared/ui/State';
import { Empty } from '#shared/ui/states';
import { ExactTime, Time } from '#shared/ui/Time';
import { joined } from './stream';
import { useEvents } from './useEvents';
import { useEventStream, type Connection } from './useEventStream';

const connections: Record<Connection, { tone: Tone; word: string }> = {
  connecting: { tone: 'info', word: 'Connecting' },
  live: { tone: 'success', word: 'Live' },
  broken: { tone: 'warning', word: 'Interrupted, trying again' },
  paused: { tone: 'neutral', word: 'Paused' },
};

export default function EventsPage() {
  const [name, setName] = useState('');
  const [live, setLive] = useState(true);
  const [open, setOpen] = useState<HubEvent>();
  const past = useEvents(name);
  const stream = useEventStream(name, live);
  const { tone, word } = connections[stream.connection];
  const pages = {
    ...past,
    items: past.items === undefined ? undefined : joined(stream.events, past.items),
  };
  const columns: Column<HubEvent>[] = [
    {
      title: 'Event',
      render: (event) => (
        <Button
          onClick={() => setOpen(event)}
          sx={{ p: 0, minHeight: 0, minWidth: 0, justifyContent: 'flex-start', color: 'text.primary', textAlign: 'left' }}
        >
          <Code>{event.name}</Code>
        </Button>
      ),
    },
    { title: 'About', breaks: true, render: ({ subject }) => <Code>{subject}</Code> },
    { title: 'When', width: 160, render: ({ at }) => <Time>{at}</Time> },
  ];
  return (
    <Page
      title="Events"
      about="What the services of the suite tell each other about this tenant, as it happens."
      actions={
        <Stack direction="row" sx={{ gap: 2, alignItems: 'center' }} aria-live="polite">
          <State tone={tone}>{word}</State>
          <Button
            variant="outlined"
            color="inherit"
            startIcon={live ? <Pause size={15} aria-hidden /> : <Play size={15} aria-hidden />}
            onClick={() => setLive(!live)}
          >
            {live ? 'Pause' : 'Go on'}
          </Button>
        </Stack>
      }
    >
      <Section
        flush
        actions={<SearchField label="Name or pattern, e.g. hub.user.*" value={name} onChange={setName} width={320} />}
      >
        <PagedList
          label="Events"
          columns={columns}
          pages={pages}
          id={(event) => event.id}
          empty={
            <Empty icon={Activity} title={name === '' ? 'Nothing has happened yet' : 'Nothing of that name has happened'}>
              {name === ''
                ? 'The next event appears here by itself.'
                : 'A pattern is a whole name, a part of it up to a dot followed by *, or * alone.'}
            </Empty>
          }
        />
      </Section>
      <DetailDrawer title="Event" open={open !== undefined} onClose={() => setOpen(undefined)}>
        {open !== undefined && <Detail event={open} />}
      </DetailDrawer>
    </Page>
  );
}

function Detail({ event }: { event: HubEvent }) {
  return (
    <Stack sx={{ gap: 2 }}>
      <Facts columns={1}>
        <Fact name="Name">
          <Code copy>{event.name}</Code>
        </Fact>
        <Fact name="When">
          <ExactTime>{event.at}</ExactTime>
        </Fact>
        <Fact name="About">
          <Code copy>{event.subject}</Code>
        </Fact>
        <Fact wide name="Id">
          <Code copy>{event.id}</Code>
        </Fact>
      </Facts>
      <CodeBlock>{JSON.stringify(event.data, null, 2)}</CodeBlock>
    </Stack>
  );
}
