/** One object, with the version that a change of it names. */
import type { HubPaths, Problem, Read } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

export function useObject<T>(key: readonly unknown[], path: HubPaths['get'], enabled = true) {
  return useQuery<Read<T>, Problem>({
    queryKey: key,
    queryFn: ({ signal }) => hub.read<T>(path, {}, signal),
    enabled,
  });
}
