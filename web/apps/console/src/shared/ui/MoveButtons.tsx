/** Moves something up or down in a list: by mouse, finger or keyboard alike. */
import { IconButton, Stack } from '@mui/material';
import { ArrowDown, ArrowUp } from 'lucide-react';

interface MoveButtonsProps {
  name: string;
  at: number;
  count: number;
  disabled?: boolean;
  onMove: (to: number) => void;
}

export function MoveButtons({ name, at, count, disabled = false, onMove }: MoveButtonsProps) {
  return (
    <Stack direction="row" sx={{ flexShrink: 0 }}>
      <IconButton size="small" aria-label={`Move ${name} up`} disabled={disabled || at === 0} onClick={() => onMove(at - 1)}>
        <ArrowUp size={16} aria-hidden />
      </IconButton>
      <IconButton size="small" aria-label={`Move ${name} down`} disabled={disabled || at === count - 1} onClick={() => onMove(at + 1)}>
        <ArrowDown size={16} aria-hidden />
      </IconButton>
    </Stack>
  );
}
