import type { CannedAnswer, CannedAnswerInput } from '@itechsmart/api';
import { Box, Chip, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { useRef } from 'react';
import { useGroups } from '#shared/api/useGroups';
import { GONE_GROUP } from '#shared/catalog/words';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';
import { Markdown } from '#shared/ui/Markdown';

const placeholders: readonly [mark: string, example: string][] = [
  ['{{requester.name}}', 'Ada Example'],
  ['{{ticket.number}}', '42'],
  ['{{ticket.title}}', 'The printer jams'],
  ['{{agent.name}}', 'Noor Example'],
];

const filled = (text: string) => placeholders.reduce((all, [mark, example]) => all.replaceAll(mark, example), text);

interface CannedAnswerDialogProps {
  title: string;
  submit: string;
  answer?: CannedAnswer;
  save: (input: CannedAnswerInput) => Promise<unknown>;
  onClose: () => void;
}

export function CannedAnswerDialog({ title, submit, answer, save, onClose }: CannedAnswerDialogProps) {
  const form = useForm({ name: answer?.name ?? '', text: answer?.text ?? '', group_id: answer?.group?.id ?? '' });
  const groups = useGroups().data ?? [];
  const field = useRef<HTMLTextAreaElement>(null);
  const { name, text, group_id } = form.values;
  const isThere = group_id === '' || groups.some(({ id }) => id === group_id);
  const insert = (mark: string) => {
    const at = field.current;
    const [from, to] = [at?.selectionStart ?? text.length, at?.selectionEnd ?? text.length];
    form.set('text', `${text.slice(0, from)}${mark}${text.slice(to)}`);
    at?.focus();
  };
  const send = () => form.submit((values) => save({ name: values.name, text: values.text, group_id: values.group_id === '' ? null : values.group_id })).then((done) => done && onClose());
  return (
    <FormDialog open wide title={title} submit={submit} busy={form.busy} problem={form.problem} disabled={name.trim() === '' || text.trim() === ''} onClose={onClose} onSubmit={() => void send()}>
      <Stack sx={{ gap: 2, flexDirection: { sm: 'row' } }}>
        <TextField autoFocus required fullWidth label="Name" autoComplete="off" {...form.text('name', 'Agents find it by this.')} slotProps={{ htmlInput: { maxLength: 100 } }} />
        <TextField select fullWidth label="For" value={group_id} onChange={(event) => form.set('group_id', event.target.value)} error={form.error('group_id') !== undefined} helperText={form.error('group_id')} slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}>
          <MenuItem value="">All agents</MenuItem>
          {!isThere && <MenuItem value={group_id}>{answer?.group?.name ?? GONE_GROUP}</MenuItem>}
          {groups.map((group) => (
            <MenuItem key={group.id} value={group.id}>
              {group.name}
            </MenuItem>
          ))}
        </TextField>
      </Stack>
      <TextField required label="Text" multiline minRows={5} maxRows={14} inputRef={field} {...form.text('text', 'Markdown works here.')} slotProps={{ htmlInput: { maxLength: 20_000 } }} />
      <Stack direction="row" role="group" aria-label="Places that are filled in" sx={{ gap: 0.75, flexWrap: 'wrap', alignItems: 'center' }}>
        <Typography variant="caption" color="textSecondary">
          Filled in for the ticket:
        </Typography>
        {placeholders.map(([mark]) => (
          <Chip key={mark} label={mark} variant="outlined" onClick={() => insert(mark)} />
        ))}
      </Stack>
      {text.trim() !== '' && (
        <Box sx={{ borderLeft: 3, borderColor: 'divider', pl: 1.5, minHeight: 40 }}>
          <Typography variant="caption" color="textSecondary">
            As somebody reads it, for example
          </Typography>
          <Markdown>{filled(text)}</Markdown>
        </Box>
      )}
    </FormDialog>
  );
}
