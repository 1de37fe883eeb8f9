/** The categories of the catalog, in the order in which the portal shows them. */
import type { Category, CategoryInput } from '@itechsmart/api';
import { Box, Button, Stack, TextField, Typography } from '@mui/material';
import { FolderTree, Plus } from 'lucide-react';
import { useState } from 'react';
import { useCategories } from '#shared/api/useCategories';
import { useForm } from '#shared/forms/useForm';
import { Confirm, FormDialog, type EditDialogProps } from '#shared/ui/dialogs';
import { MoveButtons } from '#shared/ui/MoveButtons';
import { moved } from '#shared/ui/moved';
import { Page, Section } from '#shared/ui/Page';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useFlag } from '#shared/ui/useFlag';
import { useCategoryChanges } from './useCategoryChanges';

export default function CategoriesPage() {
  const categories = useCategories();
  const { create, order } = useCategoryChanges();
  const [creating, setCreating] = useFlag('new');
  const toast = useToast();
  // While an order is on its way it shows already.
  const ids = order.isPending ? order.variables : undefined;
  const all = categories.data ?? [];
  const shown = ids === undefined ? all : [...all].sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
  const add = (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      Create a category
    </Button>
  );
  return (
    <Page title="Categories" about="The portal shows them in this order." actions={add}>
      <Section flush>
        {categories.data === undefined && categories.error === null && <LoadingRows />}
        {(categories.error ?? order.error) !== null && (
          <Box sx={{ p: 2 }}>
            {categories.error !== null && <Failed problem={categories.error} retry={() => void categories.refetch()} />}
            {order.error !== null && <Failed problem={order.error} />}
          </Box>
        )}
        {categories.data?.length === 0 && <Empty icon={FolderTree} title="There are no categories" action={add} />}
        <Box component="ol" aria-label="Categories" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {shown.map((category, at) => (
            <Row
              key={category.id}
              category={category}
              move={
                <MoveButtons
                  name={category.name}
                  at={at}
                  count={shown.length}
                  disabled={order.isPending}
                  onMove={(to) => order.mutate(moved(shown, at, to).map(({ id }) => id))}
                />
              }
            />
          ))}
        </Box>
      </Section>
      {creating && (
        <CategoryDialog
          title="Create a category"
          submit="Create"
          initial={{ name: '', description: '' }}
          save={async (input) => {
            await create.mutateAsync(input);
            toast(`The category ${input.name} is created.`);
          }}
          onClose={() => setCreating(false)}
        />
      )}
    </Page>
  );
}

function Row({ category, move }: { category: Category; move: React.ReactNode }) {
  const { change, remove } = useCategoryChanges();
  const [editing, setEditing] = useState(false);
  const toast = useToast();
  const { id, name, description, version } = category;
  return (
    <Stack
      component="li"
      direction="row"
      sx={{ px: { xs: 1, sm: 2 }, py: 1.25, gap: { xs: 1, sm: 2 }, alignItems: 'center', flexWrap: { xs: 'wrap', sm: 'nowrap' }, '& + &': { borderTop: 1, borderColor: 'divider' } }}
    >
      {move}
      <Box sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {name}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {description}
        </Typography>
      </Box>
      <Stack direction="row" sx={{ gap: 1, width: { xs: '100%', sm: 'auto' }, justifyContent: 'flex-end' }}>
        <Button variant="outlined" aria-label={`Edit ${name}`} onClick={() => setEditing(true)}>
          Edit
        </Button>
        <Confirm
          title={`Delete the category ${name}?`}
          submit="Delete"
          danger
          act={async () => {
            await remove.mutateAsync({ id, version });
            toast(`The category ${name} is deleted.`);
          }}
          trigger={(open) => (
            <Button variant="outlined" color="error" aria-label={`Delete ${name}`} onClick={open}>
              Delete
            </Button>
          )}
        >
          Only a category without items can be deleted.
        </Confirm>
      </Stack>
      {editing && (
        <CategoryDialog
          title="Edit the category"
          submit="Save"
          initial={{ name, description }}
          save={async (input) => {
            await change.mutateAsync({ id, version, input });
            toast('Saved.');
          }}
          onClose={() => setEditing(false)}
        />
      )}
    </Stack>
  );
}

function CategoryDialog({ title, submit, initial, save, onClose }: EditDialogProps<CategoryInput>) {
  const form = useForm(initial);
  const send = async () => {
    if (await form.submit(save)) onClose();
  };
  return (
    <FormDialog title={title} submit={submit} open busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void send()}>
      <TextField label="Name" autoFocus autoComplete="off" {...form.text('name')} />
      <TextField label="Description" autoComplete="off" multiline {...form.text('description', 'Below the category’s name in the portal.')} />
    </FormDialog>
  );
}
