/** What was promised: each clock's target, what of it is used, and why. */
import type { ExplainedClock } from '@itechsmart/api';
import { Box, Button, LinearProgress, Stack, Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography } from '@mui/material';
import { useState } from 'react';
import { span } from '#shared/format/span';
import { exact, minute } from '#shared/format/time';
import { DetailDrawer } from '#shared/ui/DetailDrawer';
import { Fact, Facts } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Failed, LoadingRows } from '#shared/ui/states';
import { useNow } from '#shared/ui/Time';
import { useClocks } from '../useTickets';
import { because, counting, countings, measureKey, measureWords, reasonWords, remainingWords, segments, urge, urges, used, type Counting, type GroupNames } from './clocks';

export function ClocksPanel({ id, groups }: { id: string; groups: GroupNames }) {
  const clocks = useClocks(id, true);
  const [shown, setShown] = useState<string>();
  const { data, error, refetch } = clocks;
  if (data === undefined) return error === null ? <LoadingRows rows={2} /> : <Failed problem={error} retry={() => void refetch()} />;
  const items = data.data.items;
  const why = items.find(({ clock }) => measureKey(clock.measure) === shown);
  return (
    <>
      <Box component="ul" aria-label="Clocks" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {items.map((one) => (
          <ClockRow key={measureKey(one.clock.measure)} explained={one} groups={groups} onWhy={() => setShown(measureKey(one.clock.measure))} />
        ))}
      </Box>
      {items.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          Nothing is promised for it.
        </Typography>
      )}
      <DetailDrawer title={why === undefined ? 'Why?' : `Why? ${measureWords(why.clock.measure, groups)}`} open={why !== undefined} onClose={() => setShown(undefined)}>
        {why !== undefined && <Why explained={why} groups={groups} />}
      </DetailDrawer>
    </>
  );
}

function ClockRow({ explained: { clock }, groups, onWhy }: { explained: ExplainedClock; groups: GroupNames; onWhy: () => void }) {
  const state = urge(clock, useNow());
  const { tone, word } = urges[state] ?? { tone: 'neutral', word: clock.state };
  const name = measureWords(clock.measure, groups);
  return (
    <Box component="li" sx={{ py: 1, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Stack direction="row" sx={{ justifyContent: 'space-between', gap: 1, alignItems: 'center' }}>
        <Typography variant="body2" sx={{ fontWeight: 600, minWidth: 0, overflowWrap: 'anywhere' }}>
          {name}
        </Typography>
        <State tone={tone}>{word}</State>
      </Stack>
      <LinearProgress variant="determinate" aria-label={`${name}: used`} value={used(clock)} color={tone === 'neutral' ? 'inherit' : tone} sx={{ my: 0.75, height: 6, borderRadius: 1, ...(tone === 'neutral' && { color: 'text.secondary' }) }} />
      <Stack direction="row" sx={{ justifyContent: 'space-between', gap: 1, alignItems: 'center' }}>
        <Typography variant="caption" color="textSecondary">
          {span(clock.elapsed_ms)} of {span(clock.target_ms)} · {remainingWords(clock)}
          {clock.due_at != null && (clock.state === 'running' || clock.state === 'breached') && (
            <Box component="span" sx={{ display: 'block' }}>
              {clock.state === 'breached' ? 'since' : 'due'} {minute(clock.due_at)}
            </Box>
          )}
        </Typography>
        <Button size="small" aria-label={`Why does ${name} show this?`} onClick={onWhy} sx={{ minHeight: 28, px: 1 }}>
          Why?
        </Button>
      </Stack>
    </Box>
  );
}

const fills: Record<Counting, object> = {
  counts: { bgcolor: 'primary.main' },
  closed: { bgcolor: 'action.selected' },
  paused: { backgroundImage: (theme: { vars?: { palette: { warning: { main: string } } } }) => `repeating-linear-gradient(45deg, ${theme.vars?.palette.warning.main ?? 'currentColor'} 0 2px, transparent 2px 6px)` },
  elsewhere: { bgcolor: 'divider' },
};

function Why({ explained: { clock, intervals, is_cut }, groups }: { explained: ExplainedClock; groups: GroupNames }) {
  const kinds = [...new Set(intervals.map(({ why }) => counting(why)))];
  return (
    <Stack sx={{ gap: 2 }}>
      <Typography variant="body2">{because(clock, intervals)}</Typography>
      <Facts columns={2}>
        <Fact name="Target">{span(clock.target_ms)}</Fact>
        <Fact name={clock.remaining_ms < 0 ? 'Late by' : 'Left'}>{span(clock.remaining_ms)}</Fact>
        {clock.due_at != null && <Fact name={clock.state === 'breached' ? 'Was due' : 'Due'}>{exact(clock.due_at)}</Fact>}
        {clock.stopped_at != null && <Fact name="Stopped">{exact(clock.stopped_at)}</Fact>}
      </Facts>
      <Box>
        <Box aria-hidden sx={{ display: 'flex', height: 18, borderRadius: 0.5, overflow: 'hidden', border: 1, borderColor: 'divider' }}>
          {segments(intervals).map(({ counting: kind, share }, index) => (
            <Box key={index} sx={{ width: `${share}%`, ...fills[kind] }} />
          ))}
        </Box>
        <Stack direction="row" sx={{ gap: 2, mt: 0.75, flexWrap: 'wrap' }}>
          {kinds.map((kind) => (
            <Typography key={kind} variant="caption" sx={{ display: 'inline-flex', gap: 0.75, alignItems: 'center' }}>
              <Box component="span" aria-hidden sx={{ width: 12, height: 12, borderRadius: 0.5, border: 1, borderColor: 'divider', ...fills[kind] }} />
              {countings[kind]}
            </Typography>
          ))}
        </Stack>
      </Box>
      {is_cut && (
        <Typography variant="body2" color="textSecondary">
          Earlier intervals are left out: there are too many to show.
        </Typography>
      )}
      <TableContainer>
        <Table size="small" aria-label="Intervals">
          <TableHead>
            <TableRow>
              <TableCell>From</TableCell>
              <TableCell>Until</TableCell>
              <TableCell align="right">Counted</TableCell>
              <TableCell>Why</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {intervals.map(({ from, to, counted_ms, why }) => (
              <TableRow key={from} sx={{ '& td': { verticalAlign: 'top', px: 1, fontSize: '0.8125rem' } }}>
                <TableCell>{minute(from)}</TableCell>
                <TableCell>{minute(to)}</TableCell>
                <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
                  {counted_ms === 0 ? '–' : span(counted_ms)}
                </TableCell>
                <TableCell sx={{ overflowWrap: 'anywhere', color: counting(why) === 'counts' ? 'text.primary' : 'text.secondary' }}>{reasonWords(why, groups)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </Stack>
  );
}
