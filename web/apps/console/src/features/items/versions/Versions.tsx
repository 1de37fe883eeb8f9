/** The versions of an item, the latest first, with what changed in each. */
import type { Item, ItemVersion } from '@itechsmart/api';
import { Box, Button, Skeleton, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useCurrency } from '#shared/api/useCurrency';
import type { Names } from '#shared/catalog/words';
import { millionths, money } from '#shared/format/decimal';
import { count } from '#shared/format/text';
import { Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Failed } from '#shared/ui/states';
import { ExactTime } from '#shared/ui/Time';
import { ChangeList } from './ChangeList';
import { useChangeWords } from './useChangeWords';
import { useVersions } from './useVersions';

const SHOWN = 10;

interface VersionsProps {
  item: Item;
  latest: ItemVersion;
  names: Names;
}

export function Versions({ item, latest, names }: VersionsProps) {
  const [shown, setShown] = useState(SHOWN);
  const first = Math.max(1, latest.number - shown + 1);
  // One more than is shown: what changed is told by the one before.
  const numbers = Array.from({ length: latest.number - Math.max(1, first - 1) + 1 }, (_, at) => latest.number - at);
  const { versions, error, retry } = useVersions(item.id, numbers);
  const words = useChangeWords(names);
  const currency = useCurrency();
  const cost = (price: string) => (millionths(price) === 0n ? 'no charge' : money(price, currency));
  return (
    <Section title="Versions" about="A request keeps the version that it was made with.">
      {error !== undefined && <Failed problem={error} retry={retry} />}
      <Box component="ol" reversed aria-label="Versions" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {numbers
          .filter((number) => number >= first)
          .map((number) => {
            const version = versions.get(number);
            const before = versions.get(number - 1);
            return (
              <Box component="li" key={number} sx={{ py: 1.5, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
                <Stack direction="row" sx={{ gap: 1, alignItems: 'baseline', flexWrap: 'wrap' }}>
                  <Typography variant="body2" sx={{ fontWeight: 600 }}>
                    Version {number}
                  </Typography>
                  {number === latest.number && item.state === 'published' && <State tone="success">Published</State>}
                  {version?.published_at != null && (
                    <Typography variant="caption" color="textSecondary">
                      <ExactTime>{version.published_at}</ExactTime>
                    </Typography>
                  )}
                </Stack>
                {version === undefined && error === undefined && <Skeleton variant="text" width="60%" />}
                {version !== undefined && number === 1 && (
                  <Typography variant="body2" color="textSecondary">
                    The first one: “{version.name}”, {version.parts === undefined ? cost(version.price) : `of ${count(version.parts.length, 'item')}`}.
                  </Typography>
                )}
                {version !== undefined && before !== undefined && <Told changes={words(before, version)} />}
              </Box>
            );
          })}
      </Box>
      {first > 1 && <Button onClick={() => setShown(shown + SHOWN)}>Show more</Button>}
    </Section>
  );
}

function Told({ changes }: { changes: readonly string[] }) {
  if (changes.length > 0) return <ChangeList changes={changes} />;
  return (
    <Typography variant="body2" color="textSecondary">
      Nothing changed.
    </Typography>
  );
}
