/** One thin client over fetch: tokens, problems, idempotency keys and versions, and nothing else. */
import { Problem } from './problem';
import { REQUESTED_WITH, type Session } from './session';
import { uuid } from './uuid';

export type Query = Record<string, string | number | undefined>;

export interface Read<T> {
  data: T;
  /** The version to name in a change; undefined where the object has none. */
  etag: string | undefined;
}

interface Call {
  method: string;
  path: string;
  query?: Query;
  body?: unknown;
  /** The ETag, or the version number, of what is changed. */
  version?: string | number | undefined;
  /** Sent without a token, and a 401 is an answer, not the end of a session. */
  anonymous?: boolean;
  accept?: string;
  signal?: AbortSignal | undefined;
}

export interface Upload {
  content: Blob;
  query?: Query;
  /** How much of it has been sent, of 1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
}

/** The addresses that an API has, by method. */
export type Addresses = Record<'get' | 'post' | 'put' | 'patch' | 'delete', string>;

export class Client<Has extends Addresses = Addresses> {
  readonly #base: string;
  readonly #session: Session;
  readonly #fetch: typeof fetch;

  constructor(base: string, session: Session, fetcher: typeof fetch = (...call) => fetch(...call)) {
    this.#base = base;
    this.#session = session;
    this.#fetch = fetcher;
  }

  async get<T>(path: Has['get'], query?: Query, signal?: AbortSignal): Promise<T> {
    return (await this.read<T>(path, query, signal)).data;
  }

  /** One object with its version. */
  async read<T>(path: Has['get'], query: Query = {}, signal?: AbortSignal): Promise<Read<T>> {
    const response = await this.send({ method: 'GET', path, query, signal });
    const etag = response.headers.get('etag') ?? undefined;
    return { data: (await body(response)) as T, etag };
  }

  async post<T = void>(path: Has['post'], content: unknown = {}, version?: string | number): Promise<T> {
    return (await body(await this.send({ method: 'POST', path, body: content, version }))) as T;
  }

  /** For what is asked before anybody is signed in. */
  async ask<T = void>(
    method: 'GET' | 'POST',
    path: Has['get'] | Has['post'],
    content?: unknown,
  ): Promise<T> {
    const call: Call = { method, path, anonymous: true };
    if (content !== undefined) call.body = content;
    return (await body(await this.send(call))) as T;
  }

  async patch<T>(path: Has['patch'], content: unknown, version?: string | number): Promise<T> {
    return (await body(await this.send({ method: 'PATCH', path, body: content, version }))) as T;
  }

  async put<T = void>(path: Has['put'], content: unknown, version?: string | number): Promise<T> {
    return (await body(await this.send({ method: 'PUT', path, body: content, version }))) as T;
  }

  async delete(path: Has['delete'], version?: string | number): Promise<void> {
    await this.send({ method: 'DELETE', path, version });
  }

  /** A file, as the server names it. */
  async download(path: Has['get'], query: Query = {}): Promise<{ blob: Blob; name: string }> {
    const response = await this.send({ method: 'GET', path, query, accept: '*/*' });
    const named = /filename="?([^";]+)"?/.exec(response.headers.get('content-disposition') ?? '');
    return { blob: await response.blob(), name: named?.[1] ?? 'download' };
  }

  /** Sends a file as the body. Only this way tells how far it has come. */
  async upload<T>(path: Has['post'], upload: Upload): Promise<T> {
    const token = await this.#session.token();
    let response = await this.#put(path, upload, token);
    if (response.status === 401 && token !== undefined) {
      response = await this.#put(path, upload, await this.#session.renew(token));
    }
    if (!response.ok) throw await Problem.read(response);
    return (await body(response)) as T;
  }

  #put(path: string, { content, query, onProgress, signal }: Upload, token: string | undefined): Promise<Response> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const stop = () => request.abort();
      const fail = (cause: unknown) => reject(cause instanceof Error ? cause : new Error(String(cause)));
      request.open('POST', `${this.#base}${path}${queryString(query)}`);
      request.responseType = 'text';
      const headers = { ...REQUESTED_WITH, Accept: 'application/json', 'Content-Type': 'application/octet-stream', ...(token !== undefined && { Authorization: `Bearer ${token}` }) };
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0);
      request.onload = () => {
        const given = request.getResponseHeader('retry-after');
        const init = { status: request.status, headers: given === null ? {} : { 'retry-after': given } };
        // 204 and the like may have no body.
        resolve(new Response(request.status === 204 ? null : request.responseText, init));
      };
      request.onerror = () => fail(Problem.unreachable('the upload broke off'));
      request.onabort = () => fail(new DOMException('the upload was stopped', 'AbortError'));
      request.onloadend = () => signal?.removeEventListener('abort', stop);
      signal?.addEventListener('abort', stop);
      if (signal?.aborted === true) fail(new DOMException('the upload was stopped', 'AbortError'));
      else request.send(content);
    });
  }

  /** A stream that stays open until `signal` ends it. */
  async stream(path: Has['get'], query: Query, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const accept = 'text/event-stream';
    const response = await this.send({ method: 'GET', path, query, accept, signal });
    if (response.body === null) throw Problem.unreachable('an empty stream');
    return response.body;
  }

  /** Sends a call, renewing the access token once where it is refused. */
  async send(call: Call): Promise<Response> {
    const request = this.#request(call);
    const token = call.anonymous === true ? undefined : await this.#session.token();
    let response = await this.#perform(request, token);
    if (response.status === 401 && token !== undefined) {
      response = await this.#perform(request, await this.#session.renew(token));
    }
    if (!response.ok) throw await Problem.read(response);
    return response;
  }

  #request(call: Call): { url: string; init: RequestInit; headers: Record<string, string> } {
    const headers: Record<string, string> = { Accept: call.accept ?? 'application/json' };
    const init: RequestInit = { method: call.method, credentials: 'same-origin' };
    if (call.signal !== undefined) init.signal = call.signal;
    // What everybody may keep for a moment is asked for anew, and comes only where it has changed.
    if (call.anonymous === true) init.cache = 'no-cache';
    if (call.method !== 'GET') Object.assign(headers, REQUESTED_WITH);
    // The same key on each try, so that a request sent twice is done once.
    if (call.method === 'POST') headers['Idempotency-Key'] = uuid();
    if (call.version !== undefined) headers['If-Match'] = etag(call.version);
    if (call.body !== undefined) {
      headers['Content-Type'] = 'application/json';
      init.body = JSON.stringify(call.body);
    }
    return { url: `${this.#base}${call.path}${queryString(call.query)}`, init, headers };
  }

  async #perform(
    { url, init, headers }: { url: string; init: RequestInit; headers: Record<string, string> },
    token: string | undefined,
  ): Promise<Response> {
    const authorised =
      token === undefined ? headers : { ...headers, Authorization: `Bearer ${token}` };
    try {
      return await this.#fetch(url, { ...init, headers: authorised });
    } catch (cause) {
      if (init.signal?.aborted === true) throw cause;
      throw Problem.unreachable(cause);
    }
  }
}

function etag(version: string | number): string {
  return typeof version === 'number' ? `"${version}"` : version;
}

export function queryString(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

async function body(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const text = await response.text();
  return text === '' ? undefined : JSON.parse(text);
}
