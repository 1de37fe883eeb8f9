/** A list: a table where there is room, cards on a phone, with its own loading, empty and error. */
import {
  Box,
  Button,
  LinearProgress,
  Link,
  Stack,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
  useMediaQuery,
} from '@mui/material';
import type { Theme } from '@mui/material/styles';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';
import type { Pages } from '#shared/api/usePages';
import { Failed, LoadingRows } from './states';
import { VisuallyHidden } from './VisuallyHidden';

export interface Column<T> {
  title: string;
  render: (item: T) => ReactNode;
  width?: number | string;
  align?: 'right';
  /** Below this width, and on cards, the column gives way to the others. */
  from?: 'md' | 'lg';
  /** Whether a long word, such as an address, may be broken anywhere. */
  breaks?: boolean;
  /** Stays in one line. */
  whole?: boolean;
  /** Buttons: without a title on a card. */
  actions?: boolean;
}

interface ListProps<T> {
  label: string;
  columns: readonly Column<T>[];
  items: readonly T[];
  id: (item: T) => string;
  /** The first column becomes a link, and the whole row with it. */
  to?: (item: T) => string;
}

export function List<T>(props: ListProps<T>) {
  const phone = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'));
  return phone ? <Cards {...props} /> : <Rows {...props} />;
}

function First<T>({ item, column, to }: { item: T; column: Column<T>; to: ListProps<T>['to'] }) {
  if (to === undefined) return column.render(item);
  return (
    <Link
      component={RouterLink}
      to={to(item)}
      color="inherit"
      underline="none"
      sx={{
        fontWeight: 600,
        '&::after': { content: '""', position: 'absolute', inset: 0 },
        '&:focus-visible': { outline: 'none' },
        '&:focus-visible::after': {
          outline: '2px solid',
          outlineColor: 'primary.main',
          outlineOffset: -2,
        },
      }}
    >
      {column.render(item)}
    </Link>
  );
}

function Rows<T>({ label, columns, items, id, to }: ListProps<T>) {
  const shown = (from: Column<T>['from']) =>
    from === undefined ? {} : { display: { xs: 'none', [from]: 'table-cell' } };
  return (
    <TableContainer>
      <Table aria-label={label} sx={{ tableLayout: 'auto' }}>
        <TableHead>
          <TableRow>
            {columns.map(({ title, width, align, from, actions }) => (
              <TableCell key={title} align={align ?? 'left'} sx={{ width, ...shown(from) }}>
                {actions === true ? <VisuallyHidden>{title}</VisuallyHidden> : title}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {items.map((item) => (
            <TableRow
              key={id(item)}
              hover={to !== undefined}
              sx={{ position: 'relative', '& button, & a.inner': { position: 'relative', zIndex: 1 } }}
            >
              {columns.map((column, index) => (
                <TableCell
                  key={column.title}
                  align={column.align ?? 'left'}
                  sx={{
                    ...shown(column.from),
                    overflowWrap: column.breaks === true ? 'anywhere' : 'normal',
                    whiteSpace: column.actions === true || column.whole === true ? 'nowrap' : 'normal',
                  }}
                >
                  {index === 0 ? <First item={item} column={column} to={to} /> : column.render(item)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Cards<T>({ label, columns, items, id, to }: ListProps<T>) {
  const [first, ...others] = columns.filter(({ from }) => from === undefined);
  if (first === undefined) return null;
  return (
    <Box component="ul" aria-label={label} sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {items.map((item) => (
        <Box
          component="li"
          key={id(item)}
          sx={{
            position: 'relative',
            px: 2,
            py: 1.5,
            '& + &': { borderTop: 1, borderColor: 'divider' },
            '& button': { position: 'relative', zIndex: 1 },
          }}
        >
          <Typography variant="body2" component="div" sx={{ mb: 0.5, overflowWrap: 'anywhere' }}>
            <First item={item} column={first} to={to} />
          </Typography>
          <Box
            component="dl"
            sx={{ m: 0, display: 'grid', gridTemplateColumns: 'minmax(84px, auto) 1fr', columnGap: 1.5, rowGap: 0.25, alignItems: 'baseline' }}
          >
            {others
              .filter(({ actions }) => actions !== true)
              .map((column) => (
                <Box key={column.title} sx={{ display: 'contents' }}>
                  <Typography component="dt" variant="caption" color="textSecondary">
                    {column.title}
                  </Typography>
                  <Typography component="dd" variant="body2" sx={{ m: 0, minWidth: 0, overflowWrap: 'anywhere' }}>
                    {column.render(item)}
                  </Typography>
                </Box>
              ))}
          </Box>
          {others
            .filter(({ actions }) => actions === true)
            .map((column) => (
              <Box key={column.title} sx={{ mt: 0.25, ml: -1.75 }}>
                {column.render(item)}
              </Box>
            ))}
        </Box>
      ))}
    </Box>
  );
}

export interface PagedListProps<T> extends Omit<ListProps<T>, 'items'> {
  pages: Pages<T>;
  empty: ReactNode;
}

export function PagedList<T>({ pages, empty, ...list }: PagedListProps<T>) {
  const { items, error, more, loadingMore, outdated, reload } = pages;
  if (items === undefined) {
    if (error === null) return <LoadingRows />;
    return (
      <Box sx={{ p: 2 }}>
        <Failed problem={error} retry={reload} />
      </Box>
    );
  }
  return (
    <Box aria-busy={outdated}>
      <LinearProgress
        aria-hidden
        sx={{ height: 2, mt: '-2px', visibility: outdated ? 'visible' : 'hidden' }}
      />
      {items.length === 0 ? empty : <List {...list} items={items} />}
      {error !== null && (
        <Box sx={{ p: 2 }}>
          <Failed problem={error} retry={reload} />
        </Box>
      )}
      {more !== undefined && (
        <Stack sx={{ p: 1.5, alignItems: 'center', borderTop: 1, borderColor: 'divider' }}>
          <Button onClick={more} loading={loadingMore}>
            Show more
          </Button>
        </Stack>
      )}
    </Box>
  );
}
