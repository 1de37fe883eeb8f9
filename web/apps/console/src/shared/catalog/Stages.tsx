/** The stages of an approval: who is asked, who decided, and why. */
import type { RequestSeat, RequestStage } from '@itechsmart/api';
import { Box, Stack, Typography } from '@mui/material';
import { seatWords, stageStates } from './states';
import { GONE_PERSON, ruleWords } from './words';
import { Quote } from '#shared/ui/Quote';
import { State } from '#shared/ui/State';
import { Time } from '#shared/ui/Time';

export function Stages({ stages }: { stages: readonly RequestStage[] }) {
  if (stages.length === 0) {
    return (
      <Typography variant="body2" color="textSecondary">
        Nobody had to decide: this item is approved at once.
      </Typography>
    );
  }
  return (
    <Box component="ol" aria-label="Stages" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2 }}>
      {stages.map((stage, at) => (
        <Stage key={at} stage={stage} />
      ))}
    </Box>
  );
}

function Stage({ stage }: { stage: RequestStage }) {
  const { tone, word } = stageStates[stage.state];
  const open = stage.state === 'open';
  return (
    <Box component="li" sx={{ minWidth: 0, '& + &': { borderTop: 1, borderColor: 'divider', pt: 2 } }}>
      <Stack direction="row" sx={{ gap: 1, justifyContent: 'space-between', alignItems: 'baseline' }}>
        <Typography variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere', minWidth: 0 }}>
          {stage.name}
        </Typography>
        <State tone={tone}>{word}</State>
      </Stack>
      {stage.seats.length > 1 && (
        <Typography variant="caption" color="textSecondary" component="p">
          {ruleWords(stage.rule)}
        </Typography>
      )}
      {open && stage.due_at != null && (
        <Typography variant="caption" component="p" sx={{ color: stage.is_overdue ? 'error.main' : 'text.secondary' }}>
          {stage.is_overdue ? 'Was due' : 'Due'} <Time>{stage.due_at}</Time>
        </Typography>
      )}
      {stage.escalated_at != null && (
        <Typography variant="caption" component="p" sx={{ color: 'warning.main' }}>
          Passed on <Time>{stage.escalated_at}</Time>
        </Typography>
      )}
      {stage.seats.length > 0 && (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, mt: 0.75, p: 0, display: 'grid', gap: 1 }}>
          {stage.seats.map((seat) => (
            <Seat key={seat.person.id} seat={seat} open={open} />
          ))}
        </Box>
      )}
    </Box>
  );
}

function Seat({ seat: { person, state, decision, is_escalation }, open }: { seat: RequestSeat; open: boolean }) {
  const name = person.name ?? GONE_PERSON;
  const waiting = state === 'open' && !open ? 'Did not have to decide' : seatWords[state];
  return (
    <Box component="li" sx={{ minWidth: 0 }}>
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        {name}
        {is_escalation && ' (passed on to)'}
        {decision == null ? (
          <Typography component="span" variant="body2" color="textSecondary">
            {' '}
            · {waiting}
          </Typography>
        ) : (
          <Typography component="span" variant="body2" sx={{ color: decision.verdict === 'approve' ? 'success.main' : 'error.main' }}>
            {' '}
            · {decision.verdict === 'approve' ? 'approved' : 'rejected'} <Time>{decision.at}</Time>
          </Typography>
        )}
      </Typography>
      {decision != null && decision.by.id !== person.id && (
        <Typography variant="caption" color="textSecondary" component="p">
          Decided by {decision.by.name ?? GONE_PERSON} as a delegate
        </Typography>
      )}
      {decision != null && decision.reason !== '' && <Quote>{decision.reason}</Quote>}
    </Box>
  );
}
