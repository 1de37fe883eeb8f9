/** One item of a bundle: whether it is wanted, what it costs, what is asked, and what happens next. */
import type { Answers, ItemVersion, OfferedPart, Problem } from '@itechsmart/api';
import { Alert, Box, Button, Checkbox, Collapse, FormControlLabel, Paper, Stack, Typography } from '@mui/material';
import { ChevronRight } from 'lucide-react';
import { useEffect, useId, useImperativeHandle, useState, type Ref } from 'react';
import { today } from '#shared/catalog/form/answers';
import { FormFields } from '#shared/catalog/form/FormFields';
import { useAnswers } from '#shared/catalog/form/useAnswers';
import { NextSteps } from '#shared/catalog/NextSteps';
import { Price } from '#shared/catalog/Price';
import type { Names } from '#shared/catalog/words';
import { sentence } from '#shared/format/text';
import { useMe } from '#shared/session/useMe';

/** What the form of all parts asks of each. */
export interface PartHandle {
  check: () => boolean;
  take: (problem: Problem) => Problem | null;
  toSend: () => Answers;
}

interface PartFormProps {
  part: OfferedPart;
  wanted: boolean;
  onWanted: (wanted: boolean) => void;
  names: Names;
  /** What was answered to an earlier version of the item. */
  given: Answers;
  onAnswers: (answers: Answers) => void;
  ref: Ref<PartHandle>;
}

export function PartForm({ part, wanted, onWanted, names, given, onAnswers, ref }: PartFormProps) {
  const { name, is_required, offered, fault } = part;
  const id = useId();
  const title = (
    <Typography id={id} variant="h3" component="h3" sx={{ overflowWrap: 'anywhere' }}>
      {name}
    </Typography>
  );
  return (
    <Paper component="section" variant="outlined" aria-labelledby={id} sx={{ minWidth: 0, ...(!wanted && { bgcolor: 'transparent' }) }}>
      <Stack direction="row" sx={{ px: 2, py: 1.25, gap: 1.5, alignItems: 'center', justifyContent: 'space-between' }}>
        <Box sx={{ minWidth: 0 }}>
          {is_required ? (
            title
          ) : (
            <FormControlLabel
              sx={{ m: 0, ml: -1 }}
              label={title}
              disabled={offered == null}
              control={<Checkbox size="small" checked={wanted && offered != null} onChange={(event) => onWanted(event.target.checked)} />}
            />
          )}
          {offered != null && offered.summary !== '' && (
            <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
              {offered.summary}
            </Typography>
          )}
        </Box>
        {offered != null && (
          <Typography variant="body2" sx={{ fontWeight: 600, fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap', ...(!wanted && { color: 'text.secondary', fontWeight: 400 }) }}>
            <Price of={offered.price} />
          </Typography>
        )}
      </Stack>
      {offered == null && (
        <Box sx={{ px: 2, pb: 2 }}>
          <Alert severity="warning">{sentence(fault ?? 'It cannot be asked for now.')}</Alert>
        </Box>
      )}
      {offered != null && (
        <Collapse in={wanted}>
          <Box sx={{ px: 2, py: 2, borderTop: 1, borderColor: 'divider' }}>
            <Fields key={offered.number} ref={ref} part={part} version={offered} names={names} given={given} onAnswers={onAnswers} />
          </Box>
        </Collapse>
      )}
    </Paper>
  );
}

interface FieldsProps extends Omit<PartFormProps, 'wanted' | 'onWanted'> {
  version: ItemVersion;
}

function Fields({ part, version, names, given, onAnswers, ref }: FieldsProps) {
  const me = useMe();
  const answering = useAnswers(
    version.form,
    { requester: me.id, today: today(), item: { id: part.item_id, version: version.number } },
    new Map([...names.people, [me.id, me.name]]),
    given,
  );
  const { answers, check, take, toSend } = answering;
  useEffect(() => onAnswers(answers), [onAnswers, answers]);
  useImperativeHandle(ref, () => ({ check, take, toSend }));
  return (
    <Stack sx={{ gap: 2, maxWidth: 760 }}>
      {version.description !== '' && (
        <Typography variant="body2" color="textSecondary" sx={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
          {version.description}
        </Typography>
      )}
      <FormFields answering={answering} names={names} fixed={part.fixed} />
      <Next version={version} names={names} />
    </Stack>
  );
}

function Next({ version, names }: { version: ItemVersion; names: Names }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <Box>
      <Button
        color="inherit"
        size="small"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        startIcon={<ChevronRight size={15} aria-hidden style={{ transform: open ? 'rotate(90deg)' : 'none' }} />}
        sx={{ ml: -0.75 }}
      >
        What happens next
      </Button>
      <Collapse in={open} id={id} unmountOnExit>
        <Box sx={{ pt: 1 }}>
          <NextSteps content={version} names={names} />
        </Box>
      </Collapse>
    </Box>
  );
}
