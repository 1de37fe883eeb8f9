/** An option list: its name, and what is on it. */
import { toProblem, type OptionList, type Problem, type Read } from '@itechsmart/api';
import { Button, TextField } from '@mui/material';
import { useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useDraft } from '#shared/forms/useDraft';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { ActionRow } from '#shared/ui/ActionRow';
import { Confirm } from '#shared/ui/dialogs';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Page, Section } from '#shared/ui/Page';
import { SaveBar } from '#shared/ui/SaveBar';
import { useToast } from '#shared/ui/toast';
import { faults, noList, toDraft, toInput, type ListDraft } from './options';
import { OptionsEditor } from './OptionsEditor';
import { useMakeOptionList, useOptionList, useOptionListChanges } from './useOptionLists';

const NAME_CHARS_MAX = 100;
const LISTS = '/service-catalog/option-lists';
const parent = { title: 'Option lists', to: LISTS };

export default function OptionListPage() {
  const { id } = useParams();
  return id === undefined ? <Make /> : <Existing key={id} id={id} />;
}

function Existing({ id }: { id: string }) {
  return (
    <ObjectPage title="Option list" parent={parent} object={useOptionList(id)}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

function Make() {
  const make = useMakeOptionList();
  const navigate = useNavigate();
  const leaving = useRef(false);
  const toast = useToast();
  const save = async (draft: ListDraft) => {
    const { id, name } = await make.mutateAsync(toInput(draft));
    leaving.current = true;
    toast(`The list ${name} is created.`);
    await navigate(`${LISTS}/${id}`);
    return draft;
  };
  return (
    <Page title="Create a list" parent={parent} about="Forms find it by its name.">
      <Editor current={noList} leaving={leaving} save={save} />
    </Page>
  );
}

function Content({ read: { data, etag } }: { read: Read<OptionList> }) {
  const { change, remove } = useOptionListChanges(data.id, etag);
  const navigate = useNavigate();
  const leaving = useRef(false);
  const toast = useToast();
  const save = async (draft: ListDraft) => {
    const saved = await change.mutateAsync(toInput(draft));
    toast('Saved. Forms offer it as it is now.');
    return toDraft(saved);
  };
  return (
    <Page title={data.name} parent={parent} about="A change counts for what is asked from now on. Requests keep what they were answered with, and what it was called.">
      <Editor current={toDraft(data)} leaving={leaving} save={save} />
      <Section title="Actions">
        <ActionRow title="Remove" about="Only a list that no item takes options from can be removed.">
          <Confirm
            title={`Remove the list ${data.name}?`}
            submit="Remove"
            danger
            act={async () => {
              await remove.mutateAsync(undefined);
              leaving.current = true;
              toast(`The list ${data.name} is removed.`);
              await navigate(LISTS);
            }}
            trigger={(open) => (
              <Button variant="outlined" color="error" onClick={open}>
                Remove
              </Button>
            )}
          >
            No form can take options from it any more. Requests keep what they were answered with.
          </Confirm>
        </ActionRow>
      </Section>
    </Page>
  );
}

interface EditorProps {
  current: ListDraft;
  leaving: React.RefObject<boolean>;
  /** Saves it; what it is then. */
  save: (draft: ListDraft) => Promise<ListDraft>;
}

function Editor({ current, leaving, save }: EditorProps) {
  const { draft, set, dirty, outdated, discard, settle } = useDraft(current);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const wrong = faults(draft.options);
  const send = async () => {
    setProblem(null);
    setBusy(true);
    try {
      settle(await save(draft));
    } catch (thrown) {
      setProblem(toProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <UnsavedGuard dirty={dirty} leaving={leaving} />
      <Section>
        <TextField
          label="Name"
          required
          autoComplete="off"
          value={draft.name}
          onChange={(event) => set({ ...draft, name: event.target.value })}
          helperText="Whoever builds a form chooses it by this."
          slotProps={{ htmlInput: { maxLength: NAME_CHARS_MAX } }}
          sx={{ width: '100%', maxWidth: 420 }}
        />
      </Section>
      <OptionsEditor options={draft.options} faults={wrong} onChange={(options) => set({ ...draft, options })} />
      <SaveBar
        dirty={dirty}
        outdated={outdated}
        busy={busy}
        problem={problem}
        disabled={draft.name.trim() === '' || wrong.some((fault) => fault !== undefined)}
        onSave={() => void send()}
        onDiscard={() => {
          setProblem(null);
          discard();
        }}
      />
    </>
  );
}
