/** The products of the suite, in the order in which they are shown. */
import { Boxes, ChartSpline, ClipboardCheck, Radar, Waypoints, Workflow, type LucideIcon } from 'lucide-react';
import type { Overview, ServiceHealth } from '@itechsmart/api';

export interface Product {
  /** The name of its service. */
  service: ServiceHealth['name'];
  title: string;
  about: string;
  icon: LucideIcon;
  /** Where its pages begin; a product without pages in this console has none. */
  to?: string;
}

export const products: readonly Product[] = [
  { service: 'hub', title: 'Hub', about: 'People, access and the audit trail', icon: Waypoints, to: '/hub' },
  { service: 'service-catalog', title: 'Service Catalog', about: 'Requests and approvals', icon: Boxes },
  { service: 'compliance', title: 'Compliance Center', about: 'Controls and evidence', icon: ClipboardCheck },
  { service: 'automation', title: 'Automation Orchestrator', about: 'Workflows and runbooks', icon: Workflow },
  { service: 'observatory', title: 'Observatory', about: 'Metrics, logs and traces', icon: Radar },
  { service: 'ai', title: 'AI Insights', about: 'Forecasts and anomalies', icon: ChartSpline },
];

export type Presence = 'here' | 'running' | 'not_installed' | 'unknown';

/** What can honestly be said of a product. */
export function presence(product: Product, overview: Overview | undefined): Presence {
  if (product.to !== undefined) return 'here';
  if (overview === undefined) return 'unknown';
  const found = overview.services.some(
    (service) => service.name === product.service && service.instances > 0,
  );
  return found ? 'running' : 'not_installed';
}

export const presenceWords: Record<Presence, string> = {
  here: '',
  running: 'Running; its pages are not part of this console yet',
  not_installed: 'Not installed',
  unknown: 'Your roles do not show whether it is installed',
};
