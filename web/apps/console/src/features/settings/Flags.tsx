import { Switch } from '@mui/material';
import { Flag } from 'lucide-react';
import { useCan } from '#shared/session/useMe';
import { ActionRow } from '#shared/ui/ActionRow';
import { Code } from '#shared/ui/Code';
import { Section } from '#shared/ui/Page';
import { Empty, Failed, FormProblem, LoadingRows } from '#shared/ui/states';
import { useFlags } from './useFlags';
import { useSwitchFlag } from './useSwitchFlag';

/** What the tenant has switched on of what is not on for all. */
export function Flags() {
  const can = useCan();
  const flags = useFlags(can('hub.flags.read'));
  const change = useSwitchFlag();
  if (!can('hub.flags.read')) return null;
  return (
    <Section title="Feature flags" about="They hold for this tenant alone, at once.">
      {flags.error !== null && <Failed problem={flags.error} retry={() => void flags.refetch()} />}
      {flags.data === undefined && flags.error === null && <LoadingRows rows={2} />}
      {flags.data?.length === 0 && (
        <Empty icon={Flag} title="There are no flags">
          No installed service has a feature that is switched by tenant.
        </Empty>
      )}
      <FormProblem problem={change.error} />
      {flags.data?.map(({ name, enabled, description, version }) => {
        const busy = change.isPending && change.variables.name === name;
        return (
          <ActionRow key={name} title={description} about={<Code>{name}</Code>}>
            <Switch
              checked={busy ? change.variables.enabled : enabled}
              disabled={busy || !can('hub.flags.write')}
              onChange={(_, on) => change.mutate({ name, enabled: on, version })}
              slotProps={{ input: { 'aria-label': description } }}
            />
          </ActionRow>
        );
      })}
    </Section>
  );
}
