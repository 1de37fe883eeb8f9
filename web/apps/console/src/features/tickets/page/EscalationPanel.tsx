/** A ticket on its ladders: who is called, who answered, and what may be done about it. */
import type { EscalationStep, EscalationTrack, TicketEscalation, TicketEscalations } from '@itechsmart/api';
import { Box, Button, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { duration } from '#shared/format/time';
import { GONE_PERSON, capital, listed } from '#shared/catalog/words';
import { escalationStates, responderName, tracks, trackTitle } from '#shared/catalog/ladders';
import { useMe } from '#shared/session/useMe';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';
import { State } from '#shared/ui/State';
import { Failed, LoadingRows } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useTicketChanges } from '../useTicketChanges';
import { useEscalations } from '../useTickets';
import { mayCall } from './calls';

interface EscalationPanelProps {
  id: string;
  /** Whether the caller works on it, and it is not done. */
  works: boolean;
  /** Whether it calls the caller, who may answer then. */
  isCalled?: boolean;
}

export function EscalationPanel({ id, works, isCalled = false }: EscalationPanelProps) {
  const me = useMe();
  const { data, error, refetch } = useEscalations(id, true);
  const [open, setOpen] = useState(false);
  if (data === undefined) return error === null ? <LoadingRows rows={2} /> : <Failed problem={error} retry={() => void refetch()} />;
  const { items } = data.data;
  return (
    <Stack sx={{ gap: 1.5 }}>
      {items.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          It was not escalated.
        </Typography>
      )}
      {items.map((one) => (
        <Climb key={one.track} id={id} climb={one} named={data.data} steps={works || (isCalled && mayCall(one, me.id))} />
      ))}
      {works && (
        <Button variant="outlined" color="inherit" sx={{ alignSelf: 'start' }} onClick={() => setOpen(true)}>
          Escalate…
        </Button>
      )}
      {open && <Escalate id={id} taken={items.filter(({ state }) => state !== 'idle').map(({ track }) => track)} onClose={() => setOpen(false)} />}
    </Stack>
  );
}

interface ClimbProps {
  id: string;
  climb: TicketEscalation;
  named: TicketEscalations;
  /** Whether the caller says what becomes of it. */
  steps: boolean;
}

function Climb({ id, climb, named, steps }: ClimbProps) {
  const { step } = useTicketChanges(id, undefined);
  const toast = useToast();
  const { track, state, level, ladder, due_at, answered_by, turns } = climb;
  const { tone, word } = escalationStates[state] ?? { tone: 'neutral', word: state };
  const answerer = named.people.find((one) => one.id === answered_by)?.name ?? GONE_PERSON;
  const act = (kind: EscalationStep, title: string, contained = false) => (
    <Button key={kind} size="small" variant={contained ? 'contained' : 'text'} disabled={step.isPending} onClick={() => step.mutate({ track, step: kind }, { onError: (problem) => toast(problem.detail, 'error') })}>
      {title}
    </Button>
  );
  const isLast = level != null && level >= ladder.levels.length - 1;
  return (
    <Box role="group" aria-label={`${trackTitle(track)} escalation`}>
      <Stack direction="row" sx={{ justifyContent: 'space-between', alignItems: 'center', gap: 1 }}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {trackTitle(track)}
        </Typography>
        <State tone={tone}>{word}</State>
      </Stack>
      {state === 'answered' && (
        <Typography variant="body2">
          {capital(answerer)} takes care of it.
        </Typography>
      )}
      <Box component="ol" aria-label="Levels" sx={{ m: 0, my: 0.75, pl: 2.5, typography: 'body2' }}>
        {ladder.levels.map(({ responders, answer_minutes }, index) => {
          const called = turns.filter((turn) => turn.level === index).at(-1);
          const isCalled = index === level && state === 'calling';
          return (
            <Box component="li" key={index} sx={{ color: called === undefined ? 'text.secondary' : 'text.primary', fontWeight: isCalled ? 600 : 400 }}>
              {listed(responders.map((one) => responderName(one, named)), 'and')}
              <Typography variant="caption" color="textSecondary" component="span" sx={{ display: 'block' }}>
                {called === undefined ? (
                  `has ${duration(answer_minutes)} to answer`
                ) : (
                  <>
                    called <Time>{called.since}</Time>
                    {isCalled && due_at != null && (
                      <>
                        {isLast ? ', then nobody is left: ' : ', then the next: '}
                        <Time>{due_at}</Time>
                      </>
                    )}
                  </>
                )}
              </Typography>
            </Box>
          );
        })}
      </Box>
      {steps && state !== 'idle' && (
        <Stack direction="row" sx={{ gap: 0.5, flexWrap: 'wrap' }}>
          {state === 'answered' ? act('take_back', 'I do not, after all') : act('answer', 'I take care of it', true)}
          {state === 'calling' && !isLast && act('pass', 'On to the next')}
          {act('end', 'End it')}
        </Stack>
      )}
    </Box>
  );
}

function Escalate({ id, taken, onClose }: { id: string; taken: readonly EscalationTrack[]; onClose: () => void }) {
  const { escalate } = useTicketChanges(id, undefined);
  const free = (Object.keys(tracks) as EscalationTrack[]).filter((track) => !taken.includes(track));
  const form = useForm<{ track: EscalationTrack; reason: string }>({ track: free[0] ?? 'technical', reason: '' });
  return (
    <FormDialog
      open
      title="Escalate this ticket"
      submit="Escalate"
      busy={form.busy}
      problem={form.problem}
      disabled={free.length === 0 || form.values.reason.trim() === ''}
      onClose={onClose}
      onSubmit={() => void form.submit((values) => escalate.mutateAsync(values)).then((done) => done && onClose())}
    >
      {free.length === 0 ? (
        <Typography variant="body2">It is on all ladders already.</Typography>
      ) : (
        <TextField select label="Ladder" value={form.values.track} onChange={(event) => form.set('track', event.target.value as EscalationTrack)} helperText={tracks[form.values.track].about}>
          {free.map((track) => (
            <MenuItem key={track} value={track}>
              {tracks[track].title}
            </MenuItem>
          ))}
        </TextField>
      )}
      <TextField label="Why" required multiline minRows={2} maxRows={8} {...form.text('reason', 'Whoever is called reads it.')} slotProps={{ htmlInput: { maxLength: 2_000 } }} />
    </FormDialog>
  );
}
