/** What readers thought of the version that was published last. */
import type { Article } from '@itechsmart/api';
import { Box, Button, LinearProgress, Stack, Typography } from '@mui/material';
import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { GONE_PERSON, capital } from '#shared/catalog/words';
import { Section } from '#shared/ui/Page';
import { Failed, LoadingRows } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useFeedbackPages } from './useKnowledge';

export function Readings({ article: { id, published_number, helpful, not_helpful } }: { article: Article }) {
  const { items, error, more, loadingMore, reload } = useFeedbackPages(id);
  const [yes, no] = [helpful ?? 0, not_helpful ?? 0];
  const all = yes + no;
  return (
    <Section title="What readers say" about={`Of version ${published_number}.`}>
      <Stack sx={{ gap: 1.5 }}>
        {all === 0 ? (
          <Typography variant="body2" color="textSecondary">
            Nobody has said yet whether it helped.
          </Typography>
        ) : (
          <Box>
            <Typography variant="body2" sx={{ mb: 0.5 }}>
              It helped {yes} of {all}.
            </Typography>
            <LinearProgress variant="determinate" value={(yes / all) * 100} aria-label="Readers whom it helped" sx={{ height: 6, borderRadius: 1, bgcolor: 'background.sunken' }} />
          </Box>
        )}
        {items === undefined && (error === null ? <LoadingRows rows={2} /> : <Failed problem={error} retry={reload} />)}
        <Box component="ul" aria-label="Feedback" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.25 }}>
          {items?.map(({ person, is_helpful, comment, at }) => (
            <Box component="li" key={person.id} sx={{ display: 'flex', gap: 1 }}>
              <Box sx={{ color: is_helpful ? 'success.main' : 'error.main', pt: 0.25, lineHeight: 0 }}>{is_helpful ? <ThumbsUp size={15} aria-hidden /> : <ThumbsDown size={15} aria-hidden />}</Box>
              <Box sx={{ minWidth: 0 }}>
                <Typography variant="caption" color="textSecondary" component="div">
                  {capital(person.name ?? GONE_PERSON)}, <Time>{at}</Time>: {is_helpful ? 'it helped' : 'it did not help'}
                </Typography>
                {comment !== '' && (
                  <Typography variant="body2" sx={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
                    {comment}
                  </Typography>
                )}
              </Box>
            </Box>
          ))}
        </Box>
        {more !== undefined && (
          <Button size="small" sx={{ alignSelf: 'start' }} onClick={more} loading={loadingMore}>
            Show more
          </Button>
        )}
      </Stack>
    </Section>
  );
}
