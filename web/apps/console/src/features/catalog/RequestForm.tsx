/** Asks for an item: for oneself or for somebody else. */
import { toProblem, type Answers, type ItemVersion, type Problem } from '@itechsmart/api';
import { Button, Stack } from '@mui/material';
import { useEffect, useState, type SubmitEvent } from 'react';
import { useNavigate } from 'react-router';
import { today } from '#shared/catalog/form/answers';
import { FormFields } from '#shared/catalog/form/FormFields';
import { useAnswers } from '#shared/catalog/form/useAnswers';
import type { Names } from '#shared/catalog/words';
import { useMe } from '#shared/session/useMe';
import { FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { ForWhom, useRecipient } from './ForWhom';
import { useSubmit } from './useSubmit';

interface RequestFormProps {
  itemId: string;
  version: ItemVersion;
  names: Names;
  /** What was answered to an earlier version of the item. */
  given: Answers;
  onAnswers: (answers: Answers) => void;
}

export function RequestForm({ itemId, version, names, given, onAnswers }: RequestFormProps) {
  const me = useMe();
  const answering = useAnswers(
    version.form,
    { requester: me.id, today: today(), item: { id: itemId, version: version.number } },
    new Map([...names.people, [me.id, me.name]]),
    given,
  );
  const recipient = useRecipient();
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = useSubmit();
  const navigate = useNavigate();
  const toast = useToast();
  const { answers } = answering;
  useEffect(() => onAnswers(answers), [onAnswers, answers]);

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setProblem(null);
    const named = recipient.check();
    if (!answering.check() || !named) return;
    try {
      const made = await submit.mutateAsync({
        item_id: itemId,
        item_version: version.number,
        answers: answering.toSend(),
        requested_for_id: recipient.id,
      });
      toast(`Request ${made.number} is sent.`);
      await navigate(`/service-catalog/requests/${made.id}`);
    } catch (thrown) {
      const found = toProblem(thrown);
      if (found.code === 'item_changed') {
        toast('The item has changed since you opened it. Look at it again, then send.', 'warning');
        return;
      }
      const of = found.errors.find(({ field }) => field === '/requested_for_id');
      recipient.take(of?.detail);
      const rest = answering.take(found);
      setProblem(of !== undefined && found.errors.length === 1 ? null : rest);
    }
  };

  return (
    <form onSubmit={(event) => void send(event)} noValidate aria-label="Your request">
      <Stack sx={{ gap: 2.5, maxWidth: 760 }}>
        <ForWhom recipient={recipient} />
        <FormFields answering={answering} names={names} />
        <FormProblem problem={problem} />
        <div>
          <Button type="submit" variant="contained" size="large" loading={submit.isPending}>
            Send the request
          </Button>
        </div>
      </Stack>
    </form>
  );
}
