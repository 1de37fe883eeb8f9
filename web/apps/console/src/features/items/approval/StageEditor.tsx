/** All that one stage is. */
import type { ApprovalDeadline, ApprovalStage } from '@itechsmart/api';
import { Box, Button, IconButton, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { Plus, X } from 'lucide-react';
import { at as changedAt, without } from '../content';
import { ConditionEditor } from '../conditions/ConditionEditor';
import { DurationField } from '#shared/forms/DurationField';
import type { Editing } from '../editing';
import { NumberField } from '#shared/forms/NumberField';
import { ApproversEditor } from './ApproversEditor';
import { changeStage, firstDeadline, remind, ruleName, ruleOf, type RuleName } from './stages';
import { Toggle } from '#shared/ui/Toggle';

const NAME_CHARS_MAX = 100;
const REMINDERS_MAX = 10;
const DEADLINE_MINUTES_MAX = 366 * 1_440;

const rules: Record<RuleName, string> = {
  any: 'One of them has to approve',
  all: 'All of them have to approve',
  quorum: 'So many of them have to approve',
};

interface StageEditorProps {
  editing: Editing;
  stage: ApprovalStage;
  at: number;
}

export function StageEditor({ editing, stage, at }: StageEditorProps) {
  const { content, change, names } = editing;
  const set = (part: Partial<ApprovalStage>) => change((current) => changeStage(current, at, part));
  const quorum = typeof stage.rule === 'object' ? stage.rule.quorum : 2;
  return (
    <>
      <TextField
        label="Stage name"
        autoComplete="off"
        value={stage.name}
        onChange={(event) => set({ name: event.target.value })}
        slotProps={{ htmlInput: { maxLength: NAME_CHARS_MAX } }}
      />
      <ApproversEditor title="Who is asked" editing={editing} approvers={stage.approvers} onChange={(approvers) => set({ approvers })} />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: ruleName(stage.rule) === 'quorum' ? '2fr 1fr' : '1fr' } }}>
        <TextField select label="How many" value={ruleName(stage.rule)} onChange={(event) => set({ rule: ruleOf(event.target.value as RuleName, quorum) })}>
          {Object.entries(rules).map(([name, words]) => (
            <MenuItem key={name} value={name}>
              {words}
            </MenuItem>
          ))}
        </TextField>
        {ruleName(stage.rule) === 'quorum' && <NumberField label="Approvals needed" value={quorum} min={1} max={50} onChange={(next) => set({ rule: ruleOf('quorum', next) })} />}
      </Box>
      <ConditionEditor
        title="Only needed if"
        always="Always needed"
        of="stage"
        condition={stage.condition ?? undefined}
        fields={content.form.fields}
        names={names}
        onChange={(condition) => set({ condition: condition ?? null })}
      />
      <Deadline deadline={stage.deadline ?? null} onChange={(deadline) => set({ deadline })} />
      <ApproversEditor
        title="Passes on to"
        help="At the deadline, or where there is nobody to ask."
        editing={editing}
        approvers={stage.escalate_to ?? []}
        onChange={(escalate_to) => set({ escalate_to })}
      />
    </>
  );
}

function Deadline({ deadline, onChange }: { deadline: ApprovalDeadline | null; onChange: (deadline: ApprovalDeadline | null) => void }) {
  const reminders = deadline?.remind_after_minutes ?? [];
  return (
    <Box role="group" aria-label="Deadline">
      <Toggle label="Has a deadline" on={deadline !== null} onChange={(on) => onChange(on ? firstDeadline() : null)} />
      {deadline !== null && (
        <Stack sx={{ gap: 1.5, mt: 1.5 }}>
          <DurationField label="To be decided within" minutes={deadline.within_minutes} max={DEADLINE_MINUTES_MAX} onChange={(within_minutes) => onChange({ ...deadline, within_minutes })} />
          {reminders.map((after, at) => (
            <Stack key={at} direction="row" sx={{ gap: 0.5, alignItems: 'center' }}>
              <DurationField
                label={`Reminder ${at + 1}: after`}
                minutes={after}
                max={DEADLINE_MINUTES_MAX}
                onChange={(minutes) => onChange({ ...deadline, remind_after_minutes: changedAt(reminders, at, () => minutes) })}
              />
              <IconButton size="small" aria-label={`Remove reminder ${at + 1}`} onClick={() => onChange({ ...deadline, remind_after_minutes: without(reminders, at) })}>
                <X size={16} aria-hidden />
              </IconButton>
            </Stack>
          ))}
          <div>
            <Button startIcon={<Plus size={15} aria-hidden />} disabled={reminders.length >= REMINDERS_MAX} onClick={() => onChange(remind(deadline))}>
              Add a reminder
            </Button>
          </div>
          <Typography variant="caption" color="textSecondary">
            Nothing is approved because nobody answered: at the deadline the stage passes on, or is shown as overdue.
          </Typography>
        </Stack>
      )}
    </Box>
  );
}
