/** An item: what it is, what it costs, what happens next, and the form to ask for it. */
import type { Answers, Item, ItemVersion } from '@itechsmart/api';
import { Alert, Box, Button, Stack } from '@mui/material';
import { SquarePen } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useCategories } from '#shared/api/useCategories';
import { useCostCentres } from '#shared/api/useCostCentres';
import { useItem } from '#shared/api/useItem';
import { NextSteps } from '#shared/catalog/NextSteps';
import { Price } from '#shared/catalog/Price';
import { namesOf } from '#shared/catalog/words';
import { useCan } from '#shared/session/useMe';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { None } from '#shared/ui/None';
import { About } from './About';
import { BundleContent } from './bundle/BundleContent';
import { Favourite } from './Favourite';
import { RequestForm } from './RequestForm';

const parent = { title: 'Catalog', to: '/service-catalog/browse' };

export default function ItemPage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Item" parent={parent} object={useItem(id)}>
      {({ data }) => (data.published == null ? <Unpublished item={data} /> : <Content item={data} version={data.published} />)}
    </ObjectPage>
  );
}

function Unpublished({ item }: { item: Item }) {
  return (
    <Page title={item.draft?.name ?? 'Item'} parent={parent} actions={<Edit id={item.id} />}>
      <Alert severity="info">This item is a draft. Once it is published it can be asked for here.</Alert>
    </Page>
  );
}

function Edit({ id }: { id: string }) {
  return (
    <Button variant="outlined" component={Link} to={`/service-catalog/items/${id}`} startIcon={<SquarePen size={15} aria-hidden />}>
      Edit
    </Button>
  );
}

function Content({ item, version }: { item: Item; version: ItemVersion }) {
  const can = useCan();
  const offered = item.state === 'published';
  return (
    <Page
      title={version.name}
      about={version.summary || undefined}
      parent={parent}
      actions={
        <>
          {can('catalog.items.write') && <Edit id={item.id} />}
          <Favourite id={item.id} name={version.name} on={item.is_favourite} />
        </>
      }
    >
      {!offered && <Alert severity="warning">This item is not offered any more. Requests that run go on.</Alert>}
      {item.is_bundle && <BundleContent item={item} version={version} />}
      {!item.is_bundle && <Single item={item} version={version} offered={offered} />}
    </Page>
  );
}

function Single({ item, version, offered }: { item: Item; version: ItemVersion; offered: boolean }) {
  const can = useCan();
  const names = namesOf(item);
  // What was answered stays where the item changes under whoever answers.
  const [given, setGiven] = useState<Answers>({});
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        alignItems: 'start',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 360px' },
        // Beside the form, or above it: what it costs and what happens is read before.
        gridTemplateRows: { lg: 'auto 1fr' },
      }}
    >
      <About description={version.description} />
      <Stack sx={{ gap: 2, minWidth: 0, position: { lg: 'sticky' }, top: { lg: 76 }, gridColumn: { lg: 2 }, gridRow: { lg: '1 / span 2' } }}>
        <Section>
          <Facts columns={2}>
            <Fact name="Price"><Price of={version.price} /></Fact>
            <Fact name="Charged to">
              <CostCentre id={version.cost_centre_id} />
            </Fact>
            <Fact name="Category">
              <Category id={version.category_id} />
            </Fact>
          </Facts>
        </Section>
        <Section title="What happens next">
          <NextSteps content={version} names={names} />
        </Section>
      </Stack>
      {offered && can('catalog.requests.write') && (
        <Section title="Your request">
          <RequestForm key={version.number} itemId={item.id} version={version} names={names} given={given} onAnswers={setGiven} />
        </Section>
      )}
    </Box>
  );
}

function CostCentre({ id }: { id: string | null | undefined }) {
  const found = useCostCentres().data?.find((centre) => centre.id === id);
  if (id == null) return <None word="No cost centre" />;
  return found === undefined ? <None word="A cost centre" /> : `${found.code} ${found.name}`;
}

function Category({ id }: { id: string }) {
  return useCategories().data?.find((category) => category.id === id)?.name ?? <None word="–" />;
}
