/** What all prices of the catalog are in: a button that says it, and changes it. */
import { toProblem, type CatalogSettingsView, type Problem, type Read } from '@itechsmart/api';
import { Autocomplete, Button, TextField } from '@mui/material';
import { Coins } from 'lucide-react';
import { useState } from 'react';
import { useCatalogSettings, useCatalogSettingsChange } from '#shared/api/useCurrency';
import { FormDialog } from '#shared/ui/dialogs';
import { useToast } from '#shared/ui/toast';

const codes = Intl.supportedValuesOf('currency');
const names = new Intl.DisplayNames('en', { type: 'currency' });
const called = (code: string) => `${code} – ${names.of(code) ?? code}`;

export function Currency() {
  const settings = useCatalogSettings();
  const [open, setOpen] = useState(false);
  const read = settings.data;
  const code = read?.data.currency;
  return (
    <>
      <Button variant="outlined" color="inherit" disabled={read === undefined} onClick={() => setOpen(true)} startIcon={<Coins size={16} aria-hidden />}>
        {code == null ? 'Set the currency' : `Prices in ${code}`}
      </Button>
      {open && read !== undefined && <CurrencyDialog read={read} onClose={() => setOpen(false)} />}
    </>
  );
}

function CurrencyDialog({ read: { data, etag }, onClose }: { read: Read<CatalogSettingsView>; onClose: () => void }) {
  const change = useCatalogSettingsChange(etag);
  const [code, setCode] = useState<string | null>(data.currency ?? null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const toast = useToast();
  const save = async () => {
    setProblem(null);
    try {
      await change.mutateAsync({ currency: code });
      toast(code === null ? 'Prices are shown without a currency.' : `Prices are shown in ${code}.`);
      onClose();
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  return (
    <FormDialog title="The currency of prices" submit="Save" open busy={change.isPending} problem={problem} onClose={onClose} onSubmit={() => void save()}>
      <Autocomplete
        options={codes}
        value={code}
        getOptionLabel={called}
        onChange={(_, chosen) => setCode(chosen)}
        renderInput={(params) => (
          <TextField {...params} label="Currency" placeholder="None" helperText="It changes what prices and spend are shown in, and no number." slotProps={{ ...params.slotProps, inputLabel: { shrink: true } }} />
        )}
      />
    </FormDialog>
  );
}
