/** A review as it is read, with what became of its actions. */
import type { Review, ReviewAction, ReviewActionState } from '@itechsmart/api';
import { Box, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { GONE_PERSON, capital } from '#shared/catalog/words';
import { civilDay } from '#shared/format/time';
import { useMe } from '#shared/session/useMe';
import { Markdown } from '#shared/ui/Markdown';
import { None } from '#shared/ui/None';
import { Page, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { ExactTime, useNow } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useReviewChanges } from '../useIncidentChanges';
import { actionStates } from './draft';

interface PublishedProps {
  review: Review;
  parent: { title: string; to: string };
  writes: boolean;
}

export function Published({ review, parent, writes }: PublishedProps) {
  const { is_published, published_at, sections, actions } = review;
  return (
    <Page
      title="Review"
      parent={parent}
      about={
        <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
          <State tone={is_published ? 'success' : 'info'}>{is_published ? 'Published' : 'Draft'}</State>
          {published_at != null && <ExactTime>{published_at}</ExactTime>}
        </Stack>
      }
    >
      {sections.map(({ key, title, text }) => (
        <Section key={key} title={title}>
          <Box sx={{ maxWidth: 860 }}>{text === '' ? <None word="Nothing was written here" /> : <Markdown>{text}</Markdown>}</Box>
        </Section>
      ))}
      <Section title="Actions">
        {actions.length === 0 && <None word="Nothing is to be done" />}
        <Box component="ul" aria-label="Actions" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {actions.map((action) => (
            <Action key={action.number} id={review.incident_id} action={action} writes={writes} />
          ))}
        </Box>
      </Section>
    </Page>
  );
}

function Action({ id, action: { number, text, owner, due_on, state }, writes }: { id: string; action: ReviewAction; writes: boolean }) {
  const { moveAction } = useReviewChanges(id, undefined);
  const me = useMe();
  const toast = useToast();
  const now = useNow();
  const shown = actionStates[state] ?? { word: state, tone: 'neutral' as const };
  const late = state === 'open' && Date.parse(`${due_on}T23:59:59`) < now;
  return (
    <Box component="li" sx={{ display: 'flex', gap: 2, py: 1.25, justifyContent: 'space-between', alignItems: { sm: 'center' }, flexDirection: { xs: 'column', sm: 'row' }, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
          {text}
        </Typography>
        <Typography variant="body2" color={late ? 'error' : 'textSecondary'}>
          {capital(owner.name ?? GONE_PERSON)}, by {civilDay(due_on)}
          {late && ': overdue'}
        </Typography>
      </Box>
      {writes || owner.id === me.id ? (
        <TextField select label="State" value={state} disabled={moveAction.isPending} onChange={(event) => moveAction.mutate({ number, state: event.target.value as ReviewActionState }, { onError: (problem) => toast(problem.detail, 'error') })} sx={{ width: 140, flexShrink: 0 }} slotProps={{ htmlInput: { 'aria-label': `State of action ${number}` } }}>
          {Object.entries(actionStates).map(([value, { word }]) => (
            <MenuItem key={value} value={value}>
              {word}
            </MenuItem>
          ))}
        </TextField>
      ) : (
        <State tone={shown.tone}>{shown.word}</State>
      )}
    </Box>
  );
}
