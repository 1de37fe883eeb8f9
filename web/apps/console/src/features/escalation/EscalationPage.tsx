/** Escalation ladders: who is called, level by level, until somebody answers. */
import { toProblem, type EscalationLadder, type EscalationTrack, type Ladders, type NamedGroup, type NamedPerson, type Problem, type Read, type Responder, type TrackLadder } from '@itechsmart/api';
import { Button, Stack, Typography } from '@mui/material';
import { Plus } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useCatalogObject } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { tracks } from '#shared/catalog/ladders';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { useDraft } from '#shared/forms/useDraft';
import { catalog } from '#shared/session/session';
import { useCan } from '#shared/session/useMe';
import { moved } from '#shared/ui/moved';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Page, Section } from '#shared/ui/Page';
import { SaveBar } from '#shared/ui/SaveBar';
import { useToast } from '#shared/ui/toast';
import { Toggle } from '#shared/ui/Toggle';
import { Level } from './Level';

const KEY = 'catalog.ladders';
const parent = { title: 'Queue', to: '/service-catalog/desk' };
const LEVELS_MAX = 10;
const NONE: EscalationLadder = { is_around_the_clock: false, levels: [] };

export default function EscalationPage() {
  return (
    <ObjectPage title="Escalation" parent={parent} object={useCatalogObject<Ladders>([KEY], '/escalation-ladders')}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data } }: { read: Read<Ladders> }) {
  const [unsaved, setUnsaved] = useState<readonly string[]>([]);
  const leaving = useRef(false);
  const tell = useCallback((track: string, dirty: boolean) => setUnsaved((before) => [...before.filter((one) => one !== track), ...(dirty ? [track] : [])]), []);
  return (
    <Page title="Escalation" about="Whom a ticket calls when it is escalated. A level that does not answer in its minutes passes to the next.">
      <UnsavedGuard dirty={unsaved.length > 0} leaving={leaving} />
      {(Object.keys(tracks) as EscalationTrack[]).map((track) => (
        <Ladder key={track} track={track} kept={data.items.find((one) => one.track === track)} people={data.people} groups={data.groups} onDirty={tell} />
      ))}
    </Page>
  );
}

interface LadderProps {
  track: EscalationTrack;
  kept: TrackLadder | undefined;
  people: readonly NamedPerson[];
  groups: readonly NamedGroup[];
  onDirty: (track: string, dirty: boolean) => void;
}

const isWhole = ({ levels }: EscalationLadder) => levels.length > 0 && levels.every(({ responders }) => responders.length > 0);

function Ladder({ track, kept, people, groups, onDirty }: LadderProps) {
  const { title, about } = tracks[track];
  const writes = useCan()('catalog.escalation-ladders.write');
  const { draft, set, dirty, outdated, discard, settle } = useDraft(kept?.ladder ?? NONE);
  const [problem, setProblem] = useState<Problem | null>(null);
  const toast = useToast();
  useEffect(() => onDirty(track, dirty), [onDirty, track, dirty]);
  const save = useChange((ladder: EscalationLadder) => catalog.put<TrackLadder>(`/escalation-ladders/${track}`, ladder, kept?.version ?? 0), [KEY]);
  const { levels } = draft;
  const change = (at: number, level: (typeof levels)[number]) => set({ ...draft, levels: levels.map((old, index) => (index === at ? level : old)) });
  const send = async () => {
    setProblem(null);
    try {
      settle((await save.mutateAsync(draft)).ladder);
      toast('Saved. What is escalated already goes on as it began.');
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  const add = () => set({ ...draft, levels: [...levels, { responders: [] as Responder[], answer_minutes: 15 }] });
  return (
    <Section title={title} about={about}>
      <Stack role="group" aria-label={`${title} ladder`} sx={{ gap: 1.5 }}>
        {levels.length === 0 && (
          <Typography variant="body2" color="textSecondary">
            There is no ladder yet: a ticket cannot be escalated this way.
          </Typography>
        )}
        {levels.map((level, at) => (
          <Level
            key={at}
            at={at}
            count={levels.length}
            level={level}
            people={people}
            groups={groups}
            writes={writes}
            onChange={(next) => change(at, next)}
            onMove={(to) => set({ ...draft, levels: moved(levels, at, to) })}
            onRemove={() => set({ ...draft, levels: levels.filter((_, index) => index !== at) })}
          />
        ))}
        {writes && (
          <Stack direction="row" sx={{ gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
            <Button variant="outlined" startIcon={<Plus size={15} aria-hidden />} disabled={levels.length >= LEVELS_MAX} onClick={add}>
              Add a level
            </Button>
            {levels.length > 0 && <Toggle label="Minutes count at night, too" on={draft.is_around_the_clock ?? false} onChange={(on) => set({ ...draft, is_around_the_clock: on })} />}
          </Stack>
        )}
        {!writes && levels.length > 0 && (
          <Typography variant="body2" color="textSecondary">
            {draft.is_around_the_clock === true ? 'Minutes count at night, too.' : 'Minutes count by the calendar of the ticket.'}
          </Typography>
        )}
        <SaveBar
          dirty={dirty}
          outdated={outdated}
          busy={save.isPending}
          problem={problem}
          disabled={!isWhole(draft)}
          onSave={() => void send()}
          onDiscard={() => {
            setProblem(null);
            discard();
          }}
        />
      </Stack>
    </Section>
  );
}
