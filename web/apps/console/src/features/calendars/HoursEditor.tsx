/** The hours of a week: for each day its stretches, in the time zone of the calendar. */
import { Autocomplete, Box, Button, IconButton, Stack, TextField, Tooltip, Typography } from '@mui/material';
import { Copy, Plus, X } from 'lucide-react';
import type { Weekday } from '@itechsmart/api';
import { capital } from '#shared/catalog/words';
import { count } from '#shared/format/text';
import { None } from '#shared/ui/None';
import { endsNextDay, fault, nextStretch, weekdays, weekMinutes, type Stretch, type Week } from './hours';
import { zones } from './zones';


interface ZonePickerProps {
  zone: string;
  onChange: (zone: string) => void;
  error?: string | undefined;
}

export function ZonePicker({ zone, onChange, error }: ZonePickerProps) {
  const options = zones.includes(zone) ? zones : [zone, ...zones];
  return (
    <Autocomplete
      size="small"
      disableClearable
      options={[...options]}
      value={zone}
      onChange={(_, next) => onChange(next)}
      sx={{ maxWidth: 360 }}
      renderInput={(props) => <TextField {...props} label="Time zone" error={error !== undefined} helperText={error ?? `There it is ${nowIn(zone)} now.`} />}
    />
  );
}

function nowIn(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long', hour: '2-digit', minute: '2-digit' }).format(new Date());
  } catch {
    return 'a time that this browser does not know';
  }
}

interface HoursEditorProps {
  week: Week;
  onChange: (week: Week) => void;
}

export function HoursEditor({ week, onChange }: HoursEditorProps) {
  const set = (day: Weekday, stretches: Stretch[]) => onChange({ ...week, [day]: stretches });
  const toWorkdays = (stretches: readonly Stretch[]) => onChange({ ...week, ...Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, stretches.map((one) => ({ ...one }))])) });
  const minutes = weekMinutes(week);
  return (
    <Box>
      {weekdays.map((day) => (
        <Day key={day} day={day} stretches={week[day]} onChange={(stretches) => set(day, stretches)} onCopy={day === 'monday' ? () => toWorkdays(week.monday) : undefined} />
      ))}
      <Typography variant="body2" color="textSecondary" sx={{ mt: 1.5 }}>
        {minutes === 0 ? 'Never open: a calendar has at least one hour somewhere.' : `Open ${weekWords(minutes)} a week.`}
      </Typography>
    </Box>
  );
}

/** Hours, and no days of 24: "40 hours", "38 hours 30 minutes". */
function weekWords(minutes: number): string {
  const parts = [Math.floor(minutes / 60) > 0 && count(Math.floor(minutes / 60), 'hour'), minutes % 60 > 0 && count(minutes % 60, 'minute')];
  return parts.filter(Boolean).join(' ');
}

interface DayProps {
  day: Weekday;
  stretches: readonly Stretch[];
  onChange: (stretches: Stretch[]) => void;
  onCopy: (() => void) | undefined;
}

function Day({ day, stretches, onChange, onCopy }: DayProps) {
  const name = capital(day);
  const wrong = fault(stretches);
  const change = (at: number, part: Partial<Stretch>) => onChange(stretches.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <Box role="group" aria-label={name} sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: '110px 1fr' }, gap: 1, py: 1, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Typography variant="body2" sx={{ fontWeight: 600, pt: { sm: 1 } }}>
        {name}
      </Typography>
      <Stack sx={{ gap: 1 }}>
        {stretches.map((stretch, at) => (
          <Box key={at}>
            <Stack direction="row" sx={{ gap: { xs: 0.75, sm: 1 }, alignItems: 'center' }}>
              <Clock label={`${name}, from`} value={stretch.from} wrong={wrong !== undefined} onChange={(from) => change(at, { from })} />
              <Typography variant="body2" color="textSecondary">
                to
              </Typography>
              <Clock label={`${name}, until`} value={stretch.to} wrong={wrong !== undefined} onChange={(to) => change(at, { to })} />
              <Tooltip title="Remove these hours">
                <IconButton size="small" aria-label={`Remove ${name}, ${stretch.from} to ${stretch.to}`} onClick={() => onChange(stretches.filter((_, index) => index !== at))}>
                  <X size={16} aria-hidden />
                </IconButton>
              </Tooltip>
            </Stack>
            {endsNextDay(stretch) && (
              <Typography variant="caption" color="textSecondary" component="p">
                Until {stretch.to} of the next day
              </Typography>
            )}
          </Box>
        ))}
        {wrong !== undefined && (
          <Typography variant="caption" color="error">
            {wrong}
          </Typography>
        )}
        <Stack direction="row" sx={{ gap: 0.5, alignItems: 'center', minHeight: 34, flexWrap: 'wrap' }}>
          {stretches.length === 0 && <None word="Closed" />}
          <Button size="small" startIcon={<Plus size={14} aria-hidden />} aria-label={`Add hours on ${name}`} onClick={() => onChange([...stretches, nextStretch(stretches)])}>
            Add hours
          </Button>
          {onCopy !== undefined && stretches.length > 0 && wrong === undefined && (
            <Button size="small" color="inherit" startIcon={<Copy size={14} aria-hidden />} onClick={onCopy}>
              Also Tuesday to Friday
            </Button>
          )}
        </Stack>
      </Stack>
    </Box>
  );
}

function Clock({ label, value, wrong, onChange }: { label: string; value: string; wrong: boolean; onChange: (value: string) => void }) {
  return <TextField type="time" value={value} error={wrong} onChange={(event) => onChange(event.target.value)} slotProps={{ htmlInput: { 'aria-label': label, step: 60 } }} sx={{ width: { sm: 140 }, flex: { xs: 1, sm: 'none' }, minWidth: 0, '& input': { px: { xs: 1, sm: 1.75 } } }} />;
}

/** The same, to look at. */
export function HoursShown({ week }: { week: Week }) {
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 3, rowGap: 0.5, typography: 'body2' }}>
      {weekdays.map((day) => (
        <Box key={day} sx={{ display: 'contents' }}>
          <Box component="dt" sx={{ color: 'text.secondary' }}>
            {capital(day)}
          </Box>
          <Box component="dd" sx={{ m: 0 }}>
            {week[day].length === 0 ? <None word="Closed" /> : week[day].map(({ from, to }) => `${from} – ${to === '00:00' ? '24:00' : to}`).join(', ')}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
