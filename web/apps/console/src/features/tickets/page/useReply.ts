/** What an agent is about to say, which other parts of the page add to. */
import { useCallback, useMemo, useState } from 'react';
import { joined } from '#shared/format/markdown';

export interface Reply {
  text: string;
  setText: (text: string) => void;
  /** Adds a part, and remembers the article that it is of. */
  add: (part: string, article?: { id: string; address: string }) => void;
  /** The articles that a text leads to. */
  articlesIn: (text: string) => string[];
  clear: () => void;
}

export function useReply(): Reply {
  const [text, setText] = useState('');
  const [articles, setArticles] = useState<readonly { id: string; address: string }[]>([]);
  const add = useCallback((part: string, article?: { id: string; address: string }) => {
    setText((before) => joined(before, part));
    if (article !== undefined) setArticles((before) => [...before.filter(({ id }) => id !== article.id), article]);
  }, []);
  const clear = useCallback(() => {
    setText('');
    setArticles([]);
  }, []);
  const articlesIn = useCallback((sent: string) => articles.filter(({ address }) => sent.includes(address)).map(({ id }) => id), [articles]);
  return useMemo(() => ({ text, setText, add, articlesIn, clear }), [text, add, articlesIn, clear]);
}
