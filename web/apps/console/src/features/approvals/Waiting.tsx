import type { RequestSummary } from '@itechsmart/api';
import { CheckCheck } from 'lucide-react';
import { Price } from '#shared/catalog/Price';
import { GONE_PERSON } from '#shared/catalog/words';
import { PagedList, type Column } from '#shared/ui/List';
import { Section } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { DecideBy } from './DecideBy';
import { useWaiting } from './useApprovals';

const columns: Column<RequestSummary>[] = [
  { title: 'Request', breaks: true, render: ({ number, item_name }) => `${number} · ${item_name}` },
  { title: 'For', breaks: true, render: ({ requested_for }) => requested_for.name ?? GONE_PERSON },
  { title: 'Asked by', breaks: true, from: 'md', render: ({ requester }) => requester.name ?? GONE_PERSON },
  { title: 'Price', width: 140, align: 'right', render: (request) => <Price of={request.price} /> },
  { title: 'Due', width: 180, render: ({ due_at }) => <DecideBy at={due_at} /> },
  { title: 'Sent', width: 140, render: ({ created_at }) => <Time>{created_at}</Time> },
];

export function Waiting() {
  return (
    <Section flush>
      <PagedList
        label="Waiting for you"
        columns={columns}
        pages={useWaiting()}
        id={(request) => request.id}
        to={(request) => `/service-catalog/requests/${request.id}`}
        empty={
          <Empty icon={CheckCheck} title="Nothing waits for you">
            Requests that you are to decide on appear here by themselves.
          </Empty>
        }
      />
    </Section>
  );
}
