/** The code of an authenticator app, or a recovery code. */
import type { SecondFactorMethod } from '@itechsmart/api';
import { TextField, type TextFieldProps } from '@mui/material';

export function CodeField({ method, ...props }: TextFieldProps & { method: SecondFactorMethod }) {
  const totp = method === 'totp';
  return (
    <TextField
      {...props}
      label={totp ? 'Six-digit code' : 'Recovery code'}
      autoComplete="one-time-code"
      slotProps={{
        htmlInput: {
          inputMode: totp ? 'numeric' : 'text',
          spellCheck: false,
          autoCapitalize: 'none',
          maxLength: totp ? 7 : 32,
        },
      }}
    />
  );
}
