/** The versions of an article, the latest first, each as it was published. */
import type { Article } from '@itechsmart/api';
import { Box, Button, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { GONE_PERSON } from '#shared/catalog/words';
import { DetailDrawer } from '#shared/ui/DetailDrawer';
import { Markdown } from '#shared/ui/Markdown';
import { Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Failed, LoadingRows } from '#shared/ui/states';
import { ExactTime } from '#shared/ui/Time';
import { readers, readersOf } from './content';
import { useArticleVersion } from './useKnowledge';

const SHOWN = 10;

export function Versions({ article: { id, published_number: latest, is_published } }: { article: Article }) {
  const [shown, setShown] = useState(SHOWN);
  const [read, setRead] = useState<number>();
  const numbers = Array.from({ length: Math.min(latest, shown) }, (_, at) => latest - at);
  return (
    <Section title="Versions" about="What is published never changes.">
      <Box component="ol" reversed aria-label="Versions" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {numbers.map((number) => (
          <Box component="li" key={number} sx={{ display: 'flex', gap: 1, py: 0.75, alignItems: 'center', justifyContent: 'space-between', '& + &': { borderTop: 1, borderColor: 'divider' } }}>
            <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
              <Typography variant="body2" sx={{ fontWeight: 600 }}>
                Version {number}
              </Typography>
              {number === latest && is_published && <State tone="success">Published</State>}
            </Stack>
            <Button size="small" aria-label={`Read version ${number}`} onClick={() => setRead(number)}>
              Read
            </Button>
          </Box>
        ))}
      </Box>
      {latest > shown && <Button onClick={() => setShown(shown + SHOWN)}>Show more</Button>}
      {read !== undefined && <Version id={id} number={read} onClose={() => setRead(undefined)} />}
    </Section>
  );
}

function Version({ id, number, onClose }: { id: string; number: number; onClose: () => void }) {
  const { data, error, refetch } = useArticleVersion(id, number);
  return (
    <DetailDrawer open title={`Version ${number}`} onClose={onClose}>
      {data === undefined && (error === null ? <LoadingRows rows={4} /> : <Failed problem={error} retry={() => void refetch()} />)}
      {data !== undefined && (
        <Stack sx={{ gap: 1.5 }}>
          <Typography variant="caption" color="textSecondary">
            <ExactTime>{data.published_at}</ExactTime>
            {data.published_by != null && `, by ${data.published_by.name ?? GONE_PERSON}`}, in {data.content.category}, for {readers[readersOf(data.content.visibility ?? 'everybody')].title.toLowerCase()}
          </Typography>
          <Typography variant="h2" component="h3" sx={{ overflowWrap: 'anywhere' }}>
            {data.content.title}
          </Typography>
          <Markdown headings>{data.content.body}</Markdown>
        </Stack>
      )}
    </DetailDrawer>
  );
}
