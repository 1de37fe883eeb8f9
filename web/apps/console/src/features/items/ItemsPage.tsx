/** The items of the catalog for those who make them. */
import type { ItemSummary } from '@itechsmart/api';
import { Box, Button, MenuItem, Stack, TextField } from '@mui/material';
import { Boxes, PackageSearch, Plus } from 'lucide-react';
import { useCallback } from 'react';
import { Link } from 'react-router';
import { useCategories } from '#shared/api/useCategories';
import { Price } from '#shared/catalog/Price';
import { itemStates } from '#shared/catalog/states';
import { PagedList, type Column } from '#shared/ui/List';
import { Page, Section } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { State } from '#shared/ui/State';
import { Empty } from '#shared/ui/states';
import { useFilters } from '#shared/ui/useFilters';
import { VisuallyHidden } from '#shared/ui/VisuallyHidden';
import { Currency } from './Currency';
import { useItemList } from './useItemList';

export default function ItemsPage() {
  const [filters, set] = useFilters(['search', 'state', 'category']);
  const { search, category } = filters;
  const state = filters.state || 'published';
  const categories = useCategories();
  const items = useItemList(filters);
  const setSearch = useCallback((value: string) => set({ search: value }), [set]);
  const add = (
    <>
      <Button variant="outlined" component={Link} to="/service-catalog/items/new?kind=bundle" startIcon={<Boxes size={16} aria-hidden />}>
        Create a bundle
      </Button>
      <Button variant="contained" component={Link} to="/service-catalog/items/new" startIcon={<Plus size={16} aria-hidden />}>
        Create an item
      </Button>
    </>
  );
  const actions = (
    <>
      <Currency />
      {add}
    </>
  );
  const columns: Column<ItemSummary>[] = [
    { title: 'Name', breaks: true, width: '24%', render: ({ name, is_bundle }) => (is_bundle ? <Mark>{name}</Mark> : name) },
    { title: 'Summary', from: 'md', render: ({ summary }) => summary },
    { title: 'Category', width: 170, render: ({ category_id }) => categories.data?.find(({ id }) => id === category_id)?.name ?? '–' },
    { title: 'Price', width: 120, align: 'right', render: (item) => <Price of={item.price} /> },
    { title: 'State', width: 130, render: (item) => <State tone={itemStates[item.state]?.tone ?? 'neutral'}>{itemStates[item.state]?.word ?? item.state}</State> },
  ];
  const narrowed = search !== '' || category !== '';
  return (
    <Page title="Items" about="What there is to ask for: forms, approvals, tasks and prices; and bundles of several items." actions={actions}>
      <Section
        flush
        actions={
          <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', width: '100%' }}>
            <SearchField label="Search by name or summary" value={search} onChange={setSearch} />
            <TextField select label="State" value={state} onChange={(event) => set({ state: event.target.value })} sx={{ width: { xs: '100%', sm: 150 } }}>
              {Object.entries(itemStates).map(([value, { word }]) => (
                <MenuItem key={value} value={value}>
                  {word}
                </MenuItem>
              ))}
            </TextField>
            <TextField
              select
              label="Category"
              value={categories.data?.some(({ id }) => id === category) === true ? category : ''}
              onChange={(event) => set({ category: event.target.value })}
              sx={{ width: { xs: '100%', sm: 190 } }}
            >
              <MenuItem value="">Any</MenuItem>
              {categories.data?.map(({ id, name }) => (
                <MenuItem key={id} value={id}>
                  {name}
                </MenuItem>
              ))}
            </TextField>
          </Stack>
        }
      >
        <PagedList
          label="Items"
          columns={columns}
          pages={items}
          id={(item) => item.id}
          to={(item) => `/service-catalog/items/${item.id}`}
          empty={
            narrowed ? (
              <Empty icon={PackageSearch} title="No item matches" action={<Button onClick={() => set({ search: '', category: '' })}>Clear the filter</Button>} />
            ) : (
              <Empty icon={PackageSearch} title={emptyTitle[state] ?? 'There are no items'} action={state === 'withdrawn' ? undefined : add}>
                {state === 'draft' ? 'A new item is a draft until it is published.' : undefined}
              </Empty>
            )
          }
        />
      </Section>
    </Page>
  );
}

/** A bundle, beside items. */
function Mark({ children }: { children: string }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 0.75, alignItems: 'center' }}>
      {children}
      <Boxes size={15} aria-hidden style={{ flexShrink: 0 }} />
      <VisuallyHidden>, a bundle</VisuallyHidden>
    </Box>
  );
}

const emptyTitle: Record<string, string> = {
  draft: 'There are no drafts',
  published: 'Nothing is published',
  withdrawn: 'Nothing was withdrawn',
};
