import { IconButton, Tooltip } from '@mui/material';
import { Star } from 'lucide-react';
import { useMark } from './useMark';

interface FavouriteProps {
  id: string;
  name: string;
  on: boolean;
}

export function Favourite({ id, name, on }: FavouriteProps) {
  const mark = useMark(id);
  // What was clicked shows at once; the server's word follows.
  const shown = mark.isPending ? mark.variables : on;
  const label = shown ? `Remove ${name} from the favourites` : `Add ${name} to the favourites`;
  return (
    <Tooltip title={shown ? 'Remove from the favourites' : 'Add to the favourites'}>
      <IconButton aria-label={label} aria-pressed={shown} onClick={() => mark.mutate(!on)} sx={{ color: shown ? 'warning.main' : 'text.secondary' }}>
        <Star size={17} fill={shown ? 'currentColor' : 'none'} aria-hidden />
      </IconButton>
    </Tooltip>
  );
}
