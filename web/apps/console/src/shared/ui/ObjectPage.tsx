/** A page of one object: while it comes, once it is there, and where it is not. */
import type { Problem, Read } from '@itechsmart/api';
import type { ReactNode } from 'react';
import { Page } from './Page';
import { Failed, LoadingPage } from './states';

interface ObjectPageProps<T> {
  /** What it would be. */
  title: string;
  parent: { title: string; to: string };
  object: { data: Read<T> | undefined; error: Problem | null; refetch: () => unknown };
  children: (read: Read<T>) => ReactNode;
}

export function ObjectPage<T>({ title, parent, object, children }: ObjectPageProps<T>) {
  if (object.data !== undefined) return children(object.data);
  if (object.error === null) return <LoadingPage />;
  return (
    <Page title={title} parent={parent}>
      <Failed problem={object.error} retry={() => void object.refetch()} />
    </Page>
  );
}
