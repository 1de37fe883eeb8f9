/** What is around every page of whoever is signed in. */
import { Box, Drawer, LinearProgress, Link, useMediaQuery } from '@mui/material';
import type { Theme } from '@mui/material/styles';
import { Suspense, useState } from 'react';
import { Outlet, useNavigation } from 'react-router';
import { barHeight_px, navWidth_px } from '#shared/theme/tokens';
import { LoadingPage } from '#shared/ui/states';
import { CommandPalette } from './CommandPalette';
import { Header } from './Header';
import { Navigation } from './Navigation';

export function Shell() {
  const narrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'));
  const [drawer, setDrawer] = useState(false);
  const [palette, setPalette] = useState(false);
  const moving = useNavigation().state !== 'idle';
  return (
    <Box sx={{ minHeight: '100dvh' }}>
      <SkipLink />
      <Header narrow={narrow} onMenu={() => setDrawer(true)} onSearch={() => setPalette(true)} />
      <Box sx={{ display: 'flex' }}>
        {narrow ? (
          <Drawer open={drawer} onClose={() => setDrawer(false)} slotProps={{ paper: { sx: { width: 272 } } }}>
            <Navigation onGo={() => setDrawer(false)} />
          </Drawer>
        ) : (
          <Box
            sx={{
              width: navWidth_px,
              flexShrink: 0,
              borderRight: 1,
              borderColor: 'divider',
              position: 'sticky',
              top: barHeight_px,
              height: `calc(100dvh - ${barHeight_px}px)`,
              overflowY: 'auto',
            }}
          >
            <Navigation />
          </Box>
        )}
        <Box
          component="main"
          id="content"
          tabIndex={-1}
          sx={{ flex: 1, minWidth: 0, px: { xs: 2, md: 3, xl: 4 }, py: { xs: 2, md: 3 }, outline: 'none', position: 'relative' }}
        >
          {moving && (
            <LinearProgress aria-label="Opening the page" sx={{ position: 'absolute', inset: '0 0 auto 0', height: 2 }} />
          )}
          <Suspense fallback={<LoadingPage />}>
            <Outlet />
          </Suspense>
        </Box>
      </Box>
      <CommandPalette open={palette} onOpen={setPalette} />
    </Box>
  );
}

function SkipLink() {
  return (
    <Link
      href="#content"
      sx={{
        position: 'fixed',
        left: 8,
        top: -60,
        zIndex: 'tooltip',
        bgcolor: 'background.paper',
        border: 2,
        borderColor: 'primary.main',
        borderRadius: 1,
        px: 2,
        py: 1,
        '&:focus': { top: 8 },
      }}
    >
      Skip to the content
    </Link>
  );
}
