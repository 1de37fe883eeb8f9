/** A ticket at the desk. Notices of escalations lead here, and who does not work here sees it as its requester does. */
import { Navigate, useParams } from 'react-router';
import { useCan } from '#shared/session/useMe';
import TicketPage from './TicketPage';

export default function DeskTicketPage() {
  const { id = '' } = useParams();
  if (useCan()('catalog.all-tickets.read')) return <TicketPage />;
  return <Navigate to={`/service-catalog/tickets/${id}`} replace />;
}
