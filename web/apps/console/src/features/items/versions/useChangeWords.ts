import type { ItemContent } from '@itechsmart/api';
import { useCategories } from '#shared/api/useCategories';
import { useCostCentres } from '#shared/api/useCostCentres';
import { useCurrency } from '#shared/api/useCurrency';
import { useItemNames } from '#shared/api/useItemNames';
import { GONE_GROUP, type Names } from '#shared/catalog/words';
import { changes } from './changes';

/** Tells what changed, with the names that things have now. */
export function useChangeWords(names: Names) {
  const categories = useCategories().data ?? [];
  const centres = useCostCentres().data ?? [];
  const items = useItemNames().data ?? [];
  const currency = useCurrency();
  return (before: ItemContent, after: ItemContent): string[] =>
    changes(before, after, {
      category: (id) => categories.find((one) => one.id === id)?.name ?? 'a category that is gone',
      costCentre: (id) => {
        const found = centres.find((one) => one.id === id);
        return found === undefined ? 'another cost centre' : `${found.code} ${found.name}`;
      },
      item: (id) => items.find((one) => one.id === id)?.name ?? 'an item that is not offered any more',
      group: (id) => names.groups.get(id) ?? GONE_GROUP,
      currency,
    });
}
