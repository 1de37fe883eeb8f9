/** A product that has no pages in this console: says so, and whether its service runs. */
import { Button } from '@mui/material';
import { Link } from 'react-router';
import { useOverview } from '#shared/api/useOverview';
import { useTitle } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';
import { presence, presenceWords, type Product } from './products';

export function AbsentProduct({ product }: { product: Product }) {
  const overview = useOverview().data;
  useTitle(product.title);
  return (
    <Empty
      icon={product.icon}
      title={product.title}
      action={
        <Button variant="outlined" component={Link} to="/hub">
          Go to Hub
        </Button>
      }
    >
      {product.about}. {presenceWords[presence(product, overview)]}.
    </Empty>
  );
}
