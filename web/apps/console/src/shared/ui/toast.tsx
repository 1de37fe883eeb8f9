/** A short word about what has just happened. */
import { Alert, Snackbar, type AlertColor } from '@mui/material';
import { createContext, use, useCallback, useState, type ReactNode } from 'react';

type Toast = (text: string, severity?: AlertColor) => void;

const Context = createContext<Toast>(() => undefined);
const SHOWN_MS = 5_000;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<{ text: string; severity: AlertColor; at: number }>();
  const [open, setOpen] = useState(false);
  const toast = useCallback<Toast>((text, severity = 'success') => {
    setShown({ text, severity, at: performance.now() });
    setOpen(true);
  }, []);
  const close = () => setOpen(false);
  return (
    <Context value={toast}>
      {children}
      <Snackbar
        key={shown?.at}
        open={open}
        autoHideDuration={SHOWN_MS}
        onClose={(_, reason) => reason !== 'clickaway' && close()}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
      >
        <Alert severity={shown?.severity ?? 'info'} onClose={close} sx={{ boxShadow: 6, maxWidth: 480 }}>
          {shown?.text}
        </Alert>
      </Snackbar>
    </Context>
  );
}

export const useToast = (): Toast => use(Context);
