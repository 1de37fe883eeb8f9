import { DueMark } from '#shared/ui/DueMark';
import { None } from '#shared/ui/None';
import { useNow } from '#shared/ui/Time';
import { dueOf } from './due';

export function DecideBy({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (at == null) return <None word="–" />;
  const { word, isOverdue } = dueOf(at, now);
  return <DueMark tone={isOverdue ? 'error' : undefined} word={word} at={at} />;
}
