/** A page that is one list, with a way to add to it. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { PagedList, type PagedListProps } from './List';
import { Page, Section } from './Page';
import { Empty } from './states';

interface ListPageProps<T> extends Omit<PagedListProps<T>, 'label' | 'empty'> {
  title: string;
  about: string;
  /** Adds to the list: at the top, and where the list is empty. */
  add: ReactNode;
  empty: { icon: LucideIcon; title: string; about?: string };
  /** Its dialogs. */
  children?: ReactNode;
}

export function ListPage<T>({ title, about, add, empty, children, ...list }: ListPageProps<T>) {
  return (
    <Page title={title} about={about} actions={add}>
      <Section flush>
        <PagedList
          label={title}
          empty={
            <Empty icon={empty.icon} title={empty.title} action={add}>
              {empty.about}
            </Empty>
          }
          {...list}
        />
      </Section>
      {children}
    </Page>
  );
}
