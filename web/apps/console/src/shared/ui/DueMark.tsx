/** When something is due, with a sign where that is a worry; exactly when on hover. */
import { Box, Tooltip } from '@mui/material';
import { AlarmClock, TriangleAlert } from 'lucide-react';
import { exact } from '#shared/format/time';

const icons = { error: TriangleAlert, warning: AlarmClock };

interface DueMarkProps {
  tone?: keyof typeof icons | undefined;
  word: string;
  at: string | null | undefined;
}

export function DueMark({ tone, word, at }: DueMarkProps) {
  const Icon = tone === undefined ? undefined : icons[tone];
  return (
    <Tooltip title={at == null ? '' : exact(at)}>
      <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, alignItems: 'center', ...(tone !== undefined && { color: `${tone}.main`, fontWeight: 600 }) }}>
        {Icon !== undefined && (
          <Box component="span" sx={{ lineHeight: 0, flexShrink: 0 }}>
            <Icon size={14} aria-hidden />
          </Box>
        )}
        {word}
      </Box>
    </Tooltip>
  );
}
