/** Whom an escalation calls. */
import type { TicketEscalation } from '@itechsmart/api';

/** Whether somebody may be on its ladder: by themselves, or in a group, whose members only the server knows. */
export function mayCall({ ladder }: Pick<TicketEscalation, 'ladder'>, user: string): boolean {
  return ladder.levels.some(({ responders }) => responders.some((one) => 'group' in one || one.user === user));
}
