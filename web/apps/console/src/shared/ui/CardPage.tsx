/** What stands on the card of a page that anybody may open. */
import { Button, Stack, Typography } from '@mui/material';
import type { SubmitEvent, ReactNode } from 'react';
import { useTitle } from './Page';

interface CardPageProps {
  title: string;
  about?: ReactNode;
  children?: ReactNode;
}

export function CardPage({ title, about, children }: CardPageProps) {
  useTitle(title);
  return (
    <Stack sx={{ gap: 2.5 }}>
      <div>
        <Typography variant="h1">{title}</Typography>
        {about !== undefined && (
          <Typography variant="body2" color="textSecondary" component="div" sx={{ mt: 0.5, overflowWrap: 'anywhere' }}>
            {about}
          </Typography>
        )}
      </div>
      {children}
    </Stack>
  );
}

interface CardFormProps {
  submit: string;
  busy: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

export function CardForm({ submit, busy, onSubmit, children }: CardFormProps) {
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    if (!busy) onSubmit();
  };
  return (
    <form onSubmit={send} noValidate>
      <Stack sx={{ gap: 2 }}>
        {children}
        <Button type="submit" variant="contained" size="large" fullWidth loading={busy}>
          {submit}
        </Button>
      </Stack>
    </form>
  );
}

/** The link that brought someone here lacks its token. */
export function BrokenLink({ ask }: { ask: ReactNode }) {
  return (
    <CardPage title="This link is not complete" about="Its last part, after the #, is missing. Copy the whole link from the message and open it again.">
      <Typography variant="body2">{ask}</Typography>
    </CardPage>
  );
}
