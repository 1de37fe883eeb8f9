/** Which items belong to a bundle, and which of them may be left out. */
import type { Item, BundlePart } from '@itechsmart/api';
import { Alert, Autocomplete, Box, TextField, Typography } from '@mui/material';
import { Package } from 'lucide-react';
import { useState } from 'react';
import { useItem } from '#shared/api/useItem';
import { useItemNames } from '#shared/api/useItemNames';
import { count } from '#shared/format/text';
import { moved } from '#shared/ui/moved';
import { Section } from '#shared/ui/Page';
import type { Editing } from '../editing';
import { EditorCard } from '../EditorCard';
import { PartEditor } from './PartEditor';
import { addPart, movePart, PARTS_MAX, partsOf, removePart } from './parts';

export function PartsEditor({ editing }: { editing: Editing }) {
  const { content, change, fault } = editing;
  const parts = partsOf(content);
  const [open, setOpen] = useState<number>();
  const overall = fault('/parts');
  const placed = parts.some((_, at) => fault(`/parts/${at}`) !== undefined);
  return (
    <Section title="Items" about="Whoever asks gets a request for each, with its own approval, tasks and price. It is shown to those alone who see all that is required.">
      {overall !== undefined && !placed && (
        <Alert severity="error" sx={{ mb: 1.5 }}>
          {overall}
        </Alert>
      )}
      {parts.length === 0 && (
        <Typography variant="body2" color="textSecondary" sx={{ pb: 2 }}>
          Nothing belongs to it yet. Add what is asked for together.
        </Typography>
      )}
      <Box component="ol" aria-label="Items" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}>
        {parts.map((part, at) => (
          <Part
            key={at}
            editing={editing}
            part={part}
            at={at}
            count={parts.length}
            open={open === at}
            onOpen={(on) => setOpen(on ? at : undefined)}
            onMove={(to) => {
              change((current) => movePart(current, at, to));
              setOpen((current) => (current === undefined ? undefined : moved([...parts.keys()], at, to).indexOf(current)));
            }}
            onRemove={() => {
              change((current) => removePart(current, at));
              setOpen(undefined);
            }}
          />
        ))}
      </Box>
      <Box sx={{ mt: parts.length === 0 ? 0 : 2, maxWidth: 420 }}>
        <Add
          disabled={parts.length >= PARTS_MAX}
          onAdd={(id) => {
            change((current) => addPart(current, id));
            setOpen(parts.length);
          }}
        />
      </Box>
    </Section>
  );
}

interface PartProps {
  editing: Editing;
  part: BundlePart;
  at: number;
  count: number;
  open: boolean;
  onOpen: (open: boolean) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

function Part({ editing, part, ...card }: PartProps) {
  const item = useItem(part.item_id).data?.data;
  const presets = Object.keys(part.presets).length;
  const about = [part.is_required ? 'required' : 'may be left out', presets === 0 ? '' : `${count(presets, 'answer')} given`, standing(item)].filter(Boolean).join(', ');
  return (
    <EditorCard {...card} icon={Package} title={nameOf(item)} about={about} fault={editing.fault(`/parts/${card.at}`)}>
      <PartEditor editing={editing} part={part} at={card.at} item={item} />
    </EditorCard>
  );
}

const nameOf = (item: Item | undefined): string => (item?.published ?? item?.draft)?.name ?? 'An item';

const standing = (item: Item | undefined): string => (item === undefined || item.state === 'published' ? '' : 'not offered any more');

function Add({ onAdd, disabled }: { onAdd: (id: string) => void; disabled: boolean }) {
  const items = useItemNames();
  // Chosen anew for each item that is added.
  const [added, setAdded] = useState(0);
  return (
    <Autocomplete
      key={added}
      size="small"
      fullWidth
      disabled={disabled}
      options={items.data ?? []}
      loading={items.isFetching}
      noOptionsText={items.error === null ? 'No published item has that name' : items.error.message}
      value={null}
      onChange={(_, item) => {
        if (item === null) return;
        onAdd(item.id);
        setAdded(added + 1);
      }}
      getOptionLabel={({ name }) => name}
      getOptionKey={({ id }) => id}
      renderInput={(props) => <TextField {...props} label="Add an item" helperText="One that is published. The same one can be added twice, with other answers." />}
    />
  );
}
