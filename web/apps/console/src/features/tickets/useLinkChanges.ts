import type { DeclareInput, MajorIncident, MergeInput, SplitInput, Ticket, TicketArticles, TicketLinkInput, TicketLinks } from '@itechsmart/api';
import { toProblem } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const touches = ['catalog.tickets'];

export function useLinkChanges(id: string, etag: string | undefined) {
  const path = `/tickets/${id}` as const;
  return {
    link: useChange((link: TicketLinkInput) => catalog.post<TicketLinks>(`${path}/links`, link), [...touches, 'catalog.problems']),
    unlink: useChange((link: string) => catalog.delete(`${path}/links/${link}`), [...touches, 'catalog.problems']),
    merge: useChange((merge: MergeInput) => catalog.post<Ticket>(`${path}/merge`, merge, etag), touches),
    split: useChange((split: SplitInput) => catalog.post<Ticket>(`${path}/split`, split, etag), touches),
    /** One that was noted already is noted. */
    answerWith: useChange(async (article_id: string) => {
      try {
        await catalog.post<TicketArticles>(`${path}/articles`, { article_id });
      } catch (thrown) {
        if (toProblem(thrown).code !== 'linked_already') throw thrown;
      }
    }, touches),
    takeArticle: useChange((article: string) => catalog.delete(`${path}/articles/${article}`), touches),
    declare: useChange((declare: DeclareInput) => catalog.post<MajorIncident>(`${path}/major-incident`, declare), [...touches, 'catalog.major-incidents']),
  };
}
