/** What is said of messages that came in. */
import type { MailState } from '@itechsmart/api';
import { words } from '#shared/format/text';
import type { Tone } from '#shared/ui/State';

export const mailStates: Record<MailState, { tone: Tone; word: string }> = {
  held: { tone: 'warning', word: 'Held' },
  taken: { tone: 'success', word: 'Taken' },
  refused: { tone: 'error', word: 'Refused' },
  discarded: { tone: 'neutral', word: 'Discarded' },
};

const reasons: Record<string, string> = {
  malformed: 'It cannot be read',
  automatic: 'A machine wrote it',
  unauthenticated: 'Nobody vouches for its sender',
  unknown_sender: 'No member has this address',
  too_many: 'Its sender writes too much',
  cannot_be_taken: 'It could not be taken',
  loop: 'It came from the desk itself',
};

/** A reason that a newer server gives is shown by its name. */
export function reasonWords(reason: string | null | undefined): string | undefined {
  return reason == null ? undefined : (reasons[reason] ?? words(reason.replaceAll('_', '-')));
}

export const subjectWords = (subject: string): string => subject.trim() || 'Without a subject';

/** Of what a message says the server shows so much. */
export const TEXT_CHARS_MAX = 50_000;
