/** Something that can be done, what follows from it, and its button. */
import { Box, Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';

interface ActionRowProps {
  title: ReactNode;
  about?: ReactNode;
  children: ReactNode;
}

export function ActionRow({ title, about, children }: ActionRowProps) {
  return (
    <Stack
      direction="row"
      sx={{
        py: 1.25,
        gap: 2,
        alignItems: 'center',
        justifyContent: 'space-between',
        '& + &': { borderTop: 1, borderColor: 'divider' },
        '&:last-of-type': { pb: 0 },
      }}
    >
      <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
        <Typography variant="body2" component="div" sx={{ fontWeight: 600 }}>
          {title}
        </Typography>
        {about !== undefined && (
          <Typography variant="body2" color="textSecondary" component="div">
            {about}
          </Typography>
        )}
      </Box>
      <Stack sx={{ flexDirection: { xs: 'column', sm: 'row' }, gap: 1, flexShrink: 0 }}>
        {children}
      </Stack>
    </Stack>
  );
}
