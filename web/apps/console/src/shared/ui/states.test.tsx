// @vitest-environment jsdom
import { KINDS, Problem } from '@itechsmart/api';
import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Failed } from './states';

it('offers to try again where that may help', () => {
  const helps = KINDS.filter((kind) => {
    const problem = new Problem({ kind, code: kind, status: 500, title: 'No', detail: 'it is not possible' });
    const { container, unmount } = render(<Failed problem={problem} retry={() => undefined} />);
    const offers = container.textContent.includes('Try again');
    unmount();
    return offers;
  });
  expect(helps).toEqual(['rate_limited', 'unavailable', 'internal']);
});
