import { Problem, type ItemVersion, type OfferedPart } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { chosenOf, missing, priceOf, sorted } from './choice';

const version = (price: string): ItemVersion => ({ number: 1, category_id: '', name: '', summary: '', description: '', price, group_ids: [], form: { fields: [] }, approval: { stages: [] }, tasks: { tasks: [] } });
const part = (place: number, is_required: boolean, price: string | undefined): OfferedPart => ({ place, item_id: `${place}`, name: `Item ${place}`, is_required, fixed: [], ...(price !== undefined && { offered: version(price) }) });

const parts = [part(0, true, '900.5'), part(1, false, '0.25'), part(4, false, undefined)];

it('leaves out what may be left out, or cannot be asked for', () => {
  const places = (left: number[]) => chosenOf(parts, new Set(left)).map(({ place }) => place);
  expect(places([])).toEqual([0, 1]);
  expect(places([0, 1])).toEqual([0]);
  expect(missing(parts)).toEqual([]);
  expect(missing([part(0, true, undefined)])).toHaveLength(1);
});

it('adds up exactly what is chosen', () => {
  expect(priceOf(chosenOf(parts, new Set()))).toBe('900.750000');
  expect(priceOf([])).toBe('0');
});

it('tells each part what was found of it, without the name that stands above', () => {
  const problem = new Problem({
    kind: 'invalid', code: 'invalid', status: 400, title: '', detail: 'Item 1: an answer is required',
    errors: [
      { field: '/parts/1/answers/why', detail: 'Item 1: an answer is required' },
      { field: '/requested_for_id', detail: 'nobody' },
      { field: '/parts/7/answers/why', detail: 'of none that was sent' },
    ],
  });
  const { ofParts, rest } = sorted(problem, chosenOf(parts, new Set()));
  expect(ofParts.map((one) => one?.errors)).toEqual([undefined, [{ field: '/answers/why', detail: 'an answer is required' }]]);
  expect(rest.map(({ field }) => field)).toEqual(['/requested_for_id', '/parts/7/answers/why']);
});
