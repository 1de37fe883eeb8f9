import { toProblem } from '@itechsmart/api';
import { QueryClient } from '@tanstack/react-query';

const RETRIES_MAX = 2;

/** Only what may pass by itself is asked for again. */
export function worthRetrying(failures: number, error: unknown): boolean {
  return failures < RETRIES_MAX && toProblem(error).kind === 'unavailable';
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: worthRetrying, staleTime: 5_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
