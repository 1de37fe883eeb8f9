/** One object, with the version that a change of it names. */
import type { Addresses, Client, HubPaths, Problem, Read } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

interface Options {
  enabled?: boolean;
  refetchInterval?: number | false;
}

export function useObject<T>(key: readonly unknown[], path: HubPaths['get'], enabled = true) {
  return useObjectOf<T, HubPaths>(hub, key, path, { enabled });
}

/** The same, of any service. */
export function useObjectOf<T, Has extends Addresses>(
  client: Client<Has>,
  key: readonly unknown[],
  path: Has['get'],
  options: Options = {},
) {
  return useQuery<Read<T>, Problem>({
    queryKey: key,
    queryFn: ({ signal }) => client.read<T>(path, {}, signal),
    ...options,
  });
}
