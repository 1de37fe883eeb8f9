/**
 * The product that one is at. Pages of none, such as the profile, and the start keep the last one of
 * this tab: each product's port opens the console at that product.
 */
import { useEffect } from 'react';
import { useLocation } from 'react-router';
import { hasPages, productAt, type ProductWithPages } from './products';

const PRODUCT_KEY = 'itechsmart.product';

export function useProduct(): ProductWithPages {
  const here = productAt(useLocation().pathname);
  useEffect(() => {
    if (here !== undefined) sessionStorage.setItem(PRODUCT_KEY, here);
  }, [here]);
  return here ?? lastProduct();
}

function lastProduct(): ProductWithPages {
  const last = sessionStorage.getItem(PRODUCT_KEY) ?? '';
  return hasPages(last) ? last : 'hub';
}
