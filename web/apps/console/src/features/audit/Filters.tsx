import { Button, Collapse, MenuItem, Stack, TextField } from '@mui/material';
import { SlidersHorizontal } from 'lucide-react';
import { useCallback, useState } from 'react';
import { SearchField } from '#shared/ui/SearchField';
import { ranges } from './range';

interface FiltersProps {
  parameters: URLSearchParams;
  set: (changes: Record<string, string>) => void;
  /** What some actions begin with. */
  example: string;
}

const more = ['action', 'actor', 'subject'] as const;

export function Filters({ parameters, set, example }: FiltersProps) {
  const value = (name: string) => parameters.get(name) ?? '';
  const [open, setOpen] = useState(more.some((name) => parameters.has(name)));
  const setText = useCallback((text: string) => set({ text }), [set]);
  const setAction = useCallback((action: string) => set({ action }), [set]);
  const setActor = useCallback((actor: string) => set({ actor }), [set]);
  const setSubject = useCallback((subject: string) => set({ subject }), [set]);
  const range = value('range');
  const local = (name: 'from' | 'to', title: string) => (
    <TextField
      type="datetime-local"
      label={title}
      value={value(name)}
      onChange={(event) => set({ [name]: event.target.value })}
      slotProps={{ inputLabel: { shrink: true } }}
      sx={{ width: { xs: '100%', sm: 210 } }}
    />
  );
  return (
    <Stack sx={{ px: 2, py: 1.25, gap: 1, borderBottom: 1, borderColor: 'divider' }}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
        <SearchField label="Search the records" value={value('text')} onChange={setText} />
        <TextField
          select
          label="Time"
          value={range}
          onChange={(event) => set({ range: event.target.value, from: '', to: '' })}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
          sx={{ width: { xs: '100%', sm: 170 } }}
        >
          {ranges.map((each) => (
            <MenuItem key={each.value} value={each.value}>
              {each.title}
            </MenuItem>
          ))}
        </TextField>
        {range === 'own' && local('from', 'From')}
        {range === 'own' && local('to', 'To')}
        <Button
          color="inherit"
          startIcon={<SlidersHorizontal size={15} aria-hidden />}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Fewer filters' : 'More filters'}
        </Button>
        {parameters.size > 0 && (
          <Button onClick={() => set(Object.fromEntries([...parameters.keys()].map((name) => [name, ''])))}>
            Clear
          </Button>
        )}
      </Stack>
      <Collapse in={open} unmountOnExit>
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
          <SearchField label={`Action, e.g. ${example}`} value={value('action')} onChange={setAction} width={300} />
          <SearchField label="Who: name or id" value={value('actor')} onChange={setActor} width={220} />
          <SearchField label="To what: kind or id" value={value('subject')} onChange={setSubject} width={220} />
        </Stack>
      </Collapse>
    </Stack>
  );
}
