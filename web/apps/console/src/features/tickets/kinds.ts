/** What somebody who opens a ticket may say it is, in their words. */
import type { Impact, TicketKind, Urgency } from '@itechsmart/api';
import { impacts, urgencies } from '#shared/catalog/tickets';
import type { Option } from '#shared/ui/OptionGroup';

export const plainKinds: readonly Option<TicketKind>[] = [
  { value: 'incident', title: 'Something does not work', about: 'It worked before, or it should.' },
  { value: 'question', title: 'I have a question', about: 'You want to know something.' },
  { value: 'service_request', title: 'I need something', about: 'And it is not in the catalog.' },
];

const levels = ['low', 'medium', 'high'] as const;

export const plainImpacts: readonly Option<Impact>[] = levels.map((value) => ({ value, title: impacts[value].plain }));
export const plainUrgencies: readonly Option<Urgency>[] = levels.map((value) => ({ value, title: urgencies[value].plain }));
