/** Setting the second factor up, and taking it away. */
import type { RecoveryCodes, TotpSecret } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

interface Proof {
  password: string;
  code: string;
}

export function useTotp() {
  return {
    begin: useChange((password: string) => hub.post<TotpSecret>('/me/totp', { password }), []),
    confirm: useChange((code: string) => hub.post<RecoveryCodes>('/me/totp/confirm', { code }), ['me']),
    disable: useChange((proof: Proof) => hub.post('/me/totp/disable', proof), ['me']),
    newCodes: useChange((proof: Proof) => hub.post<RecoveryCodes>('/me/recovery-codes', proof), ['me']),
  };
}
