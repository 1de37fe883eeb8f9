/** What a machine calls something: an id, a hash, a permission, a command. */
import { Box, Typography, type SxProps, type Theme } from '@mui/material';
import { CopyButton } from './CopyButton';

interface CodeProps {
  children: string;
  copy?: boolean;
  /** What stands there in place of the whole. */
  short?: string;
}

export function Code({ children, copy = false, short }: CodeProps) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.25, maxWidth: '100%' }}>
      <Typography
        component="code"
        variant="code"
        sx={{ overflowWrap: 'anywhere' }}
        {...(short === undefined ? {} : { title: children })}
      >
        {short ?? children}
      </Typography>
      {copy && <CopyButton text={children} />}
    </Box>
  );
}

/** A block to copy: a command, a secret. */
export function CodeBlock({ children, sx = {} }: { children: string; sx?: SxProps<Theme> }) {
  return (
    <Box
      sx={[
        {
          display: 'flex',
          alignItems: 'flex-start',
          gap: 1,
          bgcolor: 'background.sunken',
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          pl: 1.5,
          pr: 0.5,
          py: 0.5,
        },
        ...(Array.isArray(sx) ? (sx as readonly SxProps<Theme>[]) : [sx]),
      ] as SxProps<Theme>}
    >
      <Typography
        component="code"
        variant="code"
        sx={{ flex: 1, minWidth: 0, py: 0.625, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}
      >
        {children}
      </Typography>
      <CopyButton text={children} />
    </Box>
  );
}
