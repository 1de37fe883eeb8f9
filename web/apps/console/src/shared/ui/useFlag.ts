/** A dialog that a link can open: `/users?new`. */
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

export function useFlag(name: string): [boolean, (on: boolean) => void] {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback(
    (on: boolean) =>
      setParameters(
        (current) => {
          const next = new URLSearchParams(current);
          if (on) next.set(name, '');
          else next.delete(name);
          return next;
        },
        { replace: true },
      ),
    [name, setParameters],
  );
  return [parameters.has(name), set];
}
