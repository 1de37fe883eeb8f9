import type { LoginSession } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

export function useLoginSessions() {
  return usePages<LoginSession>(['sessions'], '/me/sessions');
}
