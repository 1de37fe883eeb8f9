import { State } from '#shared/ui/State';
import { requestState } from './states';

export function RequestState({ state }: { state: string }) {
  const { tone, word } = requestState(state);
  return <State tone={tone}>{word}</State>;
}
