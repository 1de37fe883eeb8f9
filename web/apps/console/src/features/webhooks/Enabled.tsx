import { State } from '#shared/ui/State';

export function Enabled({ enabled }: { enabled: boolean }) {
  return <State tone={enabled ? 'success' : 'neutral'}>{enabled ? 'Enabled' : 'Disabled'}</State>;
}
