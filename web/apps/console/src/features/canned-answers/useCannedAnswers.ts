import type { CannedAnswer, CannedAnswerInput, CannedAnswers } from '@itechsmart/api';
import { useCatalogObject } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const KEY = 'catalog.canned-answers';

export function useCannedAnswers() {
  return useCatalogObject<CannedAnswers>([KEY], '/canned-answers');
}

export function useCannedAnswerChanges() {
  return {
    add: useChange((input: CannedAnswerInput) => catalog.post<CannedAnswer>('/canned-answers', input), [KEY]),
    change: useChange(({ id, version, input }: { id: string; version: number; input: CannedAnswerInput }) => catalog.put<CannedAnswer>(`/canned-answers/${id}`, input, version), [KEY]),
    remove: useChange(({ id, version }: Pick<CannedAnswer, 'id' | 'version'>) => catalog.delete(`/canned-answers/${id}`, version), [KEY]),
  };
}
