/** Numbers side by side, and whether each is as it ought to be: in words, with a sign and a colour. */
import { Box, Typography } from '@mui/material';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import type { Figure, Verdict } from './figures';
import { NumberLink } from './NumberLink';

const COLUMNS_MAX = 6;

export function Figures({ label, figures }: { label: string; figures: readonly Figure[] }) {
  const columns = { xs: 2, sm: 3, lg: Math.min(figures.length, COLUMNS_MAX) };
  /** The last one fills its row. */
  const last = (of: number) => `span ${of - ((figures.length - 1) % of)}`;
  const cells = (of: number) => `repeat(${of}, minmax(0, 1fr))`;
  return (
    <Box
      component="dl"
      aria-label={label}
      sx={{
        m: 0,
        display: 'grid',
        gap: '1px',
        bgcolor: 'divider',
        gridTemplateColumns: { xs: cells(columns.xs), sm: cells(columns.sm), lg: cells(columns.lg) },
        '& > :last-child': { gridColumn: { xs: last(columns.xs), sm: last(columns.sm), lg: last(columns.lg) } },
      }}
    >
      {figures.map((figure) => (
        <One key={figure.name} figure={figure} />
      ))}
    </Box>
  );
}

function One({ figure: { name, value, target, verdict, about, to, also } }: { figure: Figure }) {
  return (
    <Box sx={{ minWidth: 0, bgcolor: 'background.paper', px: 2, py: 1.5 }}>
      <Typography component="dt" variant="caption" color="textSecondary">
        {name}
      </Typography>
      <Box component="dd" sx={{ m: 0 }}>
        <Typography component="p" sx={{ fontSize: '1.375rem', fontWeight: 650, lineHeight: 1.3, fontVariantNumeric: 'tabular-nums', ...(value === undefined && { color: 'text.secondary' }) }}>
          {value === undefined || to === undefined ? (value ?? '–') : <NumberLink to={to}>{value}</NumberLink>}
        </Typography>
        {target !== undefined && <Target verdict={verdict} target={target} />}
        {about !== undefined && about !== '' && (
          <Typography variant="caption" component="p" color="textSecondary">
            {about}
          </Typography>
        )}
        {also !== undefined && (
          <Typography variant="caption" component="p">
            <NumberLink to={also.to}>{also.text}</NumberLink>
          </Typography>
        )}
      </Box>
    </Box>
  );
}

const marks = {
  met: { word: 'Met', color: 'success.main', icon: CircleCheck },
  missed: { word: 'Missed', color: 'error.main', icon: TriangleAlert },
} as const;

function Target({ verdict, target }: { verdict: Verdict | undefined; target: string }) {
  const mark = verdict === undefined ? undefined : marks[verdict];
  const Icon = mark?.icon;
  return (
    <Typography variant="caption" component="p" sx={{ display: 'flex', gap: 0.5, alignItems: 'center', flexWrap: 'wrap', color: mark?.color ?? 'text.secondary' }}>
      {mark !== undefined && Icon !== undefined && (
        <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, alignItems: 'center', fontWeight: 650 }}>
          <Icon size={13} aria-hidden />
          {mark.word}:
        </Box>
      )}
      {target}
    </Typography>
  );
}
