/**
 * Who is signed in, as far as the browser knows: the access token, in memory alone.
 *
 * The refresh token is an HttpOnly cookie that no script sees. It rotates at each use and a second
 * use of an old one ends the session, so refreshing is single-flight in this tab and, through a
 * lock, across tabs.
 */
import type { Grant, TenantRef } from './hub';
import { Problem } from './problem';

const SESSION_PATH = '/api/v1/hub/session';
const REFRESH_LOCK = 'itechsmart.session';
/** A token is renewed this long before it expires, so that no request is refused for it. */
const RENEW_BEFORE_MS = 30_000;

/** Cookies count only with this header, which no other site can make a browser send. */
export const REQUESTED_WITH = { 'X-Requested-With': 'itechsmart' } as const;

export type SessionChange = 'begun' | 'ended';
type Listener = (change: SessionChange) => void;

interface Dependencies {
  fetch: typeof fetch;
  now: () => number;
  locks: Pick<LockManager, 'request'> | undefined;
}

export class Session {
  #token: string | undefined;
  #expiresAtMs = 0;
  #tenant: TenantRef | undefined;
  #refreshing: Promise<string> | undefined;
  readonly #listeners = new Set<Listener>();
  readonly #is: Dependencies;

  constructor(dependencies: Partial<Dependencies> = {}) {
    this.#is = {
      fetch: (...call) => fetch(...call),
      now: () => Date.now(),
      // Absent without TLS, except on localhost.
      locks: (globalThis.navigator as Navigator | undefined)?.locks,
      ...dependencies,
    };
  }

  get tenant(): TenantRef | undefined {
    return this.#tenant;
  }

  get signedIn(): boolean {
    return this.#token !== undefined;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A login was accepted. */
  begin(grant: Grant): void {
    this.#keep(grant);
    this.#tell('begun');
  }

  /** The session is over, by choice or not. */
  end(): void {
    const wasSignedIn = this.signedIn;
    this.#token = undefined;
    this.#tenant = undefined;
    if (wasSignedIn) this.#tell('ended');
  }

  /** A token that is good for a request; undefined where nobody is signed in. */
  async token(): Promise<string | undefined> {
    if (this.#token === undefined) return undefined;
    if (this.#is.now() < this.#expiresAtMs - RENEW_BEFORE_MS) return this.#token;
    return this.refresh();
  }

  /** A new token in place of `refused`, unless another request has already fetched one. */
  async renew(refused: string): Promise<string> {
    if (this.#token !== undefined && this.#token !== refused) return this.#token;
    return this.refresh();
  }

  /** Asks for a new access token, once for however many callers wait for it. */
  refresh(tenantId?: string): Promise<string> {
    if (tenantId !== undefined) return this.#refresh(tenantId);
    this.#refreshing ??= this.#refresh(this.#tenant?.id).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(tenantId: string | undefined): Promise<string> {
    const { locks } = this.#is;
    const ask = () => this.#ask(tenantId);
    return locks === undefined ? ask() : locks.request(REFRESH_LOCK, ask);
  }

  async #ask(tenantId: string | undefined): Promise<string> {
    const response = await this.#is
      .fetch(`${SESSION_PATH}/refresh`, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'Content-Type': 'application/json', ...REQUESTED_WITH },
        body: JSON.stringify(tenantId === undefined ? {} : { tenant_id: tenantId }),
      })
      .catch((cause: unknown) => {
        throw Problem.unreachable(cause);
      });
    if (!response.ok) {
      const problem = await Problem.read(response);
      if (problem.kind === 'unauthenticated') this.end();
      throw problem;
    }
    const grant = (await response.json()) as Grant;
    this.#keep(grant);
    return grant.access_token;
  }

  #keep(grant: Grant): void {
    this.#token = grant.access_token;
    this.#expiresAtMs = this.#is.now() + grant.expires_in_s * 1_000;
    this.#tenant = grant.tenant;
  }

  #tell(change: SessionChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
