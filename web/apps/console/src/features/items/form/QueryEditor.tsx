/** Where a choice has its options from: written down with it, or found when it is asked. */
import type { OptionList, OptionsQuery } from '@itechsmart/api';
import { MenuItem, TextField } from '@mui/material';
import { useCatalogAll } from '#shared/api/useCatalog';
import { useGroups } from '#shared/api/useGroups';
import { sources } from '#shared/catalog/form/queries';
import { capital } from '#shared/catalog/words';
import { groupOptions } from '../groupOptions';
import type { KindEditorProps } from './KindEditor';

const OWN = 'own';

interface QueryEditorProps extends Pick<KindEditorProps, 'names' | 'others'> {
  query: OptionsQuery | null;
  onChange: (query: OptionsQuery | null) => void;
}

export function QueryEditor({ query, names, others, onChange }: QueryEditorProps) {
  const lists = useCatalogAll<OptionList>(['catalog.option-lists'], '/option-lists');
  const groups = groupOptions(useGroups().data, names, query?.source === 'people' ? [query.group_id] : []);
  const [list] = lists.data ?? [];
  const [group] = groups;
  const choose = (source: string) => {
    if (source === OWN) onChange(null);
    else if (source === 'list') {
      if (list !== undefined) onChange({ source, list_id: list.id });
    } else if (source === 'people') {
      if (group !== undefined) onChange({ source, group_id: group.id });
    } else onChange({ source } as OptionsQuery);
  };
  const lacks = (source: string) => (source === 'list' && list === undefined && query?.source !== 'list') || (source === 'people' && group === undefined);
  return (
    <>
      <TextField select label="Options come from" value={query?.source ?? OWN} onChange={(event) => choose(event.target.value)} helperText={query === null ? undefined : 'Found when it is asked, and searched while somebody types.'}>
        <MenuItem value={OWN}>The options below</MenuItem>
        {Object.entries(sources).map(([source, words]) => (
          <MenuItem key={source} value={source} disabled={lacks(source)}>
            {capital(words)}
            {lacks(source) && (source === 'list' ? ' (there is none yet)' : ' (there is no group)')}
          </MenuItem>
        ))}
      </TextField>
      {query?.source === 'list' && <OfList query={query} lists={lists.data ?? []} others={others} onChange={onChange} />}
      {query?.source === 'people' && (
        <TextField select label="Group" value={query.group_id} onChange={(event) => onChange({ ...query, group_id: event.target.value })}>
          {groups.map(({ id, name }) => (
            <MenuItem key={id} value={id}>
              {name}
            </MenuItem>
          ))}
        </TextField>
      )}
    </>
  );
}

interface OfListProps extends Pick<QueryEditorProps, 'others'> {
  query: Extract<OptionsQuery, { source: 'list' }>;
  lists: readonly OptionList[];
  onChange: (query: OptionsQuery) => void;
}

function OfList({ query, lists, others, onChange }: OfListProps) {
  const known = lists.find(({ id }) => id === query.list_id);
  const fields = others.filter(({ kind }) => kind.type === 'choice' || kind.type === 'text');
  return (
    <>
      <TextField select label="List" value={known === undefined ? '' : query.list_id} onChange={(event) => onChange({ source: 'list', list_id: event.target.value })}>
        {lists.map(({ id, name, options }) => (
          <MenuItem key={id} value={id}>
            {name} ({options.length.toLocaleString('en')})
          </MenuItem>
        ))}
      </TextField>
      {(known?.options.some(({ of }) => of != null) === true || query.of != null) && (
        <TextField
          select
          label="Only those of the answer to"
          value={fields.some(({ key }) => key === query.of) ? query.of : ''}
          onChange={(event) => onChange({ ...query, of: event.target.value || null })}
          slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
          helperText="Such as the rooms of the site that is chosen above."
        >
          <MenuItem value="">Nothing: all of the list</MenuItem>
          {fields.map(({ key, label }) => (
            <MenuItem key={key} value={key}>
              {label || 'Untitled field'}
            </MenuItem>
          ))}
        </TextField>
      )}
    </>
  );
}
