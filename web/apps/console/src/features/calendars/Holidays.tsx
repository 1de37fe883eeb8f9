/** When a calendar is closed, whatever its hours say: added one by one, or from an iCalendar file. */
import { toProblem, type Calendar, type CalendarImport, type Holiday } from '@itechsmart/api';
import { Box, Button, IconButton, MenuItem, Stack, TextField, Tooltip, Typography } from '@mui/material';
import { CalendarOff, FileUp, Plus, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { count } from '#shared/format/text';
import { useForm } from '#shared/forms/useForm';
import { Confirm, FormDialog } from '#shared/ui/dialogs';
import { Section } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { holidayWords, inOrder, isIn, isSameHoliday, years } from './holidays';
import { useCalendarChanges } from './useCalendars';

const FILE_BYTES_MAX = 1_048_576;

interface HolidaysProps {
  calendar: Calendar;
  etag: string | undefined;
  writes: boolean;
}

export function Holidays({ calendar, etag, writes }: HolidaysProps) {
  const { close, bring, revise } = useCalendarChanges(calendar.id, etag);
  const [dialog, setDialog] = useState<'add' | 'import'>();
  const all = calendar.content.holidays ?? [];
  const found = years(all);
  const thisYear = String(new Date().getFullYear());
  const [year, setYear] = useState(thisYear);
  const shownYear = found.includes(year) || found.length === 0 ? year : (found.find((one) => one >= thisYear) ?? found.at(-1) ?? year);
  const shown = inOrder(all).filter((holiday) => isIn(holiday, shownYear));
  const toast = useToast();
  const remove = (gone: Holiday) => {
    const { zone, hours } = calendar.content;
    return revise.mutateAsync({ content: { zone, hours, holidays: all.filter((one) => !isSameHoliday(one, gone)) } });
  };
  return (
    <Section
      flush
      title="Holidays"
      about={all.length === 0 ? undefined : `${count(all.length, 'holiday')} in all.`}
      actions={
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', alignItems: 'center' }}>
          {found.length > 1 && (
            <TextField select label="Year" value={shownYear} onChange={(event) => setYear(event.target.value)} sx={{ width: 110 }}>
              {found.map((one) => (
                <MenuItem key={one} value={one}>
                  {one}
                </MenuItem>
              ))}
            </TextField>
          )}
          {writes && (
            <>
              <Button variant="outlined" color="inherit" startIcon={<FileUp size={15} aria-hidden />} onClick={() => setDialog('import')}>
                Import a file
              </Button>
              <Button variant="outlined" startIcon={<Plus size={15} aria-hidden />} onClick={() => setDialog('add')}>
                Add a holiday
              </Button>
            </>
          )}
        </Stack>
      }
    >
      {all.length === 0 ? (
        <Empty icon={CalendarOff} title="No holidays">
          {writes && 'Add them one by one, or import the iCalendar file (.ics) of your country or region.'}
        </Empty>
      ) : (
        <Box component="ul" aria-label={`Holidays of ${shownYear}`} sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {shown.map((holiday) => (
            <Box component="li" key={`${holiday.from} ${holiday.to} ${holiday.name}`} sx={{ display: 'flex', gap: 1.5, alignItems: 'center', px: 2, py: 0.75, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
              <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
                <Typography variant="body2">{holiday.name}</Typography>
                <Typography variant="caption" color="textSecondary">
                  {holidayWords(holiday)}
                </Typography>
              </Box>
              {writes && (
                <Confirm
                  title={`Remove “${holiday.name}”?`}
                  submit="Remove"
                  danger
                  act={() => remove(holiday)}
                  trigger={(open) => (
                    <Tooltip title="Remove">
                      <IconButton size="small" aria-label={`Remove ${holiday.name}`} onClick={open}>
                        <Trash2 size={16} aria-hidden />
                      </IconButton>
                    </Tooltip>
                  )}
                >
                  From now on that time counts as its hours say. What was counted before stays.
                </Confirm>
              )}
            </Box>
          ))}
        </Box>
      )}
      {dialog === 'add' && (
        <AddHoliday
          save={async (holiday) => {
            await close.mutateAsync([holiday]);
            setYear(holiday.from.slice(0, 4));
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'import' && (
        <Import
          save={async (file) => {
            const before = all.length;
            const { content } = await bring.mutateAsync(file);
            toast(`${count((content.holidays ?? []).length - before, 'holiday')} added.`);
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
    </Section>
  );
}

function AddHoliday({ save, onClose }: { save: (holiday: Holiday) => Promise<unknown>; onClose: () => void }) {
  const form = useForm({ name: '', from: '', to: '' });
  const { name, from, to } = form.values;
  return (
    <FormDialog
      open
      title="Add a holiday"
      submit="Add"
      busy={form.busy}
      problem={form.problem}
      disabled={name.trim() === '' || from === ''}
      onClose={onClose}
      onSubmit={() => void form.submit((values) => save({ ...values, to: values.to === '' ? values.from : values.to })).then((done) => done && onClose())}
    >
      <TextField autoFocus label="Name" required {...form.text('name')} slotProps={{ htmlInput: { maxLength: 200 } }} />
      <Stack sx={{ gap: 2, flexDirection: { sm: 'row' } }}>
        <TextField type="date" label="First day" required {...form.text('from')} slotProps={{ inputLabel: { shrink: true } }} />
        <TextField type="date" label="Last day" {...form.text('to', 'Empty for a single day.')} slotProps={{ inputLabel: { shrink: true }, htmlInput: { min: from } }} />
      </Stack>
      <Typography variant="body2" color="textSecondary">
        {to !== '' && to < from ? 'It ends before it begins.' : 'A day in the past counts too: open tickets are counted anew.'}
      </Typography>
    </FormDialog>
  );
}

function Import({ save, onClose }: { save: (file: CalendarImport) => Promise<unknown>; onClose: () => void }) {
  const year = new Date().getFullYear();
  const form = useForm({ file: '', first: `${year}-01-01`, last: `${year + 1}-12-31` });
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string>();
  const id = useId();
  const read = async (file: File | undefined) => {
    if (file === undefined) return;
    setName(file.name);
    form.set('file', '');
    if (file.size > FILE_BYTES_MAX) {
      setWrong('This file is larger than a megabyte: is it a calendar?');
      return;
    }
    try {
      form.set('file', await file.text());
      setWrong(undefined);
    } catch (thrown) {
      setWrong(toProblem(thrown).detail);
    }
  };
  const error = wrong ?? form.error('file');
  return (
    <FormDialog open title="Import holidays" submit="Import" busy={form.busy} problem={form.problem} disabled={form.values.file === ''} onClose={onClose} onSubmit={() => void form.submit(save).then((done) => done && onClose())}>
      <Typography variant="body2" color="textSecondary">
        Every event of an iCalendar file (.ics) in these dates becomes a holiday. Those that are there already stay as they are.
      </Typography>
      <Box>
        <Button component="label" variant="outlined" htmlFor={id} startIcon={<FileUp size={15} aria-hidden />}>
          {name === '' ? 'Choose a file' : 'Choose another file'}
        </Button>
        <Box component="input" id={id} type="file" accept=".ics,text/calendar" aria-label="iCalendar file" onChange={(event: React.ChangeEvent<HTMLInputElement>) => void read(event.target.files?.[0])} sx={{ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }} />
        <Typography variant="body2" component="span" sx={{ ml: 1.5, overflowWrap: 'anywhere' }}>
          {name}
        </Typography>
        {error !== undefined && (
          <Typography variant="caption" color="error" component="p">
            {error}
          </Typography>
        )}
      </Box>
      <Stack sx={{ gap: 2, flexDirection: { sm: 'row' } }}>
        <TextField type="date" label="From" {...form.text('first')} slotProps={{ inputLabel: { shrink: true } }} />
        <TextField type="date" label="Until" {...form.text('last')} slotProps={{ inputLabel: { shrink: true } }} />
      </Stack>
    </FormDialog>
  );
}
