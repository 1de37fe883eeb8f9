/** Where an approver decides by a link out of a letter, without signing in. It shows all that they
 * decide on; a click decides, not the mere visit, which mail scanners make too. */
import type { DecisionLink } from '@itechsmart/api';
import { Button, Divider, Skeleton, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router';
import { Answered } from '#shared/catalog/form/Answered';
import { Stages } from '#shared/catalog/Stages';
import { GONE_PERSON, namesOf } from '#shared/catalog/words';
import { useForm } from '#shared/forms/useForm';
import { price } from '#shared/format/decimal';
import { catalog } from '#shared/session/session';
import { useLinkToken } from '#shared/session/useLinkToken';
import { BrokenLink, CardForm, CardPage } from '#shared/ui/CardPage';
import { Failed, FormProblem } from '#shared/ui/states';
import { useDecisionLink } from './useDecisionLink';

const REASON_CHARS_MAX = 4_000;

export default function DecidePage() {
  const token = useLinkToken();
  const look = useDecisionLink(token);
  if (token === '') return <BrokenLink ask={<Link to="/service-catalog/approvals">Or sign in, and decide there</Link>} />;
  if (look.error !== null) {
    return (
      <CardPage title="This link does not decide" about="What became of the request you see when you sign in.">
        <Failed problem={look.error} retry={() => void look.refetch()} />
        <SignIn />
      </CardPage>
    );
  }
  if (look.data === undefined) return <Skeleton variant="rounded" height={320} />;
  return <Decide token={token} asked={look.data} />;
}

function Decide({ token, asked }: { token: string; asked: DecisionLink }) {
  const { request, stage, verdict, name, currency } = asked;
  const form = useForm({ reason: '' });
  const [done, setDone] = useState(false);
  const approves = verdict === 'approve';
  if (done) {
    return (
      <CardPage title={approves ? 'Approved' : 'Rejected'} about={`Request ${request.number}, ${request.item_name}. The link is used up.`}>
        <SignIn />
      </CardPage>
    );
  }
  const submit = async () =>
    setDone(await form.submit(({ reason }) => catalog.ask('POST', '/decision-links/decide', { token, reason })));
  const requester = request.requester.name ?? GONE_PERSON;
  const other = request.requested_for.id === request.requester.id ? undefined : (request.requested_for.name ?? GONE_PERSON);
  return (
    <CardPage
      title={`${approves ? 'Approve' : 'Reject'} request ${request.number}?`}
      about={`${name}, you are asked in the stage “${request.stages[stage]?.name ?? ''}”. Nothing is decided yet.`}
    >
      <Stack sx={{ gap: 1.5 }}>
        <Typography variant="h3" component="h2" sx={{ overflowWrap: 'anywhere' }}>
          {request.item_name}
        </Typography>
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {requester} asks{other !== undefined && `, for ${other}`}. Price: {price(request.price, currency ?? undefined)}
          {request.cost_centre != null && `, cost centre ${request.cost_centre.code} ${request.cost_centre.name}`}
        </Typography>
        {request.description !== '' && (
          <Typography variant="body2" sx={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
            {request.description}
          </Typography>
        )}
        <Answered
          form={request.form}
          answers={request.answers}
          names={namesOf({ people: request.people, groups: [] })}
          labels={request.labels}
        />
      </Stack>
      <Divider />
      <Stack sx={{ gap: 1.5 }}>
        <Typography variant="h3" component="h2">
          Approval
        </Typography>
        <Stages stages={request.stages} />
      </Stack>
      <Divider />
      <CardForm submit={approves ? 'Approve' : 'Reject'} busy={form.busy} onSubmit={() => void submit()}>
        <TextField
          label="Reason"
          required={!approves}
          multiline
          minRows={2}
          maxRows={8}
          slotProps={{ htmlInput: { maxLength: REASON_CHARS_MAX } }}
          {...form.text('reason', approves ? 'Whoever asked can read it.' : 'Whoever asked can read it. A rejection needs one.')}
        />
        <FormProblem problem={form.problem} />
      </CardForm>
      <SignIn />
    </CardPage>
  );
}

function SignIn() {
  return (
    <Button component={Link} to="/service-catalog/approvals">
      Sign in and see more
    </Button>
  );
}
