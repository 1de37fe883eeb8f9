/** Cost centres: to whom requests are charged, and who owns them. */
import type { CostCentre, CostCentreInput, NamedUser } from '@itechsmart/api';
import { Button, TextField } from '@mui/material';
import { Coins, Plus } from 'lucide-react';
import { useState } from 'react';
import { GONE_PERSON } from '#shared/catalog/words';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';
import type { Column } from '#shared/ui/List';
import { ListPage } from '#shared/ui/ListPage';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { useToast } from '#shared/ui/toast';
import { useFlag } from '#shared/ui/useFlag';
import { useCostCentreChanges } from './useCostCentreChanges';
import { useCostCentrePages } from './useCostCentrePages';

export default function CostCentresPage() {
  const pages = useCostCentrePages();
  const { create, change } = useCostCentreChanges();
  const [creating, setCreating] = useFlag('new');
  const [editingId, setEditingId] = useState<string>();
  const editing = pages.items?.find(({ id }) => id === editingId);
  const toast = useToast();
  const columns: Column<CostCentre>[] = [
    { title: 'Code', width: 140, breaks: true, render: ({ code }) => code },
    { title: 'Name', breaks: true, render: ({ name }) => name },
    { title: 'Owner', breaks: true, render: ({ owner }) => owner.name ?? GONE_PERSON },
    {
      title: 'Change',
      width: 90,
      align: 'right',
      actions: true,
      render: (centre) => (
        <Button aria-label={`Edit ${centre.code} ${centre.name}`} onClick={() => setEditingId(centre.id)}>
          Edit
        </Button>
      ),
    },
  ];
  const add = (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      Create a cost centre
    </Button>
  );
  return (
    <ListPage
      title="Cost centres"
      about="Requests are charged to them, and their owners can be asked to approve."
      add={add}
      columns={columns}
      pages={pages}
      id={(centre) => centre.id}
      empty={{
        icon: Coins,
        title: 'There are no cost centres yet',
        about: 'Make one for each budget that items are charged to, and name who owns it.',
      }}
    >
      {creating && (
        <CostCentreDialog
          title="Create a cost centre"
          submit="Create"
          save={async (input) => {
            await create.mutateAsync(input);
            toast(`The cost centre ${input.code} is created.`);
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {editing !== undefined && (
        <CostCentreDialog
          title="Edit the cost centre"
          submit="Save"
          centre={editing}
          save={async (input) => {
            await change.mutateAsync({ id: editing.id, version: editing.version, input });
            toast('Saved.');
          }}
          onClose={() => setEditingId(undefined)}
        />
      )}
    </ListPage>
  );
}

interface CostCentreDialogProps {
  title: string;
  submit: string;
  centre?: CostCentre;
  save: (input: CostCentreInput) => Promise<unknown>;
  onClose: () => void;
}

function CostCentreDialog({ title, submit, centre, save, onClose }: CostCentreDialogProps) {
  const form = useForm({ code: centre?.code ?? '', name: centre?.name ?? '', owner_id: centre?.owner.id ?? '' });
  const [owner, setOwner] = useState<NamedUser | null>(centre ? { id: centre.owner.id, name: centre.owner.name ?? GONE_PERSON } : null);
  const [missing, setMissing] = useState<string>();
  const send = async () => {
    setMissing(owner === null ? 'Choose who owns it.' : undefined);
    if (owner !== null && (await form.submit((values) => save({ ...values, owner_id: owner.id })))) onClose();
  };
  return (
    <FormDialog title={title} submit={submit} open busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void send()}>
      <TextField label="Code" autoFocus autoComplete="off" {...form.text('code', 'As your accounting calls it, such as 4711.')} />
      <TextField label="Name" autoComplete="off" {...form.text('name')} />
      <PersonPicker
        label="Owner"
        person={owner}
        onChange={setOwner}
        help="Who owns it now is asked wherever an approval asks the owner of the cost centre."
        error={missing ?? form.error('owner_id')}
      />
    </FormDialog>
  );
}
