import { InputAdornment, TextField } from '@mui/material';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';

const PAUSE_MS = 250;

interface SearchFieldProps {
  label: string;
  /** What it looks for, if that is more than its label says. */
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  width?: number;
}

/** Searches once whoever types pauses, or goes elsewhere: a search that begins after a click would undo it. */
export function SearchField({ label, hint = label, value, onChange, width = 280 }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  const [before, setBefore] = useState(value);
  // What comes from elsewhere, as when filters are cleared, stands here too.
  if (value !== before) {
    setBefore(value);
    if (value !== told) {
      setTold(value);
      setTyped(value);
    }
  }
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (typed === value) return;
    timer.current = setTimeout(() => {
      setTold(typed);
      onChange(typed);
    }, PAUSE_MS);
    return () => clearTimeout(timer.current);
  }, [typed, value, onChange]);
  const search = () => {
    clearTimeout(timer.current);
    if (typed === value) return;
    setTold(typed);
    onChange(typed);
  };
  return (
    <TextField
      type="search"
      placeholder={hint}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={search}
      sx={{ width: { xs: '100%', sm: width } }}
      slotProps={{
        htmlInput: { 'aria-label': label },
        input: {
          startAdornment: (
            <InputAdornment position="start">
              <Search size={16} aria-hidden />
            </InputAdornment>
          ),
        },
      }}
    />
  );
}
