/** The products of the suite, in the order in which they are shown. */
import { Boxes, ChartSpline, ClipboardCheck, Radar, Waypoints, Workflow, type LucideIcon } from 'lucide-react';
import type { Overview, ServiceHealth } from '@itechsmart/api';

export type ProductWithPages = 'hub' | 'service-catalog';

export interface Product {
  /** The name of its service, which its paths begin with. */
  service: ServiceHealth['name'];
  title: string;
  /** Where there is little room, if its title is long. */
  short?: string;
  about: string;
  icon: LucideIcon;
}

export const products: readonly Product[] = [
  { service: 'hub', title: 'Hub', about: 'People, access and the audit trail', icon: Waypoints },
  { service: 'service-catalog', title: 'Service Catalog', short: 'Catalog', about: 'Requests, approvals and the service desk', icon: Boxes },
  { service: 'compliance', title: 'Compliance Center', about: 'Controls and evidence', icon: ClipboardCheck },
  { service: 'automation', title: 'Automation Orchestrator', about: 'Workflows and runbooks', icon: Workflow },
  { service: 'observatory', title: 'Observatory', about: 'Metrics, logs and traces', icon: Radar },
  { service: 'ai', title: 'AI Insights', about: 'Forecasts and anomalies', icon: ChartSpline },
];

const WITH_PAGES: readonly ProductWithPages[] = ['hub', 'service-catalog'];

export function hasPages(service: string): service is ProductWithPages {
  return WITH_PAGES.some((each) => each === service);
}

/** The product that a path is a page of; a few pages, such as the profile, are of none. */
export function productAt(path: string): ProductWithPages | undefined {
  const beginning = path.split('/')[1] ?? '';
  return hasPages(beginning) ? beginning : undefined;
}

export function titleOf(service: ProductWithPages, narrow = false): string {
  const found = products.find((product) => product.service === service);
  return (narrow ? found?.short : undefined) ?? found?.title ?? service;
}

export type Presence = 'here' | 'running' | 'not_installed' | 'unknown';

/** What can honestly be said of a product. */
export function presence(product: Product, overview: Overview | undefined): Presence {
  if (hasPages(product.service)) return 'here';
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
