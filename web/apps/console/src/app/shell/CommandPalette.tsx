/** Every page and action by name: Ctrl-K, or ⌘-K. */
import { Box, Dialog, InputBase, Stack, Typography } from '@mui/material';
import { CornerDownLeft, Search } from 'lucide-react';
import { useEffect, useId, useState, type KeyboardEvent } from 'react';
import { find, type Command } from './commands';
import { useCommands } from './useCommands';

interface CommandPaletteProps {
  open: boolean;
  onOpen: (open: boolean) => void;
}

export function CommandPalette({ open, onOpen }: CommandPaletteProps) {
  useEffect(() => {
    const listen = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      onOpen(true);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [onOpen]);
  return (
    <Dialog
      open={open}
      onClose={() => onOpen(false)}
      aria-label="Search pages and actions"
      sx={{ '& .MuiDialog-container': { alignItems: 'flex-start' } }}
      slotProps={{ paper: { sx: { mt: { xs: 1.5, sm: 10 } } } }}
    >
      <Palette onClose={() => onOpen(false)} />
    </Dialog>
  );
}

function Palette({ onClose }: { onClose: () => void }) {
  const commands = useCommands();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const found = find(commands, typed);
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setChosen((chosen + step + found.length) % found.length);
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      run(found[chosen]);
    }
  };
  return (
    <>
      <Stack direction="row" sx={{ px: 2, py: 1.25, gap: 1.25, alignItems: 'center', borderBottom: 1, borderColor: 'divider' }}>
        <Search size={17} aria-hidden />
        <InputBase
          autoFocus
          fullWidth
          placeholder="Where to, or what to do?"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKey}
          inputProps={{
            role: 'combobox',
            'aria-label': 'Search pages and actions',
            'aria-expanded': true,
            'aria-controls': id,
            'aria-activedescendant': found.length === 0 ? undefined : `${id}-${chosen}`,
          }}
        />
      </Stack>
      <Box id={id} role="listbox" aria-label="Pages and actions" sx={{ overflowY: 'auto', maxHeight: 'min(420px, 60vh)', p: 0.75 }}>
        {found.map((command, index) => (
          <Option
            key={`${command.group} ${command.id}`}
            id={`${id}-${index}`}
            command={command}
            chosen={index === chosen}
            onHover={() => setChosen(index)}
            onRun={() => run(command)}
          />
        ))}
        {found.length === 0 && (
          <Typography variant="body2" color="textSecondary" sx={{ p: 2, textAlign: 'center' }}>
            Nothing is called “{typed.trim()}”.
          </Typography>
        )}
      </Box>
    </>
  );
}

interface OptionProps {
  id: string;
  command: Command;
  chosen: boolean;
  onHover: () => void;
  onRun: () => void;
}

function Option({ id, command, chosen, onHover, onRun }: OptionProps) {
  return (
    // The keyboard is the text field's, which points here.
    <Box
      id={id}
      role="option"
      aria-selected={chosen}
      ref={(element: HTMLElement | null) => {
        if (chosen) element?.scrollIntoView({ block: 'nearest' });
      }}
      onMouseMove={onHover}
      onClick={onRun}
      sx={{
        display: 'flex',
        alignItems: 'center',
        gap: 1.25,
        px: 1.25,
        py: 0.875,
        borderRadius: 1,
        cursor: 'pointer',
        ...(chosen && { bgcolor: 'action.selected' }),
      }}
    >
      <command.icon size={16} aria-hidden />
      <Typography variant="body2" sx={{ flex: 1 }}>
        {command.title}
      </Typography>
      <Typography variant="caption" color="textSecondary">
        {command.group}
      </Typography>
      <Box sx={{ width: 14, lineHeight: 0, visibility: chosen ? 'visible' : 'hidden' }}>
        <CornerDownLeft size={14} aria-hidden />
      </Box>
    </Box>
  );
}
