/** Asks for an item: for oneself or for somebody else. */
import { toProblem, type Answers, type ItemVersion, type NamedUser, type Problem } from '@itechsmart/api';
import { Button, FormControl, FormControlLabel, FormLabel, Radio, RadioGroup, Stack } from '@mui/material';
import { useEffect, useId, useState, type SubmitEvent } from 'react';
import { useNavigate } from 'react-router';
import { today } from '#shared/catalog/form/answers';
import { FormFields } from '#shared/catalog/form/FormFields';
import { useAnswers } from '#shared/catalog/form/useAnswers';
import type { Names } from '#shared/catalog/words';
import { sentence } from '#shared/format/text';
import { useCan, useMe } from '#shared/session/useMe';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
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
  const [person, setPerson] = useState<NamedUser | null>(null);
  const [forOther, setForOther] = useState(false);
  const [personFault, setPersonFault] = useState<string>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const submit = useSubmit();
  const navigate = useNavigate();
  const toast = useToast();
  const { answers } = answering;
  useEffect(() => onAnswers(answers), [onAnswers, answers]);

  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    setProblem(null);
    const named = !forOther || person !== null;
    setPersonFault(named ? undefined : 'Choose whom it is for.');
    if (!answering.check() || !named) return;
    try {
      const made = await submit.mutateAsync({
        item_id: itemId,
        item_version: version.number,
        answers: answering.toSend(),
        requested_for_id: forOther ? (person?.id ?? null) : null,
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
      setPersonFault(of && sentence(of.detail));
      const rest = answering.take(found);
      setProblem(of !== undefined && found.errors.length === 1 ? null : rest);
    }
  };

  return (
    <form onSubmit={(event) => void send(event)} noValidate aria-label="Your request">
      <Stack sx={{ gap: 2.5, maxWidth: 760 }}>
        <ForWhom other={forOther} onOther={setForOther} person={person} onPerson={setPerson} fault={personFault} />
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

interface ForWhomProps {
  other: boolean;
  onOther: (other: boolean) => void;
  person: NamedUser | null;
  onPerson: (person: NamedUser | null) => void;
  fault: string | undefined;
}

function ForWhom({ other, onOther, person, onPerson, fault }: ForWhomProps) {
  const id = useId();
  const me = useMe();
  if (!useCan()('hub.people.read')) return null;
  const option = { typography: { variant: 'body2' } } as const;
  return (
    <Stack sx={{ gap: 1 }}>
      <FormControl>
        <FormLabel id={id} sx={{ typography: 'body2' }}>
          For whom
        </FormLabel>
        <RadioGroup row aria-labelledby={id} value={other ? 'other' : 'me'} onChange={(event) => onOther(event.target.value === 'other')}>
          <FormControlLabel value="me" label="Me" slotProps={option} control={<Radio size="small" sx={{ py: 0.5 }} />} />
          <FormControlLabel value="other" label="Somebody else" slotProps={option} control={<Radio size="small" sx={{ py: 0.5 }} />} />
        </RadioGroup>
      </FormControl>
      {other && <PersonPicker label="Whom it is for" required person={person} onChange={onPerson} except={me.id} error={fault} />}
    </Stack>
  );
}
