/** What the desk promises: targets by priority, tiers, groups, and what stops the clocks. */
import { toProblem, type CurrentServiceLevels, type Problem, type Read, type ServiceLevels } from '@itechsmart/api';
import { useRef, useState } from 'react';
import { useChange } from '#shared/api/useChange';
import { useServiceLevels } from '#shared/catalog/useDesk';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { useDraft } from '#shared/forms/useDraft';
import { catalog } from '#shared/session/session';
import { useCan } from '#shared/session/useMe';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Page } from '#shared/ui/Page';
import { SaveBar } from '#shared/ui/SaveBar';
import { useToast } from '#shared/ui/toast';
import { Counting } from './Counting';
import { Groups } from './Groups';
import { Matrix } from './Matrix';
import { Targets } from './Targets';

const parent = { title: 'Queue', to: '/service-catalog/desk' };

export default function ServiceLevelsPage() {
  return (
    <ObjectPage title="Service levels" parent={parent} object={useServiceLevels()}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

/** The groups are left out where there are none. */
const full = ({ levels }: CurrentServiceLevels): ServiceLevels => ({ ...levels, groups: levels.groups ?? [] });

function Content({ read: { data, etag } }: { read: Read<CurrentServiceLevels> }) {
  const writes = useCan()('catalog.service-levels.write');
  const { draft, set, dirty, outdated, discard, settle } = useDraft(full(data));
  const [problem, setProblem] = useState<Problem | null>(null);
  const leaving = useRef(false);
  const toast = useToast();
  const save = useChange((levels: ServiceLevels) => catalog.put<CurrentServiceLevels>('/service-levels', levels, etag), ['catalog.service-levels']);
  const change = (part: Partial<ServiceLevels>) => set({ ...draft, ...part });
  const send = async () => {
    setProblem(null);
    try {
      settle(full(await save.mutateAsync(draft)));
      toast('Saved. It counts for tickets that are opened from now on.');
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  const props = { levels: draft, onChange: change, writes };
  return (
    <Page title="Service levels" about="What the desk promises. Tickets that are open keep what they were opened under. Times are hours of the calendar.">
      <UnsavedGuard dirty={dirty} leaving={leaving} />
      <Targets {...props} />
      <Matrix {...props} />
      <Groups {...props} named={data.groups} />
      <Counting {...props} />
      {writes && (
        <SaveBar
          dirty={dirty}
          outdated={outdated}
          busy={save.isPending}
          problem={problem}
          onSave={() => void send()}
          onDiscard={() => {
            setProblem(null);
            discard();
          }}
        />
      )}
    </Page>
  );
}
