/** Steps of the approval editor. */
import type { ApprovalDeadline, ApprovalRule, ApprovalStage, Approver, ItemContent } from '@itechsmart/api';
import { moved } from '#shared/ui/moved';
import { at, unique, without } from '../content';

const DAY_MINUTES = 1_440;

const withStages = (content: ItemContent, stages: ApprovalStage[]): ItemContent => ({ ...content, approval: { stages } });

export function addStage(content: ItemContent): ItemContent {
  const { stages } = content.approval;
  const name = unique(stages.length === 0 ? 'Manager' : `Stage ${stages.length + 1}`, new Set(stages.map((stage) => stage.name)), ' ');
  const approvers: Approver[] = stages.length === 0 ? ['manager'] : [];
  return withStages(content, [...stages, { name, rule: 'any', approvers, escalate_to: [] }]);
}

export function changeStage(content: ItemContent, place: number, change: Partial<ApprovalStage>): ItemContent {
  return withStages(content, at(content.approval.stages, place, (stage) => ({ ...stage, ...change })));
}

export function moveStage(content: ItemContent, from: number, to: number): ItemContent {
  return withStages(content, moved(content.approval.stages, from, to));
}

export function removeStage(content: ItemContent, place: number): ItemContent {
  return withStages(content, without(content.approval.stages, place));
}

export type RuleName = 'any' | 'all' | 'quorum';

export const ruleName = (rule: ApprovalRule): RuleName => (typeof rule === 'string' ? rule : 'quorum');

export function ruleOf(name: RuleName, quorum: number): ApprovalRule {
  return name === 'quorum' ? { quorum: Math.max(1, quorum) } : name;
}

/** Of people by id, groups by id, and the two who depend on the request. */
export interface Sorted {
  manager: boolean;
  owner: boolean;
  people: string[];
  groups: string[];
}

export function sorted(approvers: readonly Approver[]): Sorted {
  return {
    manager: approvers.includes('manager'),
    owner: approvers.includes('cost_centre_owner'),
    people: approvers.flatMap((one) => (typeof one === 'object' && 'user' in one ? [one.user] : [])),
    groups: approvers.flatMap((one) => (typeof one === 'object' && 'group' in one ? [one.group] : [])),
  };
}

export function joined({ manager, owner, people, groups }: Sorted): Approver[] {
  return [
    ...(manager ? (['manager'] as const) : []),
    ...(owner ? (['cost_centre_owner'] as const) : []),
    ...people.map((user) => ({ user })),
    ...groups.map((group) => ({ group })),
  ];
}

export const firstDeadline = (): ApprovalDeadline => ({ within_minutes: 3 * DAY_MINUTES, remind_after_minutes: [DAY_MINUTES, 2 * DAY_MINUTES] });

/** One more reminder, half way between the last one and the deadline. */
export function remind({ within_minutes, remind_after_minutes = [] }: ApprovalDeadline): ApprovalDeadline {
  const last = Math.max(0, ...remind_after_minutes);
  const next = Math.floor((last + within_minutes) / 2);
  const fits = next > last && next < within_minutes;
  return { within_minutes, remind_after_minutes: fits ? [...remind_after_minutes, next] : remind_after_minutes };
}

/** What nobody meant: a stage that could only fail. */
export function warnings(stage: ApprovalStage, content: Pick<ItemContent, 'cost_centre_id'>): string[] {
  const found: string[] = [];
  const { approvers, rule } = stage;
  const fallback = stage.escalate_to ?? [];
  const fixed = approvers.every((one) => typeof one === 'string' || 'user' in one);
  if (approvers.includes('cost_centre_owner') && content.cost_centre_id == null) {
    found.push('This item is charged to no cost centre, so there is no owner to ask. Choose one in the details.');
  }
  if (typeof rule === 'object' && fixed && approvers.length > 0 && rule.quorum > approvers.length) {
    found.push(`${rule.quorum} have to approve, but only ${approvers.length} can be asked.`);
  }
  if (approvers.includes('manager') && approvers.length === 1 && fallback.length === 0) {
    found.push('A request of somebody without a manager ends here, unless you say to whom it passes on.');
  }
  const late = stage.deadline?.remind_after_minutes?.some((after) => after >= (stage.deadline?.within_minutes ?? 0));
  if (late === true) found.push('A reminder has to come before the deadline.');
  return found;
}
