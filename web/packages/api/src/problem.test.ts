import { describe, expect, it } from 'vitest';
import { Problem, toProblem } from './problem';

const answer = (body: string, status: number, headers: Record<string, string> = {}) =>
  Problem.read(new Response(body, { status, headers }));

describe('a problem', () => {
  it('is read as it was sent', async () => {
    const problem = await answer(
      JSON.stringify({
        type: 'urn:itechsmart:problem:email_taken',
        title: 'This does not go with how things stand',
        status: 409,
        kind: 'conflict',
        code: 'email_taken',
        detail: 'somebody has this address',
        request_id: 'r-1',
        errors: [{ field: '/email', detail: 'is taken' }, { field: 'limit', detail: 'is too high' }],
      }),
      409,
      { 'retry-after': '7' },
    );
    expect(problem).toMatchObject({ kind: 'conflict', code: 'email_taken', requestId: 'r-1', retryAfterS: 7 });
    expect(problem.byField()).toEqual({ email: 'is taken', limit: 'is too high' });
  });

  it.each([
    [502, '<html>Bad gateway</html>', 'unavailable'],
    [500, '', 'internal'],
    [412, '[]', 'stale'],
    [429, 'null', 'rate_limited'],
    [413, '{"kind":"nonsense","errors":"none"}', 'invalid'],
  ])('is made of status %i alone where nothing better came', async (status, body, kind) => {
    const problem = await answer(body, status, { 'x-request-id': 'r-2' });
    expect(problem).toMatchObject({ kind, requestId: 'r-2', errors: [] });
    expect(problem.detail).toContain(String(status));
  });

  it('is made of whatever was thrown', () => {
    expect(toProblem(new Error('odd'))).toMatchObject({ kind: 'internal', detail: 'odd' });
    const problem = Problem.unreachable(undefined);
    expect(toProblem(problem)).toBe(problem);
  });
});
