import type { Notification } from '@itechsmart/api';
import { Badge, Box, Button, IconButton, Popover, Stack, Tooltip, Typography } from '@mui/material';
import { Bell, BellOff } from 'lucide-react';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useNotifications } from './useNotifications';

export function Notifications() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const list = useNotifications();
  const read = useChange((ids: string[]) => hub.post('/me/notifications/read', { ids }), ['notifications']);
  const items = list.data?.items;
  const unread = items?.filter((item) => item.read_at == null) ?? [];
  const label = unread.length === 0 ? 'Notifications' : `Notifications: ${unread.length} unread`;
  return (
    <>
      <Tooltip title={label}>
        <IconButton color="inherit" aria-label={label} onClick={(event) => setAnchor(event.currentTarget)}>
          <Badge badgeContent={unread.length} color="error" max={9} slotProps={{ badge: { sx: { fontSize: 10, height: 16, minWidth: 16 } } }}>
            <Bell size={18} aria-hidden />
          </Badge>
        </IconButton>
      </Tooltip>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
        slotProps={{ paper: { variant: 'outlined', sx: { width: 380, maxWidth: 'calc(100vw - 24px)' } } }}
      >
        <Stack direction="row" sx={{ px: 2, py: 1, alignItems: 'center', justifyContent: 'space-between', borderBottom: 1, borderColor: 'divider' }}>
          <Typography variant="h2">Notifications</Typography>
          {unread.length > 0 && (
            <Button loading={read.isPending} onClick={() => read.mutate(unread.map((item) => item.id))}>
              Mark all as read
            </Button>
          )}
        </Stack>
        {items === undefined && list.error === null && <LoadingRows rows={3} />}
        {list.error !== null && (
          <Box sx={{ p: 2 }}>
            <Failed problem={list.error} retry={() => void list.refetch()} />
          </Box>
        )}
        {items?.length === 0 && (
          <Empty icon={BellOff} title="Nothing new">
            What concerns your account will appear here.
          </Empty>
        )}
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, maxHeight: 420, overflowY: 'auto' }}>
          {items?.map((item) => (
            <Item key={item.id} item={item} onGo={() => setAnchor(null)} />
          ))}
        </Box>
      </Popover>
    </>
  );
}

function Item({ item, onGo }: { item: Notification; onGo: () => void }) {
  const inside = item.link?.startsWith('/') === true;
  return (
    <Box component="li" sx={{ px: 2, py: 1.25, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Stack direction="row" sx={{ gap: 1, justifyContent: 'space-between', alignItems: 'baseline' }}>
        <Typography variant="body2" sx={{ fontWeight: item.read_at == null ? 650 : 400 }}>
          {item.title}
        </Typography>
        <Typography variant="caption" color="textSecondary" sx={{ flexShrink: 0 }}>
          <Time>{item.at}</Time>
        </Typography>
      </Stack>
      <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
        {item.body}
      </Typography>
      {inside && (
        <Button component={RouterLink} to={item.link ?? '/'} onClick={onGo} sx={{ ml: -1.75 }}>
          Open
        </Button>
      )}
    </Box>
  );
}
