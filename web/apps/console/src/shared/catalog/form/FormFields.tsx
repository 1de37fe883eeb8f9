/** A form as it is asked: only the fields that are to be answered now. */
import type { Answers, Field } from '@itechsmart/api';
import { Box, Stack, Typography } from '@mui/material';
import { Lock } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { VisuallyHidden } from '#shared/ui/VisuallyHidden';
import type { Names } from '../words';
import { Answered } from './Answered';
import { asked, beginning, fillsItself } from './answers';
import { isEmpty } from './conditions';
import { FieldInput } from './FieldInput';
import { TableInput } from './TableInput';
import type { Answering } from './useAnswers';
import { answerWords } from '../words';

interface FormFieldsProps {
  answering: Answering;
  names: Names;
  /** Fields that are answered already, and shown as such. */
  fixed?: readonly string[];
}

export function FormFields({ answering, names, fixed = [] }: FormFieldsProps) {
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
        if (fixed.includes(field.key)) return <Fixed key={field.key} field={field} answers={answers} names={known} />;
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

function Fixed({ field, answers, names }: { field: Field; answers: Answers; names: Names }) {
  return (
    <Stack direction="row" sx={{ gap: 1, alignItems: 'flex-start', color: 'text.secondary' }}>
      <Lock size={14} aria-hidden style={{ flexShrink: 0, marginTop: 3 }} />
      <Box sx={{ flex: 1, minWidth: 0, color: 'text.primary' }}>
        <Answered form={{ fields: [{ ...field, show: null }] }} answers={answers} names={names} />
        <VisuallyHidden>This cannot be changed.</VisuallyHidden>
      </Box>
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
