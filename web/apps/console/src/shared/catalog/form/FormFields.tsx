/** A form as it is asked: only the fields that are to be answered now. */
import { Stack, Typography } from '@mui/material';
import { useEffect, useRef } from 'react';
import type { Names } from '../words';
import { asked, beginning, fillsItself } from './answers';
import { isEmpty } from './conditions';
import { FieldInput } from './FieldInput';
import { TableInput } from './TableInput';
import type { Answering } from './useAnswers';
import { answerWords } from '../words';

interface FormFieldsProps {
  answering: Answering;
  names: Names;
}

export function FormFields({ answering, names }: FormFieldsProps) {
  const { form, answers, set, hold, meet, people, faults, context } = answering;
  const box = useFaultFocus(faults);
  const known = { ...names, people };
  const shown = asked(form, answers).filter((one) => one.shown);
  if (form.fields.length === 0) {
    return (
      <Typography variant="body2" color="textSecondary">
        Nothing more is asked.
      </Typography>
    );
  }
  return (
    <Stack ref={box} sx={{ gap: 2.5 }}>
      {shown.map(({ field, required }) => {
        const answer = answers[field.key];
        const begins = beginning(field, context);
        const refills = !required && fillsItself(field) && isEmpty(answer) && begins !== undefined;
        const help = refills ? `Left empty, it becomes ${answerWords(begins, field, known)}.` : field.help;
        const common = {
          asked: { ...field, help: help ?? '', required },
          context,
          path: field.key,
          answers,
          onHold: hold,
          names: known,
          onMeet: meet,
          onChange: (next: typeof answer) => set(field.key, next),
        };
        return field.kind.type === 'table' ? (
          <TableInput key={field.key} {...common} kind={field.kind} answer={answer} faults={faults} />
        ) : (
          <FieldInput key={field.key} {...common} kind={field.kind} answer={answer} fault={faults[field.key]} />
        );
      })}
    </Stack>
  );
}

/** Goes to the first field that is at fault whenever faults are found. */
function useFaultFocus(faults: object) {
  const box = useRef<HTMLDivElement>(null);
  const count = Object.keys(faults).length;
  const before = useRef(count);
  useEffect(() => {
    if (count > before.current) box.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    before.current = count;
  }, [count]);
  return box;
}
