import type { Challenge, Grant, SecondFactorMethod } from '@itechsmart/api';
import { hub, session } from './session';

/** Signs in, or returns what is asked besides the password. */
export async function signIn(email: string, password: string): Promise<Challenge | undefined> {
  return took(await hub.ask<Grant | Challenge>('POST', '/session', { email, password }));
}

export async function answer(
  challenge: string,
  method: SecondFactorMethod,
  code: string,
): Promise<Challenge | undefined> {
  const answer = { challenge, method, code: code.replace(/\s/g, '') };
  return took(await hub.ask<Grant | Challenge>('POST', '/session/second-factor', answer));
}

function took(answer: Grant | Challenge): Challenge | undefined {
  if ('challenge' in answer) return answer;
  session.begin(answer);
  return undefined;
}
