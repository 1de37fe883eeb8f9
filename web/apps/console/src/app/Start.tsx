/** The first page that the caller may open. */
import { Navigate } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { profile, reachable } from './places';

export function Start() {
  const first = reachable(useCan())[0]?.places[0] ?? profile;
  return <Navigate to={first.to} replace />;
}
