/** What the states of services and ledger mean to people. */
import type { Health, LedgerHealth } from '@itechsmart/api';
import { count } from '#shared/format/text';
import type { Tone } from '#shared/ui/State';

const words: Record<Health, { tone: Tone; word: string }> = {
  ok: { tone: 'success', word: 'Healthy' },
  degraded: { tone: 'warning', word: 'Degraded' },
  down: { tone: 'error', word: 'Down' },
  not_configured: { tone: 'neutral', word: 'Not configured' },
};

export function health(status: Health): { tone: Tone; word: string } {
  return words[status] ?? { tone: 'neutral', word: status };
}

export function ledgerSummary(ledger: LedgerHealth): { tone: Tone; title: string; about: string } {
  const waiting = count(ledger.waiting_records, 'record');
  switch (ledger.status) {
    case 'ok':
      return {
        tone: 'success',
        title: 'Anchoring',
        about: 'Audit records are sealed here, then anchored there, where nobody can change them.',
      };
    case 'degraded':
      return {
        tone: 'warning',
        title: 'Behind',
        about: `The ledger answers, but ${waiting} still wait for an anchor.`,
      };
    case 'down':
      return {
        tone: 'error',
        title: 'Out of reach',
        about: `Nothing is lost: ${waiting} wait here and are anchored once the ledger answers again.`,
      };
    default:
      return {
        tone: 'neutral',
        title: 'Not configured',
        about: 'Audit records are sealed into a chain here, but not anchored on a ledger.',
      };
  }
}
