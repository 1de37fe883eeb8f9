/** How far an audit record has come, in words. */
import type { AuditRecord, AuditStatus } from '@itechsmart/api';
import { count, words } from '#shared/format/text';
import type { Tone } from '#shared/ui/State';

/** What came of the proof: nobody has asked for it yet, it holds, or the record was tampered with. */
export type Proof = 'unknown' | 'holds' | 'tampered';

export interface Label {
  tone: Tone;
  word: string;
}

type Progress = Pick<AuditRecord, 'state' | 'anchor'>;

export function label({ state, anchor }: Progress, proof: Proof = 'unknown'): Label {
  if (proof === 'tampered') return { tone: 'error', word: 'Tampered with' };
  if (state === 'recorded') return { tone: 'neutral', word: 'Recorded' };
  const height = anchor?.height;
  if (state === 'sealed' || height == null) return { tone: 'info', word: 'Sealed' };
  const at = `at height ${height.toLocaleString('en')}`;
  return proof === 'holds'
    ? { tone: 'success', word: `Verified, anchored ${at}` }
    : { tone: 'success', word: `Anchored ${at}` };
}

/** How far the whole trail has come. */
export function trailLabel(status: AuditStatus): Label & { about: string } {
  const { recorded, anchored, ledger } = status;
  const waiting = Math.max(recorded - anchored, 0);
  switch (ledger.state) {
    case 'ok':
      return {
        tone: 'success',
        word: waiting === 0 ? 'All anchored' : 'Anchoring',
        about:
          waiting === 0
            ? 'Every record is on the ledger.'
            : `${count(waiting, 'record')} will be on the ledger in a moment.`,
      };
    case 'waiting':
      return {
        tone: 'warning',
        word: 'Anchors wait',
        about: `The ledger does not take anchors right now. Nothing is lost: ${count(waiting, 'record')} wait.`,
      };
    default:
      return {
        tone: 'neutral',
        word: 'Not anchored',
        about: 'No ledger is configured. Records are chained here, so that a change among them shows.',
      };
  }
}

/** What a record that is not anchored waits for, and what its proof does. */
export function awaited(ledger: AuditStatus['ledger']['state'] | undefined): { anchor: string; proof: string } {
  switch (ledger) {
    case 'not_configured':
      return { anchor: 'Not anchored: no ledger is configured', proof: 'Only what is anchored has a proof' };
    case 'waiting':
      return { anchor: 'Waits: the ledger does not take anchors right now', proof: 'Once it is anchored' };
    default:
      return { anchor: 'Waits for the ledger', proof: 'Once it is anchored' };
  }
}

/** "hub.user.created" → "User created" */
export function actionWords(action: string): string {
  return words(action.split('.').slice(1).join(' ')) || action;
}

export function actorName({ kind, name }: AuditRecord['actor']): string {
  if (name !== '') return kind === 'system' ? words(name) : name;
  return { system: 'The system', anonymous: 'Somebody not signed in' }[kind] ?? kind;
}

export const proofFile = (id: string): string => `audit-${id}.json`;

/** Checks a downloaded proof, with nothing of this server. */
export function verifyCommand(id: string, notary: string | null | undefined): string {
  const command = `itechsmart verify ${proofFile(id)} --genesis genesis.json`;
  return notary == null ? command : `${command} --notary ${notary}`;
}
