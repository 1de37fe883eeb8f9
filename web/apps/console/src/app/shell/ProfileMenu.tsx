import { Avatar, Box, Divider, IconButton, ListItemIcon, Menu, MenuItem, Tooltip, Typography } from '@mui/material';
import { useColorScheme } from '@mui/material/styles';
import { Check, CircleUserRound, LogOut } from 'lucide-react';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';
import { initials } from '#shared/format/text';
import { useMe } from '#shared/session/useMe';
import { bar } from '#shared/theme/tokens';
import { modes } from './ColorMode';
import { useSignOut } from './useSignOut';

export function ProfileMenu({ narrow }: { narrow: boolean }) {
  const me = useMe();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { signOut, busy } = useSignOut();
  const { mode = 'system', setMode } = useColorScheme();
  const close = () => setAnchor(null);
  return (
    <>
      <Tooltip title={me.name}>
        <IconButton aria-label={`Account: ${me.name}`} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)} sx={{ p: 0.5 }}>
          <Avatar aria-hidden sx={{ width: 30, height: 30, fontSize: 12, fontWeight: 650, bgcolor: bar.mark, color: bar.markInk }}>
            {initials(me.name)}
          </Avatar>
        </IconButton>
      </Tooltip>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={close} slotProps={{ paper: { sx: { minWidth: 240 } } }}>
        <Box component="li" role="presentation" sx={{ px: 2, py: 1 }}>
          <Typography variant="body2" sx={{ fontWeight: 650 }}>
            {me.name}
          </Typography>
          <Typography variant="caption" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            {me.email}
          </Typography>
        </Box>
        <Divider component="li" />
        <MenuItem component={RouterLink} to="/profile" onClick={close}>
          <ListItemIcon>
            <CircleUserRound size={16} aria-hidden />
          </ListItemIcon>
          Profile and security
        </MenuItem>
        {narrow && <Divider component="li" />}
        {narrow &&
          modes.map((each) => (
            <MenuItem key={each.mode} selected={each.mode === mode} onClick={() => setMode(each.mode)}>
              <ListItemIcon>
                <each.icon size={16} aria-hidden />
              </ListItemIcon>
              {each.title}
              {each.mode === mode && <Check size={16} aria-hidden style={{ marginLeft: 'auto' }} />}
            </MenuItem>
          ))}
        <Divider component="li" />
        <MenuItem disabled={busy} onClick={() => void signOut()}>
          <ListItemIcon>
            <LogOut size={16} aria-hidden />
          </ListItemIcon>
          Sign out
        </MenuItem>
      </Menu>
    </>
  );
}
