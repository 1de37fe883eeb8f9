import { Box, Button, IconButton, Link, Stack, Tooltip, Typography } from '@mui/material';
import { BellOff, Check } from 'lucide-react';
import { Link as RouterLink } from 'react-router';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { VisuallyHidden } from '#shared/ui/VisuallyHidden';
import { news, type NewsItem } from './news';
import { useReadNotification, useReadNotifications, type useNotifications } from './useNotifications';

interface PanelProps {
  list: ReturnType<typeof useNotifications>;
  onGo: () => void;
}

export function Panel({ list, onGo }: PanelProps) {
  const readOne = useReadNotification();
  const readAll = useReadNotifications();
  const { items, unread, newest } = news(list.data ?? []);
  const failed = readOne.error ?? readAll.error ?? list.error;
  return (
    <>
      <Stack
        direction="row"
        sx={{ pl: 2, pr: 1, minHeight: 48, gap: 1, alignItems: 'center', justifyContent: 'space-between', borderBottom: 1, borderColor: 'divider', flexShrink: 0 }}
      >
        <Typography variant="h2">Notifications</Typography>
        {unread > 0 && newest !== undefined && (
          <Button loading={readAll.isPending} onClick={() => readAll.mutate(newest)}>
            Mark all as read
          </Button>
        )}
      </Stack>
      <Box sx={{ overflowY: 'auto' }}>
        {failed !== null && (
          <Box sx={{ p: 2 }}>
            <Failed problem={failed} retry={() => void list.refetch()} />
          </Box>
        )}
        {list.data === undefined && list.error === null && <LoadingRows rows={3} />}
        {list.data !== undefined && items.length === 0 && (
          <Empty icon={BellOff} title="Nothing to tell you">
            What concerns you and your account here will appear by itself.
          </Empty>
        )}
        <Box component="ul" aria-label="Notifications" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {items.map((item) => (
            <Item key={item.id} item={item} onRead={() => readOne.mutate(item.id)} onGo={onGo} />
          ))}
        </Box>
        {list.hasNextPage && (
          <Stack sx={{ p: 1, alignItems: 'center', borderTop: 1, borderColor: 'divider' }}>
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Show more
            </Button>
          </Stack>
        )}
      </Box>
    </>
  );
}

interface ItemProps {
  item: NewsItem;
  onRead: () => void;
  onGo: () => void;
}

function Item({ item, onRead, onGo }: ItemProps) {
  const fresh = item.read_at == null;
  const go = () => {
    if (fresh) onRead();
    onGo();
  };
  return (
    <Stack
      component="li"
      direction="row"
      sx={{
        position: 'relative',
        px: 2,
        py: 1.25,
        gap: 1.5,
        '& + &': { borderTop: 1, borderColor: 'divider' },
        ...(fresh && { bgcolor: 'action.hover' }),
        '& button': { position: 'relative', zIndex: 1 },
      }}
    >
      <Box sx={{ color: fresh ? 'primary.main' : 'text.secondary', lineHeight: 0, pt: 0.25, flexShrink: 0 }}>
        <item.icon size={17} strokeWidth={1.9} aria-hidden />
      </Box>
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Typography variant="body2" component="p" sx={{ fontWeight: fresh ? 650 : 400, overflowWrap: 'anywhere' }}>
          {fresh && <VisuallyHidden>Unread: </VisuallyHidden>}
          <Title item={item} onGo={go} />
        </Typography>
        {item.body !== '' && (
          <Typography variant="body2" color="textSecondary" component="p" sx={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
            {item.body}
          </Typography>
        )}
        <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 0.25 }}>
          <Time>{item.created_at}</Time>
        </Typography>
      </Box>
      {fresh && (
        <Tooltip title="Mark as read">
          <IconButton aria-label={`Mark as read: ${item.title}`} onClick={onRead} sx={{ alignSelf: 'flex-start', mt: -0.5, mr: -1, color: 'text.secondary' }}>
            <Check size={16} aria-hidden />
          </IconButton>
        </Tooltip>
      )}
    </Stack>
  );
}

/** Leads to the page that it is about, with the whole row. */
function Title({ item: { title, to }, onGo }: { item: NewsItem; onGo: () => void }) {
  if (to === undefined) return title;
  return (
    <Link
      component={RouterLink}
      to={to}
      onClick={onGo}
      color="inherit"
      underline="hover"
      sx={{
        '&::after': { content: '""', position: 'absolute', inset: 0 },
        '&:focus-visible': { outline: 'none' },
        '&:focus-visible::after': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
      }}
    >
      {title}
    </Link>
  );
}
