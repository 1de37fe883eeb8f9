/** The first page of a product that the caller may open, or else of another one. */
import { Navigate } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { profile, reachable } from './places';
import { hasPages, products } from './products';
import { useProduct } from './useProduct';

export function Start() {
  const can = useCan();
  const product = useProduct();
  const others = products.map(({ service }) => service).filter(hasPages);
  const places = [product, ...others].flatMap((each) => reachable(each, can)).flatMap((group) => group.places);
  return <Navigate to={(places[0] ?? profile).to} replace />;
}
