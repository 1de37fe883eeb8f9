/** Gives a task to somebody of its group, or back to the group. */
import type { CatalogRequest, NamedUser, RequestTask } from '@itechsmart/api';
import { useState } from 'react';
import { useTaskChanges } from '#shared/catalog/tasks/useTaskChanges';
import { FormDialog } from '#shared/ui/dialogs';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { useToast } from '#shared/ui/toast';

export function GiveTask({ request, task, onClose }: { request: CatalogRequest; task: RequestTask; onClose: () => void }) {
  const { assign } = useTaskChanges(request.id, task.key);
  const current = task.assignee?.name == null ? null : { id: task.assignee.id, name: task.assignee.name };
  const [person, setPerson] = useState<NamedUser | null>(current);
  const toast = useToast();
  const fault = assign.error?.byField().user_id;
  return (
    <FormDialog
      open
      title={`Whose is “${task.name}”?`}
      submit={person === null ? 'Give back to the group' : 'Give'}
      busy={assign.isPending}
      problem={fault === undefined ? assign.error : null}
      onClose={onClose}
      onSubmit={() =>
        assign.mutate(person?.id ?? null, {
          onSuccess: () => {
            toast(person === null ? 'It is the group’s again.' : `It is ${person.name}’s.`);
            onClose();
          },
        })
      }
    >
      <PersonPicker
        label="Person"
        person={person}
        onChange={setPerson}
        help={`An active member of ${task.group?.name ?? 'its group'}. With nobody, whoever of the group takes it.`}
        error={fault}
      />
    </FormDialog>
  );
}
