import type { HubEvent } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

export function useEvents(name: string) {
  return usePages<HubEvent>(['events'], '/events', { name: name || undefined });
}
