import type { User } from '@itechsmart/api';
import { State } from '#shared/ui/State';
import { userStates } from './states';

export function UserStateOf({ state }: { state: User['state'] }) {
  return <State tone={userStates[state].tone}>{userStates[state].word}</State>;
}
