/** Whose tickets become that are selected: what is not named stays as it is. */
import type { NamedUser, TicketChange } from '@itechsmart/api';

export const KEPT = 'kept';
export const NOBODY = 'nobody';
export const SOMEBODY = 'somebody';

export interface Reassignment {
  /** A group's id, `KEPT`, or empty for none. */
  group_id: string;
  person: typeof KEPT | typeof NOBODY | typeof SOMEBODY;
  /** Who it is, where it is somebody. */
  assignee_id: NamedUser | null;
}

export const asItIs: Reassignment = { group_id: KEPT, person: KEPT, assignee_id: null };

/** Undefined where nothing would change, or it is not said yet who gets them. */
export function reassigned({ group_id, person, assignee_id }: Reassignment): TicketChange | undefined {
  if (person === SOMEBODY && assignee_id === null) return undefined;
  if (group_id === KEPT && person === KEPT) return undefined;
  return {
    ...(group_id !== KEPT && { group_id: group_id === '' ? null : group_id }),
    ...(person === NOBODY && { assignee_id: null }),
    ...(person === SOMEBODY && assignee_id !== null && { assignee_id: assignee_id.id }),
  };
}
