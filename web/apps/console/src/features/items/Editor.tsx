import type { Item } from '@itechsmart/api';
import { Alert, Box, Button, Stack, Tab, Tabs } from '@mui/material';
import { useRef } from 'react';
import { Link, useNavigate } from 'react-router';
import { itemStates } from '#shared/catalog/states';
import { capital } from '#shared/catalog/words';
import { Confirm } from '#shared/ui/dialogs';
import { Page } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { FormProblem } from '#shared/ui/states';
import { useFilters } from '#shared/ui/useFilters';
import { useToast } from '#shared/ui/toast';
import { VisuallyHidden } from '#shared/ui/VisuallyHidden';
import { ApprovalEditor } from './approval/ApprovalEditor';
import { Details } from './Details';
import { FormBuilder } from './form/FormBuilder';
import { PartsEditor } from './parts/PartsEditor';
import { partsOf } from './parts/parts';
import { Publish } from './Publish';
import { TasksEditor } from './tasks/TasksEditor';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { useEditor } from './useEditor';
import { Versions } from './versions/Versions';

/** Of an item: */
const itemTabs = [
  { value: 'details', label: 'Details', faults: ['/name', '/summary', '/description', '/price', '/category_id', '/cost_centre_id', '/group_ids'] },
  { value: 'form', label: 'Form', faults: ['/form'] },
  { value: 'approval', label: 'Approval', faults: ['/approval'] },
  { value: 'tasks', label: 'Tasks', faults: ['/tasks'] },
] as const;

const bundleTabs = [itemTabs[0], { value: 'parts', label: 'Items', faults: ['/parts'] }] as const;

interface EditorProps {
  parent: { title: string; to: string };
  item: Item | undefined;
  isBundle: boolean;
}

export function Editor({ parent, item, isBundle }: EditorProps) {
  const editor = useEditor(item);
  const { editing, dirty, busy } = editor;
  const [{ tab }, set] = useFilters(['tab']);
  const leaving = useRef(false);
  const navigate = useNavigate();
  const toast = useToast();
  const tabs = isBundle ? bundleTabs : itemTabs;
  // Without an item it would be none.
  const isEmpty = isBundle && partsOf(editing.content).length === 0;
  const noun = isBundle ? 'bundle' : 'item';
  const shown = tab === 'versions' && item?.published != null ? tab : (tabs.find(({ value }) => value === tab)?.value ?? 'details');
  const save = async () => {
    const made = await editor.save();
    if (made === undefined) return;
    toast('The draft is saved.');
    if (item !== undefined) return;
    leaving.current = true;
    await navigate(`/service-catalog/items/${made.id}${tab === '' ? '' : `?tab=${tab}`}`, { replace: true });
  };
  return (
    <Page
      title={editing.content.name.trim() || (item !== undefined ? capital(noun) : isBundle ? 'Create a bundle' : 'Create an item')}
      about={<Standing item={item} dirty={dirty} noun={noun} isEmpty={isEmpty} />}
      parent={parent}
      actions={
        <>
          {item?.published != null && (
            <Button color="inherit" component={Link} to={`/service-catalog/browse/${item.id}`}>
              See in the catalog
            </Button>
          )}
          {item !== undefined && item.state === 'published' && <Withdraw item={item} editor={editor} />}
          <Button variant="outlined" onClick={() => void save()} loading={busy} disabled={(!dirty && item !== undefined) || isEmpty}>
            Save the draft
          </Button>
          {item !== undefined && !isEmpty && <Publish item={item} editor={editor} />}
        </>
      }
    >
      <Trouble editor={editor} />
      <Tabs
        value={shown}
        onChange={(_, next: string) => set({ tab: next === 'details' ? '' : next })}
        aria-label={`Parts of the ${noun}`}
        variant="scrollable"
        scrollButtons={false}
        sx={{ borderBottom: 1, borderColor: 'divider' }}
      >
        {tabs.map(({ value, label, faults }) => (
          <Tab key={value} value={value} label={<TabLabel label={label} fault={faults.some((at) => editing.fault(at) !== undefined)} />} />
        ))}
        {item?.published != null && <Tab value="versions" label="Versions" />}
      </Tabs>
      {shown === 'details' && <Details editing={editing} isBundle={isBundle} />}
      {shown === 'parts' && <PartsEditor editing={editing} />}
      {shown === 'form' && <FormBuilder editing={editing} />}
      {shown === 'approval' && <ApprovalEditor editing={editing} />}
      {shown === 'tasks' && <TasksEditor editing={editing} />}
      {shown === 'versions' && item?.published != null && <Versions item={item} latest={item.published} names={editing.names} />}
      <UnsavedGuard dirty={dirty} leaving={leaving} />
    </Page>
  );
}

function TabLabel({ label, fault }: { label: string; fault: boolean }) {
  return (
    <Stack direction="row" component="span" sx={{ gap: 0.75, alignItems: 'center' }}>
      {label}
      {fault && (
        <>
          <Box component="span" aria-hidden sx={{ width: 8, height: 8, borderRadius: '50%', bgcolor: 'error.main' }} />
          <VisuallyHidden>, has an error</VisuallyHidden>
        </>
      )}
    </Stack>
  );
}

function Standing({ item, dirty, noun, isEmpty }: { item: Item | undefined; dirty: boolean; noun: string; isEmpty: boolean }) {
  if (isEmpty) return <>Put at least one item into it, then save it.</>;
  const unsaved = dirty && <State tone="warning" apart={item !== undefined}>Not saved</State>;
  if (item === undefined) return <>{unsaved || `A new ${noun} is a draft until you publish it.`}</>;
  const { tone, word } = itemStates[item.state] ?? { tone: 'neutral', word: item.state };
  return (
    <>
      <State tone={tone}>{item.published == null ? word : `${word}, version ${item.published.number}`}</State>
      {item.published != null && item.draft != null && (
        <State tone="info" apart>
          Draft of version {item.draft.number}
        </State>
      )}
      {unsaved}
    </>
  );
}

type EditorState = ReturnType<typeof useEditor>;

function Trouble({ editor: { problem, reload } }: { editor: EditorState }) {
  if (problem?.kind !== 'stale') return <FormProblem problem={problem} />;
  return (
    <Alert
      severity="warning"
      action={
        <Button color="inherit" onClick={reload}>
          Load theirs
        </Button>
      }
    >
      Somebody else has changed this item meanwhile. Load what they saved, or save again to put yours in its place.
    </Alert>
  );
}

function Withdraw({ item, editor }: { item: Item; editor: EditorState }) {
  const toast = useToast();
  return (
    <Confirm
      title={`Withdraw ${item.published?.name ?? 'the item'}?`}
      submit="Withdraw"
      danger
      act={async () => {
        await editor.withdraw.mutateAsync(item.version);
        toast('The item is withdrawn.');
      }}
      trigger={(open) => (
        <Button variant="outlined" color="error" onClick={open}>
          Withdraw
        </Button>
      )}
    >
      Nobody can ask for it any more. Requests that run go on, and you can publish it again.
    </Confirm>
  );
}
