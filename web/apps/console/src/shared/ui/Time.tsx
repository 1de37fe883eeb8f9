/** A moment: how long ago, and exactly when on hover. */
import { Box, Tooltip } from '@mui/material';
import { useSyncExternalStore } from 'react';
import { exact, relative } from '#shared/format/time';

const TICK_MS = 30_000;

let now = Date.now();
const listeners = new Set<() => void>();

/** One clock for all that a page shows. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const timer = setInterval(() => {
    now = Date.now();
    listener();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    clearInterval(timer);
  };
}

export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

interface TimeProps {
  children: string | number | null | undefined;
  /** What stands there where there is no such moment. */
  none?: string;
}

export function Time({ children, none = 'Never' }: TimeProps) {
  const present = Math.max(useNow(), typeof children === 'number' ? children : 0);
  if (children == null) return none;
  return (
    <Tooltip title={exact(children)}>
      <Box component="time" dateTime={new Date(children).toISOString()} sx={{ whiteSpace: 'nowrap' }}>
        {relative(children, present)}
      </Box>
    </Tooltip>
  );
}

export function ExactTime({ children }: { children: string | number }) {
  return <time dateTime={new Date(children).toISOString()}>{exact(children)}</time>;
}
