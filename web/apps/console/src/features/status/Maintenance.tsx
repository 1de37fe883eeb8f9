/** Maintenance, as everybody is told of it. */
import type { PublicMaintenance } from '@itechsmart/api';
import { Box, Typography } from '@mui/material';
import { phases } from '#shared/catalog/status';
import { minute } from '#shared/format/time';
import { Markdown } from '#shared/ui/Markdown';
import { Time } from '#shared/ui/Time';
import { Told } from './Told';

export function Maintenance({ maintenance }: { maintenance: PublicMaintenance }) {
  const { id, title, text, begins_at, ends_at, components } = maintenance;
  const { tone, word } = phases[maintenance.phase];
  return (
    <Told id={id} title={title} tone={tone} state={<Phase word={word} maintenance={maintenance} />}>
      <Typography variant="body2" color="textSecondary">
        {minute(begins_at)} to {minute(ends_at)}
      </Typography>
      <Typography variant="body2" sx={{ mt: 0.75, overflowWrap: 'anywhere' }}>
        {components.join(', ')}
      </Typography>
      {text !== '' && (
        <Box sx={{ mt: 1 }}>
          <Markdown>{text}</Markdown>
        </Box>
      )}
    </Told>
  );
}

function Phase({ word, maintenance: { phase, begins_at, ends_at } }: { word: string; maintenance: PublicMaintenance }) {
  if (phase === 'over') return word;
  return (
    <>
      {word}, {phase === 'coming' ? 'begins' : 'ends'} <Time>{phase === 'coming' ? begins_at : ends_at}</Time>
    </>
  );
}
