/** What is measured: of which days, by what, and of which tickets or requests alone. */
import { Box, TextField, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { Choose, type Named } from '#shared/ui/Choose';
import { faultOf, presetOf, presets, type Period } from './period';

interface PeriodFiltersProps {
  preset: string;
  period: Period;
  set: (changes: { period?: string; from?: string; until?: string }) => void;
  children: ReactNode;
}

export function PeriodFilters({ preset, period, set, children }: PeriodFiltersProps) {
  const chosen = presetOf(preset);
  const fault = faultOf(period);
  const own = (name: 'from' | 'until', label: string) => (
    <TextField
      type="date"
      label={label}
      value={period[name]}
      error={fault !== undefined}
      onChange={(event) => set({ [name]: event.target.value })}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
  return (
    <FilterRow>
      <Choose label="Period" value={chosen} options={presets.map(({ value, title }): Named => [value, title])} onChange={(value) => set(value === 'own' ? { period: value, ...period } : { period: value, from: '', until: '' })} />
      {chosen === 'own' && own('from', 'First day')}
      {chosen === 'own' && own('until', 'Last day')}
      {children}
      {fault !== undefined && (
        <Typography role="alert" variant="body2" sx={{ color: 'error.main', gridColumn: '1 / -1' }}>
          {fault}
        </Typography>
      )}
    </FilterRow>
  );
}

export function FilterRow({ children }: { children: ReactNode }) {
  return (
    <Box sx={{ display: 'grid', gap: 1.25, rowGap: 1.75, gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', sm: 'repeat(3, minmax(0, 1fr))', lg: 'repeat(6, minmax(0, 1fr))' } }}>
      {children}
    </Box>
  );
}
