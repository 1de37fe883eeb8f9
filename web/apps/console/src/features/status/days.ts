/** The days of a status page: what each was like, and what happened on it. */
import type { ComponentState, PublicComponent, PublicIncident, PublicMaintenance, PublicStatus } from '@itechsmart/api';
import { componentState } from '#shared/catalog/status';
import { civilDay } from '#shared/format/time';
import { count } from '#shared/format/text';

const DAY_MS = 86_400_000;

/** The date that so many days come after another, of UTC like all days here. */
export function dayAfter(first: string, days: number): string {
  return new Date(Date.parse(`${first}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** "27 Nov 2026: partial outage" */
export function dayTitle(first: string, place: number, state: ComponentState | null): string {
  const was = state === null ? 'no data' : componentState(state).word.toLowerCase();
  return `${civilDay(dayAfter(first, place))}: ${was}`;
}

/** How many of the days were how, for whoever does not see the bars. */
export function daysTold(days: PublicComponent['days']): string {
  const known = days.filter((day) => day != null);
  if (known.length === 0) return 'No data yet';
  const disturbed = known.filter((day) => day !== 'operational' && day !== 'maintenance').length;
  return disturbed === 0 ? `No disruption in ${count(known.length, 'day')}` : `Disrupted on ${disturbed} of ${count(known.length, 'day')}`;
}

export interface Group {
  name: string | undefined;
  components: PublicComponent[];
}

/** In the order of the components; a group stands where its first one does. */
export function grouped(components: readonly PublicComponent[]): Group[] {
  const groups: Group[] = [];
  for (const component of components) {
    const name = component.group ?? undefined;
    const there = groups.find((group) => group.name === name);
    if (there === undefined) groups.push({ name, components: [component] });
    else there.components.push(component);
  }
  return groups;
}

export interface PastDay {
  date: string;
  incidents: PublicIncident[];
  maintenance: PublicMaintenance[];
}

/** What is over, by the day on which it began, the latest first. */
export function pastDays({ past_incidents, past_maintenance }: Pick<PublicStatus, 'past_incidents' | 'past_maintenance'>): PastDay[] {
  const days = new Map<string, PastDay>();
  const on = (time: string): PastDay => {
    const date = time.slice(0, 10);
    const day = days.get(date) ?? { date, incidents: [], maintenance: [] };
    days.set(date, day);
    return day;
  };
  for (const incident of past_incidents) on(incident.began_at).incidents.push(incident);
  for (const maintenance of past_maintenance) on(maintenance.begins_at).maintenance.push(maintenance);
  return [...days.values()].sort((a, b) => b.date.localeCompare(a.date));
}

/** The page's answer in one sentence. */
export function headline({ state, incidents, components }: Pick<PublicStatus, 'state' | 'incidents' | 'components'>): string {
  switch (state) {
    case 'operational':
      if (incidents.length > 0) return 'We are looking into something';
      return components.length === 0 ? 'Nothing is disrupted' : 'Everything works';
    case 'maintenance':
      return 'Maintenance is under way';
    case 'degraded':
      return 'Some services are degraded';
    case 'partial_outage':
      return 'Some services are disrupted';
    default:
      return 'There is a major outage';
  }
}
