/** Makes an item, or changes one: what is published stays as it is until the next version is. */
import { useParams } from 'react-router';
import { useItem } from '#shared/api/useItem';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { useFilters } from '#shared/ui/useFilters';
import { Editor } from './Editor';

const parent = { title: 'Items', to: '/service-catalog/items' };

export default function EditorPage() {
  const { id = '' } = useParams();
  const fresh = id === 'new';
  const [{ kind }] = useFilters(['kind']);
  const item = useItem(id, !fresh);
  if (fresh) return <Editor key={`new ${kind}`} parent={parent} item={undefined} isBundle={kind === 'bundle'} />;
  return (
    <ObjectPage title="Item" parent={parent} object={item}>
      {({ data }) => <Editor key={data.id} parent={parent} item={data} isBundle={data.is_bundle} />}
    </ObjectPage>
  );
}
