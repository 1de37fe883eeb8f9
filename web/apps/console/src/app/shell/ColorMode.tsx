import { IconButton, ListItemIcon, Menu, MenuItem, Tooltip } from '@mui/material';
import { useColorScheme } from '@mui/material/styles';
import { Check, Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';

export const modes = [
  { mode: 'system', title: 'Like the system', icon: Monitor },
  { mode: 'light', title: 'Light', icon: Sun },
  { mode: 'dark', title: 'Dark', icon: Moon },
] as const;

export function ColorMode() {
  const { mode = 'system', setMode } = useColorScheme();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const Icon = modes.find((each) => each.mode === mode)?.icon ?? Monitor;
  return (
    <>
      <Tooltip title="Colour mode">
        <IconButton color="inherit" aria-label="Colour mode" onClick={(event) => setAnchor(event.currentTarget)}>
          <Icon size={18} aria-hidden />
        </IconButton>
      </Tooltip>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {modes.map((each) => (
          <MenuItem
            key={each.mode}
            selected={each.mode === mode}
            onClick={() => {
              setMode(each.mode);
              setAnchor(null);
            }}
          >
            <ListItemIcon>
              <each.icon size={16} aria-hidden />
            </ListItemIcon>
            {each.title}
            {each.mode === mode && <Check size={16} aria-hidden style={{ marginLeft: 'auto' }} />}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
