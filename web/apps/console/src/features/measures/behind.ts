/** Which tickets are behind what is measured of them. */
import type { Measured, TicketMeasures } from '@itechsmart/api';

/** As the queue is narrowed: to what a ticket is measured as, or to those with a broken promise. */
export type Behind = Measured | 'breached';

const some = (count: number, behind: Behind): Behind | undefined => (count > 0 ? behind : undefined);

export const behindResponse = ({ replied }: TicketMeasures) => some(replied, 'replied');
export const behindResolution = ({ resolved }: TicketMeasures) => some(resolved, 'resolved');

/** Those that broke a promise. Where none is broken, the first reply is in time wherever anything is decided. */
export function behindCompliance({ response_breached, resolution_breached, response_kept }: TicketMeasures): Behind | undefined {
  return some(response_breached + resolution_breached, 'breached') ?? some(response_kept, 'response_kept');
}

/** Those that were not satisfied, if there are any. */
export function behindSatisfaction({ satisfaction }: TicketMeasures): Behind | undefined {
  if (satisfaction == null) return undefined;
  return satisfaction < 1 ? 'dissatisfied' : 'satisfied';
}
