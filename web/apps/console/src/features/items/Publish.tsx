import type { Item } from '@itechsmart/api';
import { Button, Typography } from '@mui/material';
import { count } from '#shared/format/text';
import { Confirm } from '#shared/ui/dialogs';
import { useToast } from '#shared/ui/toast';
import type { useEditor } from './useEditor';
import { ChangeList } from './versions/ChangeList';
import { useChangeWords } from './versions/useChangeWords';

interface PublishProps {
  item: Item;
  editor: ReturnType<typeof useEditor>;
}

/** Saves what is not saved, then publishes. What changes for people is said before. */
export function Publish({ item, editor: { editing, dirty, save, publish } }: PublishProps) {
  const toast = useToast();
  const words = useChangeWords(editing.names);
  const changes = item.published == null ? [] : words(item.published, editing.content);
  const again = item.state === 'withdrawn' && item.draft == null && !dirty;
  const name = editing.content.name.trim() || 'the item';
  return (
    <Confirm
      title={again ? `Offer ${name} again?` : `Publish ${name}?`}
      submit="Publish"
      act={async () => {
        const now = dirty ? await save() : item;
        // What is wrong with it stands on the page.
        if (now === undefined) return;
        await publish.mutateAsync(now.version);
        toast(`${name} is published.`);
      }}
      trigger={(open) => (
        <Button variant="contained" disabled={item.draft == null && !dirty && !again} onClick={open}>
          {again ? 'Publish again' : 'Publish'}
        </Button>
      )}
    >
      <Typography variant="body2">
        {again
          ? 'It can be asked for again as it was.'
          : item.published == null
            ? 'From then on it can be asked for.'
            : `It becomes version ${item.published.number + 1}, with ${count(changes.length, 'change')}. Requests that run keep the version that they were made with.`}
      </Typography>
      {changes.length > 0 && <ChangeList changes={changes} />}
    </Confirm>
  );
}
