/** What something costs, in the tenant's currency. */
import { useCurrency } from '#shared/api/useCurrency';
import { price } from '#shared/format/decimal';

export function Price({ of }: { of: string }) {
  return price(of, useCurrency());
}
