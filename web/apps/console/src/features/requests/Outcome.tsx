/** How a request ended badly, and why: what whoever asked wants to know first. */
import type { CatalogRequest } from '@itechsmart/api';
import { Alert, AlertTitle, Typography } from '@mui/material';
import { GONE_PERSON } from '#shared/catalog/words';
import { Restart } from './Restart';

export function Outcome({ request, etag }: { request: CatalogRequest; etag: string | undefined }) {
  const { state, stages } = request;
  if (state === 'failed') {
    return (
      <Alert severity="warning" action={request.may_restart && <Restart request={request} etag={etag} />}>
        <AlertTitle>There was nobody to ask</AlertTitle>
        Nobody who has to approve this is there, so the request ended. {request.may_restart ? 'Once somebody is, start it anew.' : 'Ask an administrator of the catalog.'}
      </Alert>
    );
  }
  if (state !== 'rejected') return null;
  const rejected = stages.flatMap(({ seats }) => seats).flatMap(({ decision }) => (decision?.verdict === 'reject' ? [decision] : []));
  if (rejected.length === 0) return <Alert severity="error">Too few of those who have to approve are left.</Alert>;
  return (
    <Alert severity="error">
      {rejected.map(({ by, reason }) => (
        <div key={by.id}>
          <AlertTitle>Rejected by {by.name ?? GONE_PERSON}</AlertTitle>
          <Typography variant="body2" sx={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
            {reason}
          </Typography>
        </div>
      ))}
    </Alert>
  );
}
