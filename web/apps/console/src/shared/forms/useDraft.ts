/**
 * What one edits of something that others may change, too. Untouched it follows what is read; once
 * touched it stays, and says that something else is there meanwhile.
 */
import { useState } from 'react';

interface Draft<T> {
  draft: T;
  set: (draft: T) => void;
  dirty: boolean;
  /** Whether what it was made from is not what is there now. */
  outdated: boolean;
  /** Back to what is there. */
  discard: () => void;
  /** Takes what is there from now on, or this, as what it was made from. */
  settle: (saved: T) => void;
}

export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

export function useDraft<T>(current: T): Draft<T> {
  const [base, setBase] = useState(current);
  const [draft, set] = useState(current);
  const dirty = !same(draft, base);
  const moved = !same(current, base);
  if (moved && !dirty) {
    setBase(current);
    set(current);
  }
  const settle = (saved: T) => {
    setBase(saved);
    set(saved);
  };
  return { draft, set, dirty, outdated: moved && dirty, discard: () => settle(current), settle };
}
