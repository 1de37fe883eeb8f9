/**
 * A change of something on the server. Afterwards what was read of it is read again; so it is where
 * somebody else was faster, or where it stands otherwise than was seen. The former this also says.
 */
import { toProblem, type Problem } from '@itechsmart/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useToast } from '#shared/ui/toast';

export function useChange<Input, Output>(
  change: (input: Input) => Promise<Output>,
  touches: readonly string[],
) {
  const queries = useQueryClient();
  const toast = useToast();
  const readAgain = () =>
    Promise.all(touches.map((key) => queries.invalidateQueries({ queryKey: [key] })));
  return useMutation<Output, Problem, Input>({
    mutationFn: change,
    onSuccess: readAgain,
    onError: async (error) => {
      const { kind } = toProblem(error);
      if (kind !== 'stale' && kind !== 'conflict') return;
      await readAgain();
      if (kind === 'stale') toast('Somebody else changed this meanwhile. Here is how it stands now: look, then repeat.', 'warning');
    },
  });
}
