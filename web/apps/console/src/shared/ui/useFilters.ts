/** What a list is narrowed to, kept in the address so that it can be shared and gone back to. */
import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

export function useFilters<Name extends string>(names: readonly Name[]) {
  const [parameters, setParameters] = useSearchParams();
  const text = parameters.toString();
  const joined = names.join(' ');
  const filters = useMemo(() => {
    const found = new URLSearchParams(text);
    return Object.fromEntries(joined.split(' ').map((name) => [name, found.get(name) ?? ''])) as Record<Name, string>;
  }, [text, joined]);
  const set = useCallback(
    (changes: Partial<Record<Name, string>>) =>
      setParameters(
        (current) => {
          const next = new URLSearchParams(current);
          for (const [name, value] of Object.entries<string | undefined>(changes)) {
            if (value === undefined || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setParameters],
  );
  return [filters, set] as const;
}
