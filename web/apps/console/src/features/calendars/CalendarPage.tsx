/** A business calendar: its hours, its holidays, and from when which version counts. */
import type { Calendar, CalendarVersion, Read } from '@itechsmart/api';
import { Alert, Box, Button, Stack, TextField, Typography } from '@mui/material';
import { useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { count } from '#shared/format/text';
import { fromLocalField, minute } from '#shared/format/time';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { useDraft } from '#shared/forms/useDraft';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { ActionRow } from '#shared/ui/ActionRow';
import { DetailDrawer } from '#shared/ui/DetailDrawer';
import { Confirm, FormDialog } from '#shared/ui/dialogs';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Failed, FormProblem, LoadingRows } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { Toggle } from '#shared/ui/Toggle';
import { Holidays } from './Holidays';
import { holidayWords, inOrder } from './holidays';
import { isRight, officeWeek, toHours, toWeek, type Week } from './hours';
import { HoursEditor, HoursShown, ZonePicker } from './HoursEditor';
import { current } from './zones';
import { useCalendar, useCalendarChanges, useCalendarVersion, useMakeCalendar } from './useCalendars';

const parent = { title: 'Calendars', to: '/service-catalog/calendars' };

export default function CalendarPage() {
  const { id } = useParams();
  return id === undefined ? <Make /> : <Existing key={id} id={id} />;
}

function Existing({ id }: { id: string }) {
  return (
    <ObjectPage title="Calendar" parent={parent} object={useCalendar(id)}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

function Make() {
  const make = useMakeCalendar();
  const navigate = useNavigate();
  const leaving = useRef(false);
  const zone = current(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const form = useForm<{ name: string; is_default: boolean; zone: string; week: Week }>({ name: '', is_default: true, zone, week: officeWeek() });
  const { name, week } = form.values;
  const send = async (values: typeof form.values) => {
    const calendar = await make.mutateAsync({ name: values.name, is_default: values.is_default, content: { zone: values.zone, hours: toHours(values.week) } });
    leaving.current = true;
    await navigate(`/service-catalog/calendars/${calendar.id}`);
  };
  return (
    <Page title="Create a calendar" parent={parent} about="In which hours time counts. Holidays are added once it is there.">
      <UnsavedGuard dirty={name !== ''} leaving={leaving} />
      <Section>
        <Stack
          component="form"
          noValidate
          aria-label="Calendar"
          onSubmit={(event) => {
            event.preventDefault();
            void form.submit(send);
          }}
          sx={{ gap: 2, maxWidth: 720 }}
        >
          <TextField label="Name" required {...form.text('name')} slotProps={{ htmlInput: { maxLength: 100 } }} sx={{ maxWidth: 360 }} />
          <ZonePicker zone={form.values.zone} onChange={(next) => form.set('zone', next)} error={form.error('zone')} />
          <HoursEditor week={week} onChange={(next) => form.set('week', next)} />
          <Toggle label="The default: what is opened from now on counts by it" on={form.values.is_default} onChange={(on) => form.set('is_default', on)} />
          <FormProblem problem={form.problem} />
          <Button type="submit" variant="contained" size="large" sx={{ alignSelf: 'start' }} loading={form.busy} disabled={name.trim() === '' || !isRight(week)}>
            Create the calendar
          </Button>
        </Stack>
      </Section>
    </Page>
  );
}

function Content({ read: { data: calendar, etag } }: { read: Read<Calendar> }) {
  const writes = useCan()('catalog.calendars.write');
  const { change } = useCalendarChanges(calendar.id, etag);
  const [renames, setRenames] = useState(false);
  const toast = useToast();
  return (
    <Page
      title={calendar.name}
      parent={parent}
      about={calendar.is_default ? <State tone="success">Default: what is opened counts by it</State> : <State tone="neutral">Not the default</State>}
      actions={
        writes && (
          <Button variant="outlined" color="inherit" onClick={() => setRenames(true)}>
            Rename
          </Button>
        )
      }
    >
      <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 380px' } }}>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          <Hours calendar={calendar} etag={etag} writes={writes} />
          <Holidays calendar={calendar} etag={etag} writes={writes} />
        </Stack>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          {writes && (
            <Section title="Use">
              <ActionRow
                title={calendar.is_default ? 'It is the default' : 'It is not the default'}
                about={calendar.is_default ? 'Tickets and deadlines that begin now count by it.' : 'Nothing new counts by it. What began with it goes on.'}
              >
                <Confirm
                  title={calendar.is_default ? 'Have no default?' : `Make “${calendar.name}” the default?`}
                  submit={calendar.is_default ? 'Have none' : 'Make it the default'}
                  danger={calendar.is_default}
                  act={async () => {
                    await change.mutateAsync({ is_default: !calendar.is_default });
                    toast(calendar.is_default ? 'There is no default any more.' : 'It is the default.');
                  }}
                  trigger={(open) => (
                    <Button variant="outlined" color={calendar.is_default ? 'inherit' : 'primary'} onClick={open}>
                      {calendar.is_default ? 'Have no default' : 'Make it the default'}
                    </Button>
                  )}
                >
                  {calendar.is_default ? 'What is opened then counts around the clock.' : 'What is opened from now on counts by it; what is open stays with its own.'}
                </Confirm>
              </ActionRow>
            </Section>
          )}
          <Versions calendar={calendar} />
        </Stack>
      </Box>
      {renames && <Rename name={calendar.name} save={(name) => change.mutateAsync({ name })} onClose={() => setRenames(false)} />}
    </Page>
  );
}

function Rename({ name, save, onClose }: { name: string; save: (name: string) => Promise<unknown>; onClose: () => void }) {
  const form = useForm({ name });
  return (
    <FormDialog open title="Rename the calendar" submit="Rename" busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void form.submit((values) => save(values.name)).then((done) => done && onClose())}>
      <TextField autoFocus label="Name" {...form.text('name')} slotProps={{ htmlInput: { maxLength: 100 } }} />
    </FormDialog>
  );
}

const keptHours = ({ content }: Calendar) => ({ zone: content.zone, week: toWeek(content.hours) });

function Hours({ calendar, etag, writes }: { calendar: Calendar; etag: string | undefined; writes: boolean }) {
  const { revise } = useCalendarChanges(calendar.id, etag);
  const { draft, set, dirty, outdated, discard, settle } = useDraft(keptHours(calendar));
  const form = useForm({ effective_from: '' });
  const leaving = useRef(false);
  const toast = useToast();
  const { zone, week } = draft;
  const send = async () => {
    const from = fromLocalField(form.values.effective_from);
    const saved = await revise.mutateAsync({ ...(from !== undefined && { effective_from: from }), content: { zone, hours: toHours(week), holidays: calendar.content.holidays ?? [] } });
    settle(keptHours(saved));
    form.reset({ effective_from: '' });
    toast('It counts by the new hours. Open tickets are counted anew.');
  };
  if (!writes) {
    return (
      <Section title="Hours" about={zone}>
        <HoursShown week={week} />
      </Section>
    );
  }
  return (
    <Section title="Hours" about="In force now.">
      <UnsavedGuard dirty={dirty} leaving={leaving} />
      <Stack sx={{ gap: 2 }}>
        <ZonePicker zone={zone} onChange={(next) => set({ ...draft, zone: next })} />
        <HoursEditor week={week} onChange={(next) => set({ ...draft, week: next })} />
        {dirty && (
          <Stack sx={{ gap: 1.5, p: 1.5, border: 1, borderColor: 'divider', borderRadius: 1 }}>
            <TextField
              type="datetime-local"
              label="Counts from"
              {...form.text('effective_from', 'Empty: from now. In the past, what came after is counted anew.')}
              slotProps={{ inputLabel: { shrink: true } }}
              sx={{ maxWidth: 360 }}
            />
            {outdated && <Alert severity="warning">Somebody else changed the hours meanwhile. What you typed is still here: saved now, it comes after theirs.</Alert>}
            <FormProblem problem={form.problem} />
            <Stack direction="row" sx={{ gap: 1 }}>
              <Button variant="contained" loading={form.busy} disabled={!isRight(week)} onClick={() => void form.submit(send)}>
                Save as a new version
              </Button>
              <Button color="inherit" onClick={discard}>
                Discard
              </Button>
            </Stack>
          </Stack>
        )}
      </Stack>
    </Section>
  );
}

function Versions({ calendar }: { calendar: Calendar }) {
  const [shown, setShown] = useState<CalendarVersion>();
  const latest = [...calendar.versions].reverse();
  return (
    <Section title="Versions" about="What was counted by one stays explainable.">
      <Box component="ul" aria-label="Versions" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {latest.map((version) => (
          <Box component="li" key={version.number} sx={{ display: 'flex', gap: 1, alignItems: 'center', justifyContent: 'space-between', py: 0.75, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
            <Box sx={{ minWidth: 0 }}>
              <Typography variant="body2">
                Version {version.number}, {count(version.holidays, 'holiday')}
              </Typography>
              <Typography variant="caption" color="textSecondary" component="p">
                {version.number === 1 ? 'From the beginning' : `From ${minute(version.effective_from)}`}
              </Typography>
            </Box>
            <Button size="small" aria-label={`Show version ${version.number}`} onClick={() => setShown(version)}>
              Show
            </Button>
          </Box>
        ))}
      </Box>
      <DetailDrawer title={`Version ${shown?.number ?? ''}`} open={shown !== undefined} onClose={() => setShown(undefined)}>
        {shown !== undefined && <VersionShown id={calendar.id} version={shown} />}
      </DetailDrawer>
    </Section>
  );
}

function VersionShown({ id, version }: { id: string; version: CalendarVersion }) {
  const { data, error, refetch } = useCalendarVersion(id, version.number);
  if (data === undefined) return error === null ? <LoadingRows rows={4} /> : <Failed problem={error} retry={() => void refetch()} />;
  const { zone, hours, holidays } = data.data;
  return (
    <Stack sx={{ gap: 2 }}>
      <Facts columns={2}>
        <Fact name="Time zone">{zone}</Fact>
        <Fact name="Made">{minute(version.made_at)}</Fact>
      </Facts>
      <HoursShown week={toWeek(hours)} />
      {(holidays ?? []).length === 0 ? (
        <Alert severity="info">It has no holidays.</Alert>
      ) : (
        <Box component="ul" aria-label="Holidays of this version" sx={{ m: 0, pl: 2.5, typography: 'body2' }}>
          {inOrder(holidays).map((holiday) => (
            <li key={`${holiday.from} ${holiday.name}`}>
              {holiday.name}, {holidayWords(holiday)}
            </li>
          ))}
        </Box>
      )}
    </Stack>
  );
}
