import type { Webhook as Hook } from '@itechsmart/api';
import { Button } from '@mui/material';
import { Plus, Webhook } from 'lucide-react';
import { useState } from 'react';
import { useCan } from '#shared/session/useMe';
import { Code } from '#shared/ui/Code';
import type { Column } from '#shared/ui/List';
import { ListPage } from '#shared/ui/ListPage';
import { SecretOnce } from '#shared/ui/SecretOnce';
import { Time } from '#shared/ui/Time';
import { useFlag } from '#shared/ui/useFlag';
import { Enabled } from './Enabled';
import { useCreateWebhook } from './useWebhookChanges';
import { useWebhooks } from './useWebhooks';
import { WebhookDialog } from './WebhookDialog';
import { SIGNING } from './words';

const columns: Column<Hook>[] = [
  { title: 'Address', breaks: true, render: ({ url }) => url },
  { title: 'Events', breaks: true, render: ({ patterns }) => <Code>{patterns.join(', ')}</Code> },
  { title: 'State', width: 120, render: (webhook) => <Enabled of={webhook} /> },
  { title: 'Created', width: 150, from: 'md', render: ({ created_at }) => <Time>{created_at}</Time> },
];

export default function WebhooksPage() {
  const webhooks = useWebhooks();
  const may = useCan()('hub.webhooks.write');
  const create = useCreateWebhook();
  const [creating, setCreating] = useFlag('new');
  const [secret, setSecret] = useState<string>();
  const button = may && (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      Add a webhook
    </Button>
  );
  return (
    <ListPage
      title="Webhooks"
      about="Tells your own systems what happens here."
      add={button}
      columns={columns}
      pages={webhooks}
      id={(webhook) => webhook.id}
      to={(webhook) => `/hub/webhooks/${webhook.id}`}
      empty={{
        icon: Webhook,
        title: 'There are no webhooks yet',
        about: 'A webhook gets a signed request for each event that it asks for, again and again until it is taken.',
      }}
    >
      {creating && may && (
        <WebhookDialog
          title="Add a webhook"
          submit="Add"
          initial={{ url: '', patterns: ['*'], enabled: true }}
          save={async (webhook) => setSecret((await create.mutateAsync(webhook)).secret)}
          onClose={() => setCreating(false)}
        />
      )}
      <SecretOnce title="The webhook’s secret" about={SIGNING} secret={secret} onClose={() => setSecret(undefined)} />
    </ListPage>
  );
}
