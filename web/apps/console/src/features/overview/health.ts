/** What the states of services and ledger mean to people. */
import type { Health, LedgerHealth, ServiceStatus } from '@itechsmart/api';
import { count } from '#shared/format/text';
import type { Tone } from '#shared/ui/State';

const words: Record<Health | ServiceStatus, { tone: Tone; word: string }> = {
  ok: { tone: 'success', word: 'Healthy' },
  degraded: { tone: 'warning', word: 'Degraded' },
  down: { tone: 'error', word: 'Down' },
  silent: { tone: 'error', word: 'Silent' },
  not_configured: { tone: 'neutral', word: 'Not configured' },
};

export function health(status: Health | ServiceStatus): { tone: Tone; word: string } {
  return words[status] ?? { tone: 'neutral', word: status };
}

/** How far the ledger is known to be final: as it was seen last, or by an anchor that came since. */
export function finalHeight(ledger: LedgerHealth): { height: number; at: string | undefined } | undefined {
  const seen = ledger.height ?? -1;
  const anchored = ledger.last_anchor_height ?? -1;
  if (seen < 0 && anchored < 0) return undefined;
  return anchored > seen
    ? { height: anchored, at: ledger.last_anchor_at ?? undefined }
    : { height: seen, at: ledger.height_at ?? undefined };
}

export function ledgerSummary(ledger: LedgerHealth): { tone: Tone; title: string; about: string } {
  const waiting = count(ledger.waiting_records, 'record');
  const waits = ledger.waiting_records === 1 ? 'waits' : 'wait';
  switch (ledger.status) {
    case 'ok':
      return {
        tone: 'success',
        title: 'Anchoring',
        about: 'Audit records are sealed here, then anchored there, where nobody can change them.',
      };
    case 'waiting':
      return {
        tone: 'warning',
        title: 'Anchors wait',
        about: `The ledger does not take anchors right now. Nothing is lost: ${waiting} ${waits} here until it does.`,
      };
    default:
      return {
        tone: 'neutral',
        title: 'Not configured',
        about: 'Not anchored: no ledger is configured. Audit records are sealed into a chain here, so that a change among them shows.',
      };
  }
}
