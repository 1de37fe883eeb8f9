/** A ticket's tags; for the desk each leads to the tickets that have it. */
import { Chip, Stack } from '@mui/material';
import { Link } from 'react-router';
import { tagLink } from '../filters';

export function TagList({ tags, sees }: { tags: readonly string[]; sees: boolean }) {
  return (
    <Stack direction="row" component="ul" aria-label="Tags" sx={{ gap: 0.75, flexWrap: 'wrap', listStyle: 'none', m: 0, p: 0 }}>
      {tags.map((tag) => (
        <li key={tag}>{sees ? <Chip label={tag} variant="outlined" clickable component={Link} to={tagLink(tag)} /> : <Chip label={tag} variant="outlined" />}</li>
      ))}
    </Stack>
  );
}
