/** What an item is called, what it costs, and who sees it. */
import { Box, MenuItem, Stack, TextField } from '@mui/material';
import type { ItemContent } from '@itechsmart/api';
import { useCategories } from '#shared/api/useCategories';
import { useCostCentres } from '#shared/api/useCostCentres';
import { useCurrency } from '#shared/api/useCurrency';
import { useGroups } from '#shared/api/useGroups';
import { useCan } from '#shared/session/useMe';
import { Choices } from '#shared/ui/Choices';
import { Section } from '#shared/ui/Page';
import type { Editing } from './editing';
import { groupOptions } from './groupOptions';

type TextName = 'name' | 'summary' | 'description' | 'price';

export function Details({ editing: { content, change, fault, names }, isBundle }: { editing: Editing; isBundle: boolean }) {
  const categories = useCategories().data ?? [];
  const centres = useCostCentres().data ?? [];
  const groups = useGroups().data;
  const currency = useCurrency();
  const can = useCan();
  const set = (part: Partial<ItemContent>) => change((current) => ({ ...current, ...part }));
  const text = (name: TextName, help?: string) => ({
    value: content[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
    error: fault(`/${name}`) !== undefined,
    helperText: fault(`/${name}`) ?? help,
    autoComplete: 'off',
  });
  const pick = (name: 'category_id' | 'cost_centre_id', help?: string) => ({
    error: fault(`/${name}`) !== undefined,
    helperText: fault(`/${name}`) ?? help,
  });
  return (
    <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' } }}>
      <Section title="What it is">
        <Stack sx={{ gap: 2 }}>
          <TextField label="Name" required {...text('name')} />
          <TextField label="Summary" multiline {...text('summary', 'One sentence, on its card in the portal.')} />
          <TextField label="Description" multiline minRows={5} maxRows={18} {...text('description', 'All that whoever asks, and whoever decides, should know.')} />
        </Stack>
      </Section>
      <Stack sx={{ gap: 2 }}>
        <Section title="Where it is">
          <Stack sx={{ gap: 2 }}>
            <TextField
              select
              label="Category"
              required
              value={categories.some(({ id }) => id === content.category_id) ? content.category_id : ''}
              onChange={(event) => set({ category_id: event.target.value })}
              {...pick('category_id')}
            >
              {categories.map(({ id, name }) => (
                <MenuItem key={id} value={id}>
                  {name}
                </MenuItem>
              ))}
            </TextField>
            <Choices
              label="Shown to"
              options={groupOptions(groups, names, content.group_ids)}
              chosen={content.group_ids}
              onChange={(group_ids) => set({ group_ids })}
              help={can('hub.groups.read') ? isBundle ? 'Members of these groups alone. Without any it is shown to all who see what is required of it.' : 'Members of these groups alone. Without any it is shown to everybody.' : 'Choosing groups needs the permission hub.groups.read.'}
              error={fault('/group_ids')}
            />
          </Stack>
        </Section>
        {!isBundle && (
          <Section title="What it costs">
            <Stack sx={{ gap: 2 }}>
              <TextField label={currency === undefined ? 'Price' : `Price in ${currency}`} {...text('price', 'A number such as 1200.50, or 0. Approvals can depend on it.')} slotProps={{ htmlInput: { inputMode: 'decimal' } }} />
              <TextField
                select
                label="Charged to"
                value={centres.some(({ id }) => id === content.cost_centre_id) ? content.cost_centre_id : ''}
                onChange={(event) => set({ cost_centre_id: event.target.value || null })}
                {...pick('cost_centre_id', 'Its owner can be asked to approve.')}
              >
                <MenuItem value="">No cost centre</MenuItem>
                {centres.map(({ id, code, name }) => (
                  <MenuItem key={id} value={id}>
                    {code} {name}
                  </MenuItem>
                ))}
              </TextField>
            </Stack>
          </Section>
        )}
      </Stack>
    </Box>
  );
}
