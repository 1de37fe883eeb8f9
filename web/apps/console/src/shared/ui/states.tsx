/** What a page shows where it has nothing to show: not yet, not there, or not possible. */
import type { Kind, Problem } from '@itechsmart/api';
import { Alert, AlertTitle, Box, Button, Skeleton, Stack, Typography } from '@mui/material';
import { RotateCw, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { count, sentence } from '#shared/format/text';
import { Refused } from '#shared/session/Guard';
import { Code } from './Code';

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <Stack sx={{ alignItems: 'center', textAlign: 'center', px: 3, py: 6, gap: 1 }}>
      <Box sx={{ color: 'text.secondary', mb: 0.5, lineHeight: 0 }}>
        <Icon size={28} strokeWidth={1.5} aria-hidden />
      </Box>
      <Typography variant="h3" component="p">
        {title}
      </Typography>
      {children !== undefined && (
        <Typography variant="body2" color="textSecondary" sx={{ maxWidth: 440 }}>
          {children}
        </Typography>
      )}
      {action !== undefined && <Box sx={{ mt: 1 }}>{action}</Box>}
    </Stack>
  );
}

interface FailedProps {
  problem: Problem;
  retry?: (() => void) | undefined;
}

/** What asking again may mend; what somebody may not see, or is not there, it does not. */
const PASSING: readonly Kind[] = ['unavailable', 'internal', 'rate_limited'];

/** Something could not be read: what the server says, the id its log knows it by, and a way on. */
export function Failed({ problem, retry }: FailedProps) {
  if (problem.kind === 'forbidden') {
    const named = /\b[a-z-]+\.[a-z-]+\.[a-z-]+\b/.exec(problem.detail)?.[0];
    if (named !== undefined) return <Refused permissions={[named]} />;
  }
  return (
    <Alert
      severity={problem.kind === 'not_found' ? 'info' : 'error'}
      action={
        retry !== undefined &&
        PASSING.includes(problem.kind) && (
          <Button color="inherit" startIcon={<RotateCw size={15} aria-hidden />} onClick={retry}>
            Try again
          </Button>
        )
      }
    >
      <AlertTitle>{problem.title}</AlertTitle>
      <Typography variant="body2">{sentence(problem.detail)}</Typography>
      <RequestId id={problem.requestId} />
    </Alert>
  );
}

/** In a form: the same, without a way to try again, since the form is one. */
export function FormProblem({ problem }: { problem: Problem | null | undefined }) {
  if (problem == null) return null;
  const wait = problem.retryAfterS === undefined ? '' : ` Try again in ${waiting(problem.retryAfterS)}.`;
  return (
    <Alert severity="error">
      <Typography variant="body2">
        {sentence(problem.detail)}
        {wait}
      </Typography>
      {(problem.kind === 'internal' || problem.kind === 'unavailable') && (
        <RequestId id={problem.requestId} />
      )}
    </Alert>
  );
}

function waiting(seconds: number): string {
  return seconds < 90 ? count(seconds, 'second') : count(Math.ceil(seconds / 60), 'minute');
}

function RequestId({ id }: { id: string | undefined }) {
  if (id === undefined) return null;
  return (
    <Typography variant="caption" color="textSecondary" component="p" sx={{ mt: 0.5 }}>
      Request <Code copy>{id}</Code>
    </Typography>
  );
}

/** Rows on their way. */
export function LoadingRows({ rows = 6 }: { rows?: number }) {
  return (
    <Box role="status" aria-label="Loading" sx={{ px: 2, py: 0.5 }}>
      {Array.from({ length: rows }, (_, row) => (
        <Stack key={row} direction="row" sx={{ gap: 3, py: 1.25, alignItems: 'center' }}>
          <Skeleton variant="text" width={`${34 - ((row * 5) % 12)}%`} height={20} />
          <Skeleton variant="text" width="16%" height={20} />
          <Skeleton variant="text" width={`${26 - ((row * 7) % 9)}%`} height={20} />
        </Stack>
      ))}
    </Box>
  );
}

/** A page of one object on its way. */
export function LoadingPage() {
  return (
    <Box role="status" aria-label="Loading">
      <Skeleton variant="text" width={220} height={36} />
      <Skeleton variant="text" width={340} height={22} sx={{ maxWidth: '100%', mb: 2 }} />
      <Skeleton variant="rounded" height={180} sx={{ mb: 2 }} />
      <Skeleton variant="rounded" height={120} />
    </Box>
  );
}
