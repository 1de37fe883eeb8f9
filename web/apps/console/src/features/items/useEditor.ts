/** The item that is edited: what it was when it was read, what it is now, and how it is saved. */
import { toProblem, type Item, type ItemContent, type NamedUser, type Problem } from '@itechsmart/api';
import { useState } from 'react';
import { useGroups } from '#shared/api/useGroups';
import { merged, namesOf } from '#shared/catalog/words';
import { blank, editable, same } from './content';
import { faultAt, type Editing } from './editing';
import { useCreateItem, useItemChanges } from './useItemChanges';

const contentOf = (item: Item | undefined): ItemContent => {
  const version = item?.draft ?? item?.published;
  return version == null ? blank : editable(version);
};

export function useEditor(item: Item | undefined) {
  const [saved, setSaved] = useState(() => contentOf(item));
  const [content, setContent] = useState(saved);
  const [met, setMet] = useState<ReadonlyMap<string, string>>(new Map());
  const [problem, setProblem] = useState<Problem | null>(null);
  const groups = useGroups().data ?? [];
  const create = useCreateItem();
  const { draft, publish, withdraw } = useItemChanges(item?.id ?? '');
  const dirty = !same(saved, content);

  const named = item === undefined ? { people: new Map<string, string>(), groups: new Map<string, string>() } : namesOf(item);
  const names = merged(named, { people: met, groups: new Map(groups.map(({ id, name }) => [id, name])) });
  const editing: Editing = {
    content,
    change: setContent,
    published: item?.published ?? undefined,
    names,
    meet: ({ id, name }: NamedUser) => setMet((current) => new Map([...current, [id, name]])),
    fault: (pointer) => faultAt(problem, pointer),
  };

  /** Writes the draft; undefined where the server did not take it. */
  const save = async (): Promise<Item | undefined> => {
    setProblem(null);
    try {
      const made = item === undefined ? await create.mutateAsync(content) : await draft.mutateAsync({ content, version: item.version });
      const now = contentOf(made);
      setSaved(now);
      setContent(now);
      return made;
    } catch (thrown) {
      setProblem(toProblem(thrown));
      return undefined;
    }
  };

  /** Takes what is on the server in the place of what was edited here. */
  const reload = () => {
    const now = contentOf(item);
    setSaved(now);
    setContent(now);
    setProblem(null);
  };

  return { editing, dirty, problem, setProblem, save, reload, publish, withdraw, busy: create.isPending || draft.isPending };
}
