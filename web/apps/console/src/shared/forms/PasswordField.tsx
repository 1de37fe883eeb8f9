import { IconButton, InputAdornment, TextField, Tooltip, type TextFieldProps } from '@mui/material';
import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';

export function PasswordField(props: TextFieldProps & { autoComplete: 'current-password' | 'new-password' }) {
  const [shown, setShown] = useState(false);
  const label = shown ? 'Hide the password' : 'Show the password';
  return (
    <TextField
      {...props}
      type={shown ? 'text' : 'password'}
      slotProps={{
        htmlInput: { spellCheck: false, autoCapitalize: 'none' },
        input: {
          endAdornment: (
            <InputAdornment position="end">
              <Tooltip title={label}>
                <IconButton size="small" edge="end" aria-label={label} onClick={() => setShown(!shown)}>
                  {shown ? <EyeOff size={16} aria-hidden /> : <Eye size={16} aria-hidden />}
                </IconButton>
              </Tooltip>
            </InputAdornment>
          ),
        },
      }}
    />
  );
}

/** What the server asks of a password; it alone decides. */
export const PASSWORD_HELP = '12 characters or more. A long phrase beats a short riddle.';
