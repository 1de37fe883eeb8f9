// @vitest-environment jsdom
import { Problem } from '@itechsmart/api';
import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { sort, useForm } from './useForm';

const problem = (errors: { field: string; detail: string }[]) =>
  new Problem({ kind: 'invalid', code: 'invalid', status: 400, title: 'No', detail: 'not valid', errors });

it('puts errors at their fields', () => {
  const { shown, rest } = sort(problem([{ field: '/name', detail: 'is empty' }]), ['name']);
  expect(shown).toEqual({ name: 'Is empty.' });
  expect(rest).toBeNull();
});

it('shows the whole problem where some of it belongs to no field', () => {
  const found = problem([{ field: '/permissions/3', detail: 'is not yours' }, { field: '/x', detail: 'odd' }]);
  const { shown, rest } = sort(found, ['permissions']);
  expect(shown).toEqual({ permissions: 'Is not yours.' });
  expect(rest).toBe(found);
  expect(sort(problem([]), ['name']).rest).not.toBeNull();
});

it('forgets the error of a field that is changed', async () => {
  const { result } = renderHook(() => useForm({ name: '', other: '' }));
  const failing = () => Promise.reject(problem([{ field: '/name', detail: 'is empty' }]));
  await act(async () => expect(await result.current.submit(failing)).toBe(false));
  expect(result.current.text('name').error).toBe(true);
  act(() => result.current.set('name', 'x'));
  expect(result.current.text('name').error).toBe(false);
  await act(async () => expect(await result.current.submit(() => Promise.resolve())).toBe(true));
});
