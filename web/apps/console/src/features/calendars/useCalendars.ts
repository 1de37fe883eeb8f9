import type { Calendar, CalendarChange, CalendarContent, CalendarImport, CalendarInput, Calendars, CalendarVersionInput, Holiday } from '@itechsmart/api';
import { useCatalogObject } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const KEY = 'catalog.calendars';
/** Open tickets are counted anew by them. */
const touches = [KEY, 'catalog.tickets'];

export function useCalendars() {
  return useCatalogObject<Calendars>([KEY], '/calendars');
}

export function useCalendar(id: string, enabled = true) {
  return useCatalogObject<Calendar>([KEY, id], `/calendars/${id}`, { enabled });
}

export function useCalendarVersion(id: string, number: number) {
  return useCatalogObject<CalendarContent>([KEY, id, 'versions', number], `/calendars/${id}/versions/${number}`);
}

export function useMakeCalendar() {
  return useChange((input: CalendarInput) => catalog.post<Calendar>('/calendars', input), touches);
}

export function useCalendarChanges(id: string, etag: string | undefined) {
  const path = `/calendars/${id}` as const;
  return {
    change: useChange((change: CalendarChange) => catalog.patch<Calendar>(path, change, etag), touches),
    revise: useChange((version: CalendarVersionInput) => catalog.post<Calendar>(`${path}/versions`, version, etag), touches),
    close: useChange((holidays: Holiday[]) => catalog.post<Calendar>(`${path}/holidays`, { holidays }, etag), touches),
    bring: useChange((file: CalendarImport) => catalog.post<Calendar>(`${path}/import`, file, etag), touches),
  };
}
