/** One of several charts, drawn once its library has come. */
import { Skeleton } from '@mui/material';
import { lazy, Suspense } from 'react';
import { Section } from '#shared/ui/Page';
import type { Chart as Drawn } from './charts';
import { Choose, type Named } from '#shared/ui/Choose';

const Chart = lazy(() => import('./Chart'));

interface ChartSectionProps<Name extends string> {
  charts: Record<Name, string>;
  chosen: Name;
  onChoose: (name: string) => void;
  chart: Drawn;
}

export function ChartSection<Name extends string>({ charts, chosen, onChoose, chart }: ChartSectionProps<Name>) {
  return (
    <Section title={charts[chosen]} actions={<div style={{ minWidth: 200 }}><Choose label="Chart" value={chosen} options={Object.entries<string>(charts).map(([value, name]): Named => [value, name])} onChange={onChoose} /></div>}>
      <Suspense fallback={<Skeleton variant="rounded" height={260} />}>
        <Chart chart={chart} label={charts[chosen]} />
      </Suspense>
    </Section>
  );
}
