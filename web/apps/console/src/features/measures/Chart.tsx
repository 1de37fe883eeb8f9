/** A chart of what is measured. The table below it says the same to those who do not see it. */
import { Box, Paper, Typography, useTheme } from '@mui/material';
import type { Theme } from '@mui/material/styles';
import { Bar, CartesianGrid, ComposedChart, Legend, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import type { Chart as Drawn, Tint } from './charts';

const HEIGHT_PX = 260;
const BAR_PX_MAX = 36;
const AXIS_PX = 56;

function tints(theme: Theme): Record<Tint, string> {
  const palette = (theme.vars ?? theme).palette;
  return { main: palette.primary.main, good: palette.success.main, soft: palette.info.main };
}

export default function Chart({ chart, label }: { chart: Drawn; label: string }) {
  const theme = useTheme();
  const palette = (theme.vars ?? theme).palette;
  const tint = tints(theme);
  const text = { fill: palette.text.secondary, fontSize: 12 };
  const points = chart.points.map(({ label: at, values }) => ({ at, ...values }));
  return (
    <Box role="img" aria-label={`${label}. The table below has its numbers.`} sx={{ height: HEIGHT_PX, width: '100%', '& .recharts-surface': { outline: 'none' } }}>
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={points} accessibilityLayer={false} margin={{ top: 12, right: 12, bottom: 0, left: 0 }} barCategoryGap="24%">
          <CartesianGrid vertical={false} stroke={palette.divider} />
          <XAxis dataKey="at" tick={text} tickLine={false} axisLine={{ stroke: palette.divider }} minTickGap={16} />
          <YAxis width={AXIS_PX} tick={text} tickLine={false} axisLine={false} allowDecimals={chart.decimals} tickFormatter={chart.tick} domain={chart.domain ?? [0, 'auto']} />
          <Tooltip cursor={{ fill: palette.action.hover, stroke: palette.divider }} isAnimationActive={false} content={({ active, payload, label: at }) => (active ? <Hint at={String(at)} rows={payload.map(({ name, value }) => [String(name), typeof value === 'number' ? chart.words(value) : '–'])} /> : null)} />
          {chart.series.length > 1 && <Legend iconType="circle" iconSize={8} formatter={(name: string) => <span style={{ color: palette.text.primary, fontSize: 13 }}>{name}</span>} />}
          {chart.target !== undefined && (
            <ReferenceLine y={chart.target.value} ifOverflow="extendDomain" stroke={palette.warning.main} strokeDasharray="6 4" label={{ value: chart.target.label, position: 'insideTopRight', fill: palette.warning.main, fontSize: 12 }} />
          )}
          {chart.series.map(({ key, name, tint: color }) =>
            chart.shape === 'line' ? (
              <Line key={key} dataKey={key} name={name} type="linear" stroke={tint[color]} strokeWidth={2} dot={{ r: 3, fill: tint[color], strokeWidth: 0 }} isAnimationActive={false} connectNulls />
            ) : (
              <Bar key={key} dataKey={key} name={name} fill={tint[color]} radius={[3, 3, 0, 0]} maxBarSize={BAR_PX_MAX} isAnimationActive={false} />
            ),
          )}
        </ComposedChart>
      </ResponsiveContainer>
    </Box>
  );
}

function Hint({ at, rows }: { at: string; rows: readonly (readonly [name: string, value: string])[] }) {
  return (
    <Paper variant="outlined" sx={{ px: 1.25, py: 0.75 }}>
      <Typography variant="caption" component="p" sx={{ fontWeight: 650 }}>
        {at}
      </Typography>
      {rows.map(([name, value]) => (
        <Typography key={name} variant="caption" component="p">
          {name}: {value}
        </Typography>
      ))}
    </Paper>
  );
}
