import { describe, expect, it, vi } from 'vitest';
import { Client } from './client';
import type { Grant } from './hub';
import { Problem } from './problem';
import { Session } from './session';

const tenant = { id: 't1', name: 'Example', slug: 'example', is_platform: true, is_demo: false };
const grant = (access_token: string, expires_in_s = 600): Grant => ({ access_token, expires_in_s, tenant });
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const refused = (code: string, status = 401) =>
  json({ kind: 'unauthenticated', code, detail: 'no', title: 'No', request_id: 'r' }, status);

/** A server whose tokens are spent: it takes only the last one that it gave. */
function server() {
  let valid = 0;
  const refreshes: unknown[] = [];
  const fetcher = vi.fn((url: string | URL | Request, init?: RequestInit) => {
    const headers = new Headers(init?.headers);
    if (url === '/api/v1/hub/session/refresh') {
      expect(headers.get('X-Requested-With')).toBe('itechsmart');
      refreshes.push(JSON.parse(init?.body as string));
      valid += 1;
      return Promise.resolve(json(grant(`token-${valid}`)));
    }
    const good = headers.get('Authorization') === `Bearer token-${valid}`;
    return Promise.resolve(good ? json({ ok: true }) : refused('token'));
  });
  return { fetcher: fetcher as typeof fetch, calls: fetcher.mock.calls, refreshes };
}

describe('a session', () => {
  it('refreshes once for however many requests are refused at the same time', async () => {
    const { fetcher, refreshes } = server();
    const session = new Session({ fetch: fetcher, locks: undefined });
    session.begin(grant('stale'));
    const client = new Client('/api/v1/hub', session, fetcher);
    const answers = await Promise.all(['/a', '/b', '/c'].map((path) => client.get<{ ok: boolean }>(path)));
    expect(answers).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(refreshes).toEqual([{ tenant_id: 't1' }]);
  });

  it('takes the token that another request has fetched meanwhile', async () => {
    const { fetcher, refreshes } = server();
    const session = new Session({ fetch: fetcher, locks: undefined });
    session.begin(grant('stale'));
    await session.renew('stale');
    expect(await session.renew('stale')).toBe('token-1');
    expect(refreshes).toHaveLength(1);
  });

  it('renews a token before it expires', async () => {
    let now = 0;
    const { fetcher, refreshes } = server();
    const session = new Session({ fetch: fetcher, locks: undefined, now: () => now });
    session.begin(grant('first', 600));
    expect(await session.token()).toBe('first');
    now = 571_000;
    expect(await session.token()).toBe('token-1');
    expect(refreshes).toHaveLength(1);
  });

  it('ends, and says so, when its cookie is refused', async () => {
    const session = new Session({ fetch: () => Promise.resolve(refused('session_ended')), locks: undefined });
    session.begin(grant('first'));
    const changes: string[] = [];
    session.onChange((change) => changes.push(change));
    await expect(session.refresh()).rejects.toMatchObject({ code: 'session_ended' });
    expect(session.signedIn).toBe(false);
    expect(changes).toEqual(['ended']);
  });

  it('outlives a server that is down', async () => {
    const session = new Session({ fetch: () => Promise.reject(new TypeError('no')), locks: undefined });
    session.begin(grant('first'));
    await expect(session.refresh()).rejects.toMatchObject({ kind: 'unavailable', code: 'unreachable' });
    expect(session.signedIn).toBe(true);
  });

  it('waits for other tabs, which share its cookie', async () => {
    const { fetcher } = server();
    const request = vi.fn((_name: string, work: () => Promise<string>) => work());
    const locks = { request } as unknown as Pick<LockManager, 'request'>;
    const session = new Session({ fetch: fetcher, locks });
    await session.refresh();
    expect(request).toHaveBeenCalledOnce();
  });
});

describe('the client', () => {
  it('asks again only once', async () => {
    const session = new Session({ fetch: server().fetcher, locks: undefined });
    session.begin(grant('stale'));
    const always = vi.fn(() => Promise.resolve(refused('token')));
    const client = new Client('', session, always);
    await expect(client.get('/x')).rejects.toBeInstanceOf(Problem);
    expect(always).toHaveBeenCalledTimes(2);
  });

  it('sends the same idempotency key on both tries, and another one with the next request', async () => {
    const { fetcher, calls } = server();
    const session = new Session({ fetch: fetcher, locks: undefined });
    session.begin(grant('stale'));
    const client = new Client('', session, fetcher);
    await client.post('/x', {});
    await client.post('/x', {});
    const keys = calls
      .filter(([url]) => url === '/x')
      .map(([, init]) => new Headers(init?.headers).get('Idempotency-Key'));
    expect(keys).toHaveLength(3);
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('names the version that it changes', async () => {
    const fetcher = vi.fn<typeof fetch>(() => Promise.resolve(new Response(null, { status: 204 })));
    const client = new Client('', new Session({ locks: undefined }), fetcher);
    await client.patch('/x', {}, '"7"');
    await client.delete('/x', 7);
    const versions = fetcher.mock.calls.map(([, init]) => new Headers(init?.headers).get('If-Match'));
    expect(versions).toEqual(['"7"', '"7"']);
  });

  it('neither sends a token nor refreshes before anybody is signed in', async () => {
    const { fetcher, refreshes } = server();
    const session = new Session({ fetch: fetcher, locks: undefined });
    session.begin(grant('stale'));
    const client = new Client('', session, fetcher);
    await expect(client.ask('POST', '/session', {})).rejects.toMatchObject({ kind: 'unauthenticated' });
    expect(refreshes).toHaveLength(0);
  });
});
