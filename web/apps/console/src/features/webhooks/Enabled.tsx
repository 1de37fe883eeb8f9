import type { Webhook } from '@itechsmart/api';
import { State } from '#shared/ui/State';

/** Somebody switched it off, or it switched itself off since nothing came through. */
export function Enabled({ of: { enabled, disabled_reason } }: { of: Webhook }) {
  if (enabled) return <State tone="success">Enabled</State>;
  return disabled_reason == null ? <State tone="neutral">Disabled</State> : <State tone="error">Given up</State>;
}
