/** What an item or a bundle is, at length. */
import { Typography } from '@mui/material';
import { Section } from '#shared/ui/Page';

export function About({ description }: { description: string }) {
  if (description === '') return null;
  return (
    <Section title="About">
      <Typography variant="body2" sx={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere', maxWidth: 760 }}>
        {description}
      </Typography>
    </Section>
  );
}
