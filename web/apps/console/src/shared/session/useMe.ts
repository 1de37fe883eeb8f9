import type { Me, Problem, Read } from '@itechsmart/api';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { can, type Can } from './permissions';
import { hub } from './session';

const options = {
  queryKey: ['me'],
  queryFn: ({ signal }: { signal: AbortSignal }) => hub.read<Me>('/me', {}, signal),
  staleTime: 60_000,
};

/** Before the shell knows who it is. */
export function useMeQuery() {
  return useQuery<Read<Me>, Problem>(options);
}

/** With the version that a change names. */
export function useMeRead(): Read<Me> {
  return useSuspenseQuery(options).data;
}

/** Inside the shell, which shows nothing before it knows. */
export function useMe(): Me {
  return useMeRead().data;
}

export function useCan(): Can {
  const { permissions } = useMe();
  return useMemo(() => can(permissions), [permissions]);
}
