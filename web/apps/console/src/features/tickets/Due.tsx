/** When the next promise is due, and whether that is a worry. */
import type { TicketSummary } from '@itechsmart/api';
import { isDone } from '#shared/catalog/tickets';
import { relative } from '#shared/format/time';
import { DueMark } from '#shared/ui/DueMark';
import { None } from '#shared/ui/None';
import { useNow } from '#shared/ui/Time';

type DueTicket = Pick<TicketSummary, 'due_at' | 'is_breached' | 'is_at_risk' | 'state'>;

export function Due({ ticket: { due_at, is_breached, is_at_risk, state } }: { ticket: DueTicket }) {
  const now = useNow();
  const when = due_at == null ? undefined : relative(due_at, now);
  if (is_breached) return <DueMark tone="error" word={when === undefined ? 'Breached' : `Breached, due ${when}`} at={due_at} />;
  if (when === undefined) return <None word={isDone(state) ? 'Done' : state.startsWith('pending') ? 'Waiting' : '–'} />;
  return is_at_risk ? <DueMark tone="warning" word={`At risk, due ${when}`} at={due_at} /> : <DueMark word={when} at={due_at} />;
}
