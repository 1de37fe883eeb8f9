/** The console: theme, data, session and pages, put together. */
import { CssBaseline } from '@mui/material';
import { ThemeProvider } from '@mui/material/styles';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router';
import { queryClient } from '#shared/api/queryClient';
import { SessionProvider } from '#shared/session/SessionProvider';
import { theme } from '#shared/theme/theme';
import { ToastProvider } from '#shared/ui/toast';
import { router } from './routes';

export function App() {
  return (
    <ThemeProvider theme={theme} defaultMode="system">
      <CssBaseline />
      <QueryClientProvider client={queryClient}>
        <ToastProvider>
          <SessionProvider>
            <RouterProvider router={router} />
          </SessionProvider>
        </ToastProvider>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
