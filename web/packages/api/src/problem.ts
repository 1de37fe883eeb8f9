/** Errors as the API tells them: RFC 9457 problem documents of nine closed kinds. */

export const KINDS = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'stale',
  'rate_limited',
  'unavailable',
  'internal',
] as const;

export type Kind = (typeof KINDS)[number];

export interface FieldError {
  /** A JSON pointer into the body, or the name of a parameter. */
  field: string;
  detail: string;
}

interface ProblemFields {
  kind: Kind;
  code: string;
  status: number;
  title: string;
  detail: string;
  requestId?: string;
  retryAfterS?: number;
  errors?: FieldError[];
}

export class Problem extends Error {
  readonly kind: Kind;
  /** A stable word for programs, such as `email_taken`. */
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly retryAfterS: number | undefined;
  readonly errors: readonly FieldError[];

  constructor(fields: ProblemFields) {
    super(fields.detail);
    this.name = 'Problem';
    this.kind = fields.kind;
    this.code = fields.code;
    this.status = fields.status;
    this.title = fields.title;
    this.detail = fields.detail;
    this.requestId = fields.requestId;
    this.retryAfterS = fields.retryAfterS;
    this.errors = fields.errors ?? [];
  }

  /** What is wrong with each field, by its name: `/name` and `name` are both `name`. */
  byField(): Record<string, string> {
    return Object.fromEntries(
      this.errors.map(({ field, detail }) => [field.replace(/^\//, ''), detail]),
    );
  }

  /** No answer came at all. */
  static unreachable(cause: unknown): Problem {
    const detail = 'the server did not answer: check your connection, then try again';
    const problem = new Problem({
      kind: 'unavailable',
      code: 'unreachable',
      status: 0,
      title: 'No answer',
      detail,
    });
    problem.cause = cause;
    return problem;
  }

  /** Reads an answer that is not a success, whatever stands in it. */
  static async read(response: Response): Promise<Problem> {
    const body = await problemBody(response);
    const requestId = text(body.request_id) ?? response.headers.get('x-request-id') ?? undefined;
    const retryAfterS = seconds(response.headers.get('retry-after'));
    return new Problem({
      kind: isKind(body.kind) ? body.kind : kindOf(response.status),
      code: text(body.code) ?? `http_${response.status}`,
      status: response.status,
      title: text(body.title) ?? 'The request failed',
      detail: text(body.detail) ?? `the server answered ${response.status} and gave no reason`,
      errors: Array.isArray(body.errors) ? body.errors.filter(isFieldError) : [],
      ...(requestId === undefined ? {} : { requestId }),
      ...(retryAfterS === undefined ? {} : { retryAfterS }),
    });
  }
}

/** A problem, whatever was thrown. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const problem = new Problem({
    kind: 'internal',
    code: 'console',
    status: 0,
    title: 'Something went wrong in the console',
    detail: error instanceof Error ? error.message : String(error),
  });
  problem.cause = error;
  return problem;
}

async function problemBody(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    // A proxy's page, or nothing: the status has to do.
    return {};
  }
}

function kindOf(status: number): Kind {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    case 412:
    case 428:
      return 'stale';
    case 429:
      return 'rate_limited';
    case 502:
    case 503:
    case 504:
      return 'unavailable';
    default:
      return status >= 500 ? 'internal' : 'invalid';
  }
}

function isKind(value: unknown): value is Kind {
  return KINDS.some((kind) => kind === value);
}

function isFieldError(value: unknown): value is FieldError {
  const error = value as Partial<FieldError> | null;
  return typeof error?.field === 'string' && typeof error.detail === 'string';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function seconds(value: string | null): number | undefined {
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}
