import type { Page, Person, Problem } from '@itechsmart/api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';
import { useCan } from '#shared/session/useMe';

/** The first of the people whose name or address has this text in it, to choose from. */
export function usePeople(search: string) {
  const enabled = useCan()('hub.people.read');
  return useQuery<Page<Person>, Problem>({
    queryKey: ['people', search],
    queryFn: ({ signal }) =>
      hub.get<Page<Person>>('/people', { search: search || undefined, limit: 20 }, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
}
