/** Option lists: what forms let people choose from, kept in one place for all of them. */
import type { OptionList } from '@itechsmart/api';
import { Button } from '@mui/material';
import { ListPlus, Plus } from 'lucide-react';
import { Link } from 'react-router';
import { count } from '#shared/format/text';
import type { Column } from '#shared/ui/List';
import { ListPage } from '#shared/ui/ListPage';
import { None } from '#shared/ui/None';
import { useOptionListPages } from './useOptionLists';

/** So many labels tell what is on a list. */
const SHOWN_MAX = 3;

const columns: readonly Column<OptionList>[] = [
  { title: 'Name', breaks: true, render: ({ name }) => name },
  { title: 'Options', width: 130, whole: true, render: ({ options }) => count(options.length, 'option') },
  {
    title: 'Begins with',
    breaks: true,
    render: ({ options }) => {
      if (options.length === 0) return <None word="It is empty" />;
      const labels = options.slice(0, SHOWN_MAX).map(({ label }) => label);
      return options.length > SHOWN_MAX ? `${labels.join(', ')}, …` : labels.join(', ');
    },
  },
];

export default function OptionListsPage() {
  const pages = useOptionListPages();
  const add = (
    <Button variant="contained" component={Link} to="/service-catalog/option-lists/new" startIcon={<Plus size={16} aria-hidden />}>
      Create a list
    </Button>
  );
  return (
    <ListPage
      title="Option lists"
      about="What several forms let people choose from, such as sites and their rooms. A form takes its options from one, as it is when somebody asks."
      add={add}
      columns={columns}
      pages={pages}
      id={({ id }) => id}
      to={({ id }) => `/service-catalog/option-lists/${id}`}
      empty={{
        icon: ListPlus,
        title: 'There are no lists yet',
        about: 'Keep what forms ask for again and again in one place: sites, rooms, models, software.',
      }}
    />
  );
}
