/** Views: those that every agent has, one's own, and those that are shared. */
import type { SavedTicketView, SavedTicketViews, TicketViewInput } from '@itechsmart/api';
import { Box, Button, IconButton, Menu, MenuItem, Tab, Tabs, TextField, Tooltip } from '@mui/material';
import { Ellipsis, Users } from 'lucide-react';
import { useState } from 'react';
import { useCatalogObject } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { useForm } from '#shared/forms/useForm';
import { catalog } from '#shared/session/session';
import { useCan } from '#shared/session/useMe';
import { FormDialog, type EditDialogProps } from '#shared/ui/dialogs';
import { useToast } from '#shared/ui/toast';
import { Toggle } from '#shared/ui/Toggle';
import { VisuallyHidden } from '#shared/ui/VisuallyHidden';
import { fromKept, isSame, readyViews, toKept, type QueueFilter } from '../filters';

const KEY = 'catalog.ticket-views';

export function useViews() {
  return useCatalogObject<SavedTicketViews>([KEY], '/ticket-views');
}

function useViewChanges() {
  return {
    keep: useChange((view: TicketViewInput) => catalog.post<SavedTicketView>('/ticket-views', view), [KEY]),
    change: useChange(({ id, version, view }: { id: string; version: number; view: TicketViewInput }) => catalog.put<SavedTicketView>(`/ticket-views/${id}`, view, version), [KEY]),
    remove: useChange(({ id, version }: SavedTicketView) => catalog.delete(`/ticket-views/${id}`, version), [KEY]),
  };
}

interface ViewsProps {
  filter: QueueFilter;
  onFilter: (filter: QueueFilter) => void;
}

export function Views({ filter, onFilter }: ViewsProps) {
  const saved = useViews().data?.data.items ?? [];
  const ready = readyViews.find((view) => isSame(view.filter, filter))?.key;
  const own = saved.find((view) => isSame(fromKept(view.filter), filter));
  const at = own?.id ?? ready;
  const choose = (key: string) => {
    const found = readyViews.find((view) => view.key === key)?.filter;
    const kept = saved.find((view) => view.id === key)?.filter;
    if (found !== undefined) onFilter(found);
    else if (kept !== undefined) onFilter(fromKept(kept));
  };
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', borderBottom: 1, borderColor: 'divider', pr: 1 }}>
      <Tabs value={at ?? false} onChange={(_, key: string) => choose(key)} variant="scrollable" scrollButtons="auto" allowScrollButtonsMobile aria-label="Views" sx={{ flex: 1, minWidth: 0 }}>
        {readyViews.map(({ key, name }) => (
          <Tab key={key} value={key} label={name} />
        ))}
        {saved.map(({ id, name, is_shared }) => (
          <Tab
            key={id}
            value={id}
            label={
              <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, alignItems: 'center' }}>
                {name}
                {is_shared && <Users size={13} aria-hidden />}
                {is_shared && <VisuallyHidden>, shared</VisuallyHidden>}
              </Box>
            }
          />
        ))}
      </Tabs>
      {at === undefined && <Keep filter={filter} views={saved} />}
      {own !== undefined && <Edit key={own.id} view={own} filter={filter} />}
    </Box>
  );
}

interface ViewValues {
  name: string;
  is_shared: boolean;
}

function ViewDialog({ title, submit, initial, save, onClose }: EditDialogProps<ViewValues>) {
  const form = useForm(initial);
  const leads = useCan()('catalog.desk.lead');
  return (
    <FormDialog open title={title} submit={submit} busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void form.submit(save).then((done) => done && onClose())}>
      <TextField autoFocus label="Name" {...form.text('name')} slotProps={{ htmlInput: { maxLength: 100 } }} />
      {leads && <Toggle label="Shared: everybody at the desk has it" on={form.values.is_shared} onChange={(on) => form.set('is_shared', on)} />}
    </FormDialog>
  );
}

/** Keeps what is chosen as a new view, or as what one of one's own shows from now on. */
function Keep({ filter, views }: { filter: QueueFilter; views: readonly SavedTicketView[] }) {
  const [open, setOpen] = useState(false);
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { keep, change } = useViewChanges();
  const leads = useCan()('catalog.desk.lead');
  const toast = useToast();
  const changeable = views.filter(({ is_own }) => is_own || leads);
  const replace = (view: SavedTicketView) => {
    setAnchor(null);
    const { id, version, name, is_shared } = view;
    change.mutate(
      { id, version, view: { name, is_shared, filter: toKept(filter) } },
      { onSuccess: () => toast(`“${name}” shows this from now on.`), onError: (problem) => toast(problem.detail, 'error') },
    );
  };
  return (
    <>
      <Button onClick={(event) => (changeable.length === 0 ? setOpen(true) : setAnchor(event.currentTarget))}>Save view</Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem
          onClick={() => {
            setAnchor(null);
            setOpen(true);
          }}
        >
          As a new view…
        </MenuItem>
        {changeable.map((view) => (
          <MenuItem key={view.id} onClick={() => replace(view)}>
            As “{view.name}”
          </MenuItem>
        ))}
      </Menu>
      {open && (
        <ViewDialog
          title="Save this view"
          submit="Save"
          initial={{ name: '', is_shared: false }}
          save={(values) => keep.mutateAsync({ ...values, filter: toKept(filter) })}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function Edit({ view, filter }: { view: SavedTicketView; filter: QueueFilter }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [open, setOpen] = useState(false);
  const { change, remove } = useViewChanges();
  const leads = useCan()('catalog.desk.lead');
  const toast = useToast();
  if (!view.is_own && !leads) return null;
  return (
    <>
      <Tooltip title="Change this view">
        <IconButton size="small" aria-label={`Change the view ${view.name}`} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
          <Ellipsis size={18} aria-hidden />
        </IconButton>
      </Tooltip>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem
          onClick={() => {
            setAnchor(null);
            setOpen(true);
          }}
        >
          Rename or share…
        </MenuItem>
        <MenuItem
          onClick={() => {
            setAnchor(null);
            remove.mutate(view, { onSuccess: () => toast(`“${view.name}” is removed.`), onError: (problem) => toast(problem.detail, 'error') });
          }}
        >
          Remove
        </MenuItem>
      </Menu>
      {open && (
        <ViewDialog
          title={`Change “${view.name}”`}
          submit="Save"
          initial={{ name: view.name, is_shared: view.is_shared }}
          save={(values) => change.mutateAsync({ id: view.id, version: view.version, view: { ...values, filter: toKept(filter) } })}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
