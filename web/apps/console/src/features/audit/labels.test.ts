import type { AuditStatus } from '@itechsmart/api';
import { describe, expect, it } from 'vitest';
import { actionWords, actorName, awaited, label, trailLabel, verifyCommand } from './labels';

const anchor = { first_position: 1, last_position: 9, digest: 'aa', height: 1_204 };

describe('the state of a record', () => {
  it('goes from recorded to verified', () => {
    expect(label({ state: 'recorded' }).word).toBe('Recorded');
    expect(label({ state: 'sealed', anchor: { ...anchor, height: null } }).word).toBe('Sealed');
    expect(label({ state: 'anchored', anchor }).word).toBe('Anchored at height 1,204');
    expect(label({ state: 'anchored', anchor }, 'holds').word).toBe('Verified, anchored at height 1,204');
  });

  it('is never called anchored without a height, nor verified without an anchor', () => {
    expect(label({ state: 'anchored' }, 'holds').word).toBe('Sealed');
    expect(label({ state: 'recorded' }, 'holds').word).toBe('Recorded');
  });

  it('is an error where the proof does not hold', () => {
    expect(label({ state: 'anchored', anchor }, 'tampered')).toEqual({ tone: 'error', word: 'Tampered with' });
  });
});

describe('the state of the trail', () => {
  const status = (state: AuditStatus['ledger']['state'], anchored: number): AuditStatus => ({
    recorded: 10,
    sealed: 10,
    anchored,
    ledger: { state },
  });
  it('says what waits, and that nothing is lost', () => {
    expect(trailLabel(status('ok', 10)).word).toBe('All anchored');
    expect(trailLabel(status('ok', 9)).about).toContain('1 record ');
    expect(trailLabel(status('waiting', 4)).about).toContain('Nothing is lost: 6 records');
    expect(trailLabel(status('not_configured', 0)).word).toBe('Not anchored');
  });
});

it('waits for no ledger where there is none', () => {
  expect(awaited('not_configured').anchor).toBe('Not anchored: no ledger is configured');
  expect(awaited('not_configured').proof).not.toContain('Once');
  expect(awaited('ok').anchor).toBe('Waits for the ledger');
  expect(awaited('waiting').anchor).toContain('right now');
});

it('names who did it', () => {
  expect(actorName({ kind: 'user', id: '1', name: 'lee' })).toBe('lee');
  expect(actorName({ kind: 'system', id: '', name: 'webhook deliveries' })).toBe('Webhook deliveries');
  expect(actorName({ kind: 'anonymous', id: '', name: '' })).toBe('Somebody not signed in');
});

it('turns actions into words', () => {
  expect(actionWords('hub.user.created')).toBe('User created');
  expect(actionWords('hub.api-key.revoked')).toBe('API key revoked');
  expect(actionWords('odd')).toBe('odd');
});

it('gives the command that checks the file that is downloaded', () => {
  expect(verifyCommand('1', undefined)).toBe('itechsmart verify audit-1.json --genesis genesis.json');
  expect(verifyCommand('1', 'kx1')).toBe('itechsmart verify audit-1.json --genesis genesis.json --notary kx1');
});
