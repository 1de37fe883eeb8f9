// @vitest-environment jsdom
import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useDraft } from './useDraft';

const edited = (first: string) => renderHook(({ current }) => useDraft(current), { initialProps: { current: first } });

it('follows what is read as long as nothing is typed', () => {
  const { result, rerender } = edited('a');
  rerender({ current: 'b' });
  expect(result.current).toMatchObject({ draft: 'b', dirty: false, outdated: false });
});

it('keeps what is typed, and says that something else is there', () => {
  const { result, rerender } = edited('a');
  act(() => result.current.set('mine'));
  expect(result.current).toMatchObject({ draft: 'mine', dirty: true, outdated: false });
  rerender({ current: 'theirs' });
  expect(result.current).toMatchObject({ draft: 'mine', dirty: true, outdated: true });
  act(() => result.current.discard());
  expect(result.current).toMatchObject({ draft: 'theirs', dirty: false, outdated: false });
});

it('is settled by what was saved', () => {
  const { result, rerender } = edited('a');
  act(() => result.current.set('mine'));
  act(() => result.current.settle('mine'));
  rerender({ current: 'mine' });
  expect(result.current).toMatchObject({ draft: 'mine', dirty: false, outdated: false });
});
