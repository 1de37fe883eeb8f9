/** More about one item of a list, beside the list. */
import { Box, Drawer, IconButton, Stack, Tooltip, Typography } from '@mui/material';
import { X } from 'lucide-react';
import { useId, type ReactNode } from 'react';

interface DetailDrawerProps {
  title: ReactNode;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function DetailDrawer({ title, open, onClose, children }: DetailDrawerProps) {
  const id = useId();
  return (
    <Drawer
      anchor="right"
      open={open}
      onClose={onClose}
      sx={{ zIndex: 'modal' }}
      slotProps={{
        paper: { role: 'dialog', 'aria-labelledby': id, sx: { width: 520, maxWidth: '100vw' } },
      }}
    >
      <Stack
        direction="row"
        sx={{ px: 2.5, py: 1.25, alignItems: 'center', justifyContent: 'space-between', borderBottom: 1, borderColor: 'divider', gap: 1 }}
      >
        <Typography id={id} variant="h2" sx={{ overflowWrap: 'anywhere' }}>
          {title}
        </Typography>
        <Tooltip title="Close">
          <IconButton edge="end" aria-label="Close" onClick={onClose}>
            <X size={18} aria-hidden />
          </IconButton>
        </Tooltip>
      </Stack>
      <Box sx={{ p: 2.5, overflowY: 'auto' }}>{children}</Box>
    </Drawer>
  );
}
