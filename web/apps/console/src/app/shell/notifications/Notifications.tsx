/** The bell, and what it rings for. */
import { Badge, IconButton, Popover, Tooltip } from '@mui/material';
import { Bell } from 'lucide-react';
import { useState } from 'react';
import { bar } from '#shared/theme/tokens';
import { VisuallyHidden } from '#shared/ui/VisuallyHidden';
import { bellLabel, news } from './news';
import { Panel } from './Panel';
import { useNews } from './useNews';
import { useNotifications } from './useNotifications';

const PANEL_WIDTH_PX = 400;

export function Notifications() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const list = useNotifications();
  useNews();
  const { unread } = news(list.data ?? []);
  const label = bellLabel(unread);
  return (
    <>
      <Tooltip title={label}>
        <IconButton color="inherit" aria-label={label} aria-haspopup="dialog" onClick={(event) => setAnchor(event.currentTarget)}>
          <Badge
            badgeContent={unread}
            max={99}
            slotProps={{ badge: { sx: { fontSize: 10, fontWeight: 700, height: 16, minWidth: 16, px: 0.5, bgcolor: bar.mark, color: bar.markInk } } }}
          >
            <Bell size={18} aria-hidden />
          </Badge>
        </IconButton>
      </Tooltip>
      <VisuallyHidden>
        <span role="status">{unread > 0 && label}</span>
      </VisuallyHidden>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
        marginThreshold={12}
        slotProps={{
          paper: {
            role: 'dialog',
            'aria-label': 'Notifications',
            variant: 'outlined',
            sx: { mt: 1.25, width: PANEL_WIDTH_PX, maxWidth: 'calc(100vw - 24px)', display: 'flex', flexDirection: 'column', maxHeight: 'min(560px, calc(100dvh - 76px))' },
          },
        }}
      >
        <Panel list={list} onGo={() => setAnchor(null)} />
      </Popover>
    </>
  );
}
