import { Button } from '@mui/material';
import { Compass } from 'lucide-react';
import { Link, useLocation } from 'react-router';
import { useTitle } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';

export function NotFound() {
  const { pathname } = useLocation();
  useTitle('Not found');
  return (
    <Empty
      icon={Compass}
      title="There is no such page"
      action={
        <Button variant="outlined" component={Link} to="/">
          Go to the start
        </Button>
      }
    >
      Nothing is at {pathname}. It may have moved, or the link may be cut off.
    </Empty>
  );
}
