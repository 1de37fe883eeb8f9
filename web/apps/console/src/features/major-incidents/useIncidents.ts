import type { MajorIncident, MajorIncidentSummary, Review, ReviewTemplate, TimelineEntry } from '@itechsmart/api';
import { useCatalogObject, useCatalogPages } from '#shared/api/useCatalog';

export const INCIDENTS = 'catalog.major-incidents';
export const TEMPLATE = 'catalog.review-template';
/** How often it is asked what is new, while the page is seen. */
const REFRESH_MS = 10_000;
const ENTRIES = 100;

export function useIncidents(active: boolean) {
  return useCatalogPages<MajorIncidentSummary>([INCIDENTS, 'list'], '/major-incidents', { is_active: String(active) }, { refetchInterval: REFRESH_MS });
}

export function useIncident(id: string) {
  return useCatalogObject<MajorIncident>([INCIDENTS, id], `/major-incidents/${id}`, { refetchInterval: REFRESH_MS });
}

export function useTimeline(id: string) {
  return useCatalogPages<TimelineEntry>([INCIDENTS, id, 'timeline'], `/major-incidents/${id}/timeline`, { limit: ENTRIES }, { refetchInterval: REFRESH_MS });
}

export function useReview(id: string) {
  return useCatalogObject<Review>([INCIDENTS, id, 'review'], `/major-incidents/${id}/review`);
}

export function useReviewTemplate() {
  return useCatalogObject<ReviewTemplate>([TEMPLATE], '/review-template');
}
