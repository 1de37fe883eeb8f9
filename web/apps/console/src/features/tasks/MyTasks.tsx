/** Tasks that are the caller's, and those of their groups that are nobody's. */
import { CheckCheck } from 'lucide-react';
import { PagedList } from '#shared/ui/List';
import { Section } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';
import { columns, requestOf } from './columns';
import { useMyTasks } from './useTasks';

export function MyTasks() {
  return (
    <Section flush>
      <PagedList
        label="Tasks"
        columns={columns}
        pages={useMyTasks()}
        id={({ id }) => id}
        to={requestOf}
        empty={
          <Empty icon={CheckCheck} title="Nothing is to be done">
            Tasks of approved requests appear here by themselves.
          </Empty>
        }
      />
    </Section>
  );
}
