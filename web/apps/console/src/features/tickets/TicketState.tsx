import { ownState, ticketState } from '#shared/catalog/tickets';
import { State } from '#shared/ui/State';

export function TicketState({ state, own = false }: { state: string; own?: boolean }) {
  const { tone, word } = own ? ownState(state) : ticketState(state);
  return <State tone={tone}>{word}</State>;
}

export { PriorityMark as Priority } from '#shared/catalog/PriorityMark';
