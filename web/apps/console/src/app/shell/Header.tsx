import { Box, ButtonBase, IconButton, Stack, Tooltip, Typography } from '@mui/material';
import { Menu, Search } from 'lucide-react';
import { bar, barHeight_px } from '#shared/theme/tokens';
import { VisuallyHidden } from '#shared/ui/VisuallyHidden';
import { ColorMode } from './ColorMode';
import { Notifications } from './notifications/Notifications';
import { ProductSwitcher } from './ProductSwitcher';
import { ProfileMenu } from './ProfileMenu';
import { TenantSwitcher } from './TenantSwitcher';

interface HeaderProps {
  narrow: boolean;
  onMenu: () => void;
  onSearch: () => void;
}

export const paletteKeys = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? '') ? '⌘ K' : 'Ctrl K';

export function Header({ narrow, onMenu, onSearch }: HeaderProps) {
  return (
    <Stack
      component="header"
      direction="row"
      sx={(theme) => ({
        position: 'sticky',
        top: 0,
        zIndex: 'appBar',
        height: barHeight_px,
        alignItems: 'center',
        px: { xs: 0.75, md: 1.5 },
        gap: { xs: 0.25, sm: 0.75 },
        bgcolor: 'background.bar',
        color: bar.text,
        ...theme.applyStyles('dark', { borderBottom: `1px solid ${theme.vars?.palette.divider ?? ''}` }),
        '& .MuiButtonBase-root.Mui-focusVisible': { outlineColor: bar.mark },
      })}
    >
      {narrow && (
        <IconButton color="inherit" aria-label="Navigation" onClick={onMenu}>
          <Menu size={20} aria-hidden />
        </IconButton>
      )}
      <ProductSwitcher narrow={narrow} />
      <TenantSwitcher />
      <Box sx={{ flex: 1 }} />
      {narrow ? (
        <IconButton color="inherit" aria-label="Search pages and actions" onClick={onSearch}>
          <Search size={18} aria-hidden />
        </IconButton>
      ) : (
        <Tooltip title="Search pages and actions" describeChild>
          <ButtonBase
            onClick={onSearch}
            aria-keyshortcuts="Control+K Meta+K"
            sx={{
              gap: 1,
              px: 1.25,
              height: 32,
              width: 240,
              justifyContent: 'flex-start',
              borderRadius: 1,
              bgcolor: bar.hover,
              color: bar.textSoft,
              '&:hover': { color: bar.text },
            }}
          >
            <Search size={15} aria-hidden />
            <Typography variant="body2" sx={{ flex: 1, textAlign: 'left' }}>
              Search<VisuallyHidden> pages and actions</VisuallyHidden>
            </Typography>
            <Typography variant="code" component="kbd" aria-hidden sx={{ fontSize: '0.6875rem' }}>
              {paletteKeys}
            </Typography>
          </ButtonBase>
        </Tooltip>
      )}
      <Notifications />
      {!narrow && <ColorMode />}
      <ProfileMenu narrow={narrow} />
    </Stack>
  );
}
