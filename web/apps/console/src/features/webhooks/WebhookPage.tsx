import type { Delivery, DeliveryState, Read, Webhook as Hook } from '@itechsmart/api';
import { Alert, Button } from '@mui/material';
import { Inbox } from 'lucide-react';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { count } from '#shared/format/text';
import { useCan } from '#shared/session/useMe';
import { ActionRow } from '#shared/ui/ActionRow';
import { Code } from '#shared/ui/Code';
import { Confirm } from '#shared/ui/dialogs';
import { PagedList, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { SecretOnce } from '#shared/ui/SecretOnce';
import { State, type Tone } from '#shared/ui/State';
import { Empty, FormProblem } from '#shared/ui/states';
import { ExactTime, Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useDeliveries } from './useDeliveries';
import { useWebhook } from './useWebhook';
import { useWebhookChanges } from './useWebhookChanges';
import { WebhookDialog } from './WebhookDialog';
import { Enabled } from './Enabled';
import { SIGNING } from './words';

const parent = { title: 'Webhooks', to: '/hub/webhooks' };

export default function WebhookPage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Webhook" parent={parent} object={useWebhook(id)}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data: webhook, etag } }: { read: Read<Hook> }) {
  const { change, test } = useWebhookChanges(webhook.id, etag);
  const may = useCan()('hub.webhooks.write');
  const [editing, setEditing] = useState(false);
  const toast = useToast();
  const actions = may && (
    <>
      <Button
        variant="outlined"
        loading={test.isPending}
        disabled={!webhook.enabled}
        onClick={() => test.mutate(undefined, { onSuccess: () => toast('A test is on its way.') })}
      >
        Send a test
      </Button>
      <Button variant="outlined" onClick={() => setEditing(true)}>
        Edit
      </Button>
    </>
  );
  return (
    <Page title={webhook.url} parent={parent} actions={actions}>
      <FormProblem problem={test.error} />
      {!webhook.enabled && webhook.disabled_reason != null && (
        <Alert severity="warning">
          Switched off by itself: {webhook.disabled_reason}. Edit it to switch it on again.
        </Alert>
      )}
      <Section>
        <Facts columns={4}>
          <Fact name="State">
            <Enabled of={webhook} />
          </Fact>
          <Fact name="Events">
            <Code>{webhook.patterns.join(', ')}</Code>
          </Fact>
          <Fact name="Failed in a row">{webhook.failures === 0 ? 'None' : count(webhook.failures, 'delivery', 'deliveries')}</Fact>
          <Fact wide name="Created">
            <ExactTime>{webhook.created_at}</ExactTime>
          </Fact>
        </Facts>
      </Section>
      <Deliveries id={webhook.id} />
      {may && <Actions webhook={webhook} etag={etag} />}
      {editing && (
        <WebhookDialog
          title="Edit the webhook"
          submit="Save"
          initial={webhook}
          save={async (input) => {
            await change.mutateAsync(input);
            toast('Saved.');
          }}
          onClose={() => setEditing(false)}
        />
      )}
    </Page>
  );
}

const states: Record<DeliveryState, { tone: Tone; word: string }> = {
  waiting: { tone: 'info', word: 'Waiting' },
  delivered: { tone: 'success', word: 'Delivered' },
  failed: { tone: 'error', word: 'Given up' },
};

const columns: Column<Delivery>[] = [
  { title: 'Event', whole: true, render: ({ event_name }) => <Code>{event_name}</Code> },
  {
    title: 'State',
    width: 130,
    render: ({ state }) => <State tone={states[state]?.tone ?? 'neutral'}>{states[state]?.word ?? state}</State>,
  },
  {
    title: 'Answer',
    breaks: true,
    render: ({ answer }) => answer ?? <None word="None yet" />,
  },
  { title: 'Tries', width: 80, align: 'right', render: ({ attempts }) => attempts },
  {
    title: 'When',
    width: 190,
    render: ({ created_at }) => <Time>{created_at}</Time>,
  },
];

function Deliveries({ id }: { id: string }) {
  const deliveries = useDeliveries(id);
  return (
    <Section flush title="Deliveries">
      <PagedList
        label="Deliveries"
        columns={columns}
        pages={deliveries}
        id={(delivery) => delivery.id}
        empty={
          <Empty icon={Inbox} title="Nothing has been delivered yet">
            Send a test, or wait for the first event that this webhook asks for.
          </Empty>
        }
      />
    </Section>
  );
}

function Actions({ webhook, etag }: { webhook: Hook; etag: string | undefined }) {
  const { newSecret, remove } = useWebhookChanges(webhook.id, etag);
  const [secret, setSecret] = useState<string>();
  const navigate = useNavigate();
  const toast = useToast();
  return (
    <Section title="Actions">
      <ActionRow title="New secret" about="Deliveries are signed with it from then on.">
        <Confirm
          title="Make a new secret?"
          submit="Make it"
          act={async () => setSecret((await newSecret.mutateAsync(undefined)).secret)}
          trigger={(open) => <Button variant="outlined" onClick={open}>New secret</Button>}
        >
          Your system refuses our deliveries until it knows the new one.
        </Confirm>
      </ActionRow>
      <ActionRow title="Remove" about="Nothing is sent there any more; the record of deliveries goes too.">
        <Confirm
          title="Remove this webhook?"
          submit="Remove"
          danger
          act={async () => {
            await remove.mutateAsync(undefined);
            toast('The webhook is removed.');
            await navigate('/hub/webhooks');
          }}
          trigger={(open) => <Button variant="outlined" color="error" onClick={open}>Remove</Button>}
        >
          {webhook.url} gets nothing any more.
        </Confirm>
      </ActionRow>
      <SecretOnce title="The webhook’s new secret" about={SIGNING} secret={secret} onClose={() => setSecret(undefined)} />
    </Section>
  );
}
