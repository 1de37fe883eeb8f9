/** What happens once somebody asks for an item: who decides, in which order, and what is done then. */
import type { ApprovalStage, ItemContent, PlannedTask } from '@itechsmart/api';
import { Box, Stack, Typography } from '@mui/material';
import { CheckCheck, ListTodo, Send, UserRoundCheck, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { useCurrency } from '#shared/api/useCurrency';
import { duration } from '#shared/format/time';
import { certain } from './certain';
import { approver, capital, conditionWords, listed, type Names } from './words';

interface NextStepsProps {
  content: Pick<ItemContent, 'approval' | 'tasks' | 'form' | 'price'>;
  names: Names;
}

export function NextSteps({ content, names }: NextStepsProps) {
  const stages = content.approval.stages.filter(
    ({ condition }) => condition == null || certain(condition, content.price) !== false,
  );
  const { tasks } = content.tasks;
  return (
    <Box component="ol" aria-label="What happens next" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      <Step icon={Send} title="You send the request" />
      {stages.length === 0 && <Step icon={CheckCheck} title="It is approved at once" about="Nobody has to decide." />}
      {stages.map((stage, at) => (
        <Step key={at} icon={UserRoundCheck} title={stage.name || `Stage ${at + 1}`} about={<StageWords stage={stage} content={content} names={names} />} />
      ))}
      {tasks.length > 0 && <Step icon={ListTodo} title="Then it is done" about={<Tasks tasks={tasks} names={names} />} />}
    </Box>
  );
}

interface StageWordsProps extends NextStepsProps {
  stage: ApprovalStage;
}

function StageWords({ stage, content, names }: StageWordsProps) {
  const currency = useCurrency();
  const who = stage.approvers.map((one) => approver(one, names));
  const { rule, condition, deadline } = stage;
  const several = who.length > 1 || stage.approvers.some((one) => typeof one === 'object' && 'group' in one);
  const text = rule === 'any' ? `${listed(who, 'or')} decides` : rule === 'all' ? `${several ? 'all of ' : ''}${listed(who, 'and')} ${several ? 'decide' : 'decides'}` : `${rule.quorum} of ${listed(who, 'and')} have to approve`;
  const open = condition != null && certain(condition, content.price) === undefined ? condition : undefined;
  return (
    <>
      {who.length === 0 ? 'Nobody is named yet.' : `${capital(text)}${deadline == null ? '' : `, within ${duration(deadline.within_minutes)}`}.`}
      {open !== undefined && <Box component="span" sx={{ display: 'block' }}>Only if {conditionWords(open, content.form.fields, { ...names, currency })}.</Box>}
    </>
  );
}

function Tasks({ tasks, names }: { tasks: readonly PlannedTask[]; names: Names }) {
  return (
    <Box component="ul" sx={{ m: 0, pl: 2 }}>
      {tasks.map(({ key, name, work }) => (
        <li key={key}>
          {name}
          {'people' in work ? ` (${names.groups.get(work.people.group_id) ?? 'a group that is gone'})` : ' (automatic)'}
        </li>
      ))}
    </Box>
  );
}

function Step({ icon: Icon, title, about }: { icon: LucideIcon; title: string; about?: ReactNode }) {
  return (
    <Stack
      component="li"
      direction="row"
      sx={{
        gap: 1.5,
        position: 'relative',
        pb: 1.75,
        '&:last-of-type': { pb: 0 },
        '&:not(:last-of-type)::before': { content: '""', position: 'absolute', left: 12, top: 26, bottom: -2, borderLeft: 1, borderColor: 'divider' },
      }}
    >
      <Box sx={{ width: 25, height: 25, flexShrink: 0, display: 'grid', placeItems: 'center', borderRadius: '50%', border: 1, borderColor: 'divider', bgcolor: 'background.default', color: 'primary.main' }}>
        <Icon size={13} aria-hidden />
      </Box>
      <Box sx={{ minWidth: 0, pt: 0.25 }}>
        <Typography variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          {title}
        </Typography>
        {about !== undefined && (
          <Typography variant="body2" color="textSecondary" component="div" sx={{ overflowWrap: 'anywhere' }}>
            {about}
          </Typography>
        )}
      </Box>
    </Stack>
  );
}
