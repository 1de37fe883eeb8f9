/** The frame of what anybody may open: one card, or a page of its own, and where one is. */
import { Box, Paper, Skeleton, Stack, Typography } from '@mui/material';
import { Suspense } from 'react';
import { Outlet } from 'react-router';
import { bar, barHeight_px, readingWidth_px } from '#shared/theme/tokens';
import { Mark } from '#shared/ui/Mark';
import { ColorMode } from './shell/ColorMode';

interface PublicFrameProps {
  /** Of something to read, which makes its own cards. */
  wide?: boolean;
}

export function PublicFrame({ wide = false }: PublicFrameProps) {
  const content = (
    <Suspense fallback={<Skeleton variant="rounded" height={220} />}>
      <Outlet />
    </Suspense>
  );
  return (
    <Box sx={{ minHeight: '100dvh', display: 'flex', flexDirection: 'column', bgcolor: 'background.default' }}>
      <Stack
        component="header"
        direction="row"
        sx={(theme) => ({
          bgcolor: 'background.bar',
          color: bar.text,
          px: { xs: 2, sm: 3 },
          height: barHeight_px,
          alignItems: 'center',
          gap: 1.25,
          ...theme.applyStyles('dark', { borderBottom: `1px solid ${theme.vars?.palette.divider ?? ''}` }),
        })}
      >
        <Mark size={24} />
        <Typography sx={{ fontWeight: 650, flex: 1 }}>iTechSmart</Typography>
        <ColorMode />
      </Stack>
      {wide ? (
        <Box component="main" sx={{ flex: 1, width: '100%', maxWidth: readingWidth_px, mx: 'auto', px: { xs: 2, sm: 4 }, py: { xs: 3, sm: 6 } }}>
          {content}
        </Box>
      ) : (
        <Box component="main" sx={{ flex: 1, display: 'grid', placeItems: { xs: 'start center', sm: 'center' }, p: { xs: 2, sm: 4 } }}>
          <Paper variant="outlined" sx={{ width: '100%', maxWidth: 440, p: { xs: 2.5, sm: 4 } }}>
            {content}
          </Paper>
        </Box>
      )}
      <Typography
        component="footer"
        variant="caption"
        color="textSecondary"
        sx={{ textAlign: 'center', p: 2 }}
      >
        Every change made here leaves an audit record that anyone can verify.
      </Typography>
    </Box>
  );
}
