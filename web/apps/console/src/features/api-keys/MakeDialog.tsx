import { Alert, Box, FormLabel, MenuItem, Skeleton, TextField } from '@mui/material';
import { usePermissionCatalogue } from '#shared/api/usePermissionCatalogue';
import { useForm } from '#shared/forms/useForm';
import { PermissionMatrix } from '#shared/permissions/PermissionMatrix';
import { FormDialog } from '#shared/ui/dialogs';
import { Failed } from '#shared/ui/states';
import { expiry, lifetimes } from './states';
import { useMakeKey } from './useApiKeyChanges';

interface MakeDialogProps {
  onClose: () => void;
  onMade: (secret: string) => void;
}

export function MakeDialog({ onClose, onMade }: MakeDialogProps) {
  const form = useForm({ name: '', days: '90', permissions: [] as string[] });
  const make = useMakeKey();
  const catalogue = usePermissionCatalogue();
  const submit = async () => {
    const done = await form.submit(async ({ name, days, permissions }) => {
      const expires_at = expiry(days, Date.now());
      const made = await make.mutateAsync({
        name,
        permissions,
        ...(expires_at === undefined ? {} : { expires_at }),
      });
      onMade(made.key);
    });
    if (done) onClose();
  };
  return (
    <FormDialog
      title="Make an API key"
      submit="Make the key"
      wide
      open
      busy={form.busy}
      problem={form.problem}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 220px' } }}>
        <TextField
          label="Name"
          autoFocus
          autoComplete="off"
          {...form.text('name', 'What will use it, such as “backup job”.')}
        />
        <TextField select label="Valid for" {...form.text('days')}>
          {lifetimes.map(({ value, title }) => (
            <MenuItem key={value} value={value}>
              {title}
            </MenuItem>
          ))}
        </TextField>
      </Box>
      <FormLabel component="p" sx={{ m: 0 }}>
        What it may do
      </FormLabel>
      {form.error('permissions') !== undefined && <Alert severity="error">{form.error('permissions')}</Alert>}
      {catalogue.error !== null && (
        <Failed problem={catalogue.error} retry={() => void catalogue.refetch()} />
      )}
      {catalogue.data === undefined ? (
        catalogue.error === null && <Skeleton variant="rounded" height={240} />
      ) : (
        <PermissionMatrix
          catalogue={catalogue.data}
          chosen={form.values.permissions}
          onChange={(chosen) => form.set('permissions', chosen)}
        />
      )}
    </FormDialog>
  );
}
