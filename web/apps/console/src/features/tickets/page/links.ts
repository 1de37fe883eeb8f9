/** Links in words. */
import type { TicketLinkKind } from '@itechsmart/api';
import { words } from '#shared/format/text';

const kinds: Record<TicketLinkKind, { word: string; verb: string }> = {
  related: { word: 'Related to', verb: 'has to do with' },
  duplicate_of: { word: 'Duplicate of', verb: 'is a duplicate of' },
  duplicated_by: { word: 'Duplicated by', verb: 'is duplicated by' },
  causes: { word: 'Causes', verb: 'causes' },
  caused_by: { word: 'Caused by', verb: 'is caused by' },
  problem: { word: 'Problem', verb: 'comes from the problem' },
  known_error: { word: 'Known error', verb: 'comes from the known error' },
};

export const linkWord = (kind: string): string => kinds[kind as TicketLinkKind]?.word ?? words(kind.replaceAll('_', '-'));

/** Those to choose from. Which problems are known errors is theirs to say. */
export const linkKinds: readonly { value: TicketLinkKind; verb: string }[] = (Object.entries(kinds) as [TicketLinkKind, { verb: string }][])
  .filter(([value]) => value !== 'known_error')
  .map(([value, { verb }]) => ({ value, verb }));

type Detail = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** What became linked, or is not any more: "it: duplicate of #3". */
export function linkedWords(detail: Detail, linked: boolean): string {
  const number = text(detail.number);
  const link = text(detail.link);
  if (link === 'answered_with') return linked ? `noted that it was answered with article ${number}` : 'took back that it was answered with an article';
  if (link === 'major_incident') {
    if (!linked) return 'took it out of a major incident';
    return number === '' ? 'declared it a major incident' : `made it part of major incident #${number}`;
  }
  if (link === 'problem') return linked ? `linked it to problem ${number}` : 'removed the link to a problem';
  const what = `${linkWord(link).toLowerCase()} #${number}`;
  return linked ? `linked it: ${what}` : `removed a link: ${what}`;
}
