/** Tells the pages who is signed in; begins with the cookie that a former visit may have left. */
import { toProblem, type Problem, type SessionChange } from '@itechsmart/api';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { rememberTenant, rememberedTenant, session } from './session';

export type SessionState =
  | { phase: 'looking' }
  | { phase: 'signed_out'; ended: boolean }
  /** A new visit forgets what the one before showed: another person's, or another tenant's. */
  | { phase: 'signed_in'; visit: number }
  | { phase: 'unreachable'; problem: Problem };

interface SessionContext {
  state: SessionState;
  look: () => void;
  switchTenant: (id: string) => Promise<void>;
}

const Context = createContext<SessionContext | undefined>(undefined);

/** Begins where a former visit of this tab left, or wherever the account may be. */
async function resume(): Promise<void> {
  const tenant = rememberedTenant();
  try {
    await session.refresh(tenant);
  } catch (error) {
    if (tenant === undefined || toProblem(error).kind === 'unauthenticated') throw error;
    // The tenant of this tab is out of reach: another one may not be.
    rememberTenant(undefined);
    await session.refresh();
  }
}

let resuming: Promise<void> | undefined;
let visits = 0;

const signedIn = (): SessionState => ({ phase: 'signed_in', visit: (visits += 1) });

export function SessionProvider({ children }: { children: ReactNode }) {
  const [state, setState] = useState<SessionState>({ phase: 'looking' });
  const queries = useQueryClient();

  const look = useCallback(() => {
    // One try at a time: a second use of the same cookie would end the session.
    resuming ??= resume().finally(() => {
      resuming = undefined;
    });
    resuming.then(
      () => setState(signedIn()),
      (error: unknown) => {
        const problem = toProblem(error);
        const refused = problem.kind === 'unauthenticated' || problem.kind === 'forbidden';
        setState(refused ? { phase: 'signed_out', ended: false } : { phase: 'unreachable', problem });
      },
    );
  }, []);

  useEffect(look, [look]);

  useEffect(
    () =>
      session.onChange((change: SessionChange) => {
        queries.clear();
        rememberTenant(session.tenant?.id);
        setState(change === 'begun' ? signedIn() : { phase: 'signed_out', ended: !leaving });
        leaving = false;
      }),
    [queries],
  );

  const switchTenant = useCallback(
    async (id: string) => {
      await session.refresh(id);
      rememberTenant(id);
      queries.clear();
      setState(signedIn());
    },
    [queries],
  );

  const context = useMemo(() => ({ state, look, switchTenant }), [state, look, switchTenant]);
  return <Context value={context}>{children}</Context>;
}

/** Whether the session is being ended by choice, which needs no explanation at the login. */
let leaving = false;

export function leave(): void {
  leaving = true;
  session.end();
}

export function useSession(): SessionContext {
  const context = use(Context);
  if (context === undefined) throw new Error('useSession needs a SessionProvider around it');
  return context;
}
