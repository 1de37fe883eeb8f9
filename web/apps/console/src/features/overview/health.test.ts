import { expect, it } from 'vitest';
import { finalHeight, ledgerSummary } from './health';

const at = '2026-03-01T12:00:00Z';
const later = '2026-03-01T12:00:05Z';

it('takes the ledger to be as far as was seen, or as an anchor has shown since', () => {
  const ledger = { status: 'ok', waiting_records: 0 } as const;
  expect(finalHeight(ledger)).toBeUndefined();
  expect(finalHeight({ ...ledger, height: 0, height_at: at })).toEqual({ height: 0, at });
  const anchored = { ...ledger, last_anchor_height: 7, last_anchor_at: later };
  expect(finalHeight({ ...anchored, height: 5, height_at: at })).toEqual({ height: 7, at: later });
  expect(finalHeight({ ...anchored, height: 9, height_at: at })).toEqual({ height: 9, at });
  expect(finalHeight(anchored)).toEqual({ height: 7, at: later });
});

it('waits for no ledger where none is configured', () => {
  const { about } = ledgerSummary({ status: 'not_configured', waiting_records: 3 });
  expect(about).toContain('Not anchored: no ledger is configured');
  expect(about).not.toContain('wait');
});
