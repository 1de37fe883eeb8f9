/** Writes an article: a draft, with what it will look like, until it is published. */
import { toProblem, type Article, type ArticleContent, type Problem, type Read } from '@itechsmart/api';
import { Alert, Autocomplete, Button, MenuItem, Stack, TextField } from '@mui/material';
import { useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useGroups } from '#shared/api/useGroups';
import { articlePath, useArticle } from '#shared/catalog/articles/useArticles';
import { GONE_GROUP } from '#shared/catalog/words';
import { useDraft } from '#shared/forms/useDraft';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { Choices } from '#shared/ui/Choices';
import { MarkdownField } from '#shared/ui/MarkdownField';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Page, Section } from '#shared/ui/Page';
import { FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { groupsOf, isWhole, nothing, readers, readersOf, written, type Readers } from './content';
import { useArticleCategories, useArticleChanges, useWriteArticle } from './useKnowledge';

const parent = { title: 'Knowledge base', to: '/service-catalog/knowledge' };
const BODY_CHARS_MAX = 100_000;
const CATEGORY_CHARS_MAX = 100;
const GROUPS_MAX = 50;

export default function EditorPage() {
  const { id } = useParams();
  return id === undefined ? <New /> : <Existing id={id} />;
}

function New() {
  const write = useWriteArticle();
  return <Editor title="Write an article" parent={parent} content={nothing} save={write.mutateAsync} />;
}

function Existing({ id }: { id: string }) {
  return (
    <ObjectPage title="Article" parent={parent} object={useArticle(id)}>
      {(read) => <Change key={read.data.id} read={read} />}
    </ObjectPage>
  );
}

function Change({ read: { data: article, etag } }: { read: Read<Article> }) {
  const { draft } = useArticleChanges(article.id, etag);
  const content = written(article);
  return <Editor title="Edit the article" parent={{ title: content.title, to: articlePath(article.id) }} content={content} save={draft.mutateAsync} isLive={article.is_published} />;
}

interface EditorProps {
  title: string;
  parent: { title: string; to: string };
  content: ArticleContent;
  save: (content: ArticleContent) => Promise<Article>;
  /** Whether readers have it as it was. */
  isLive?: boolean;
}

function Editor({ title, parent: above, content, save, isLive = false }: EditorProps) {
  const { draft, set, dirty, outdated, discard, settle } = useDraft(content);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const leaving = useRef(false);
  const navigate = useNavigate();
  const toast = useToast();
  const change = (part: Partial<ArticleContent>) => set({ ...draft, ...part });
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const saved = await save(draft);
      settle(written(saved));
      leaving.current = true;
      toast('The draft is saved. Publish it once it is ready.');
      await navigate(articlePath(saved.id));
    } catch (thrown) {
      setProblem(toProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page
      title={title}
      parent={above}
      about={isLive ? 'A new draft. Readers have the published version until this one is published.' : 'A draft until it is published.'}
      actions={
        <Button variant="contained" loading={busy} disabled={!isWhole(draft) || !dirty} onClick={() => void send()}>
          Save the draft
        </Button>
      }
    >
      <UnsavedGuard dirty={dirty} leaving={leaving} />
      {outdated && (
        <Alert
          severity="warning"
          action={
            <Button color="inherit" onClick={discard}>
              Show theirs
            </Button>
          }
        >
          Somebody else changed this meanwhile. What you typed is still here: saved now, it replaces theirs.
        </Alert>
      )}
      <FormProblem problem={problem} />
      <Section>
        <Stack component="form" noValidate aria-label="Article" sx={{ gap: 2.5, maxWidth: 860 }} onSubmit={(event) => event.preventDefault()}>
          <TextField required label="Title" value={draft.title} onChange={(event) => change({ title: event.target.value })} helperText="As somebody asks: it is found by these words first." slotProps={{ htmlInput: { maxLength: 200 } }} />
          <Category category={draft.category} onChange={(category) => change({ category })} />
          <Visibility content={draft} onChange={change} />
          <MarkdownField required headings label="Text" rows={14} rowsMax={40} chars={BODY_CHARS_MAX} value={draft.body} onChange={(body) => change({ body })} help="Markdown: # and ## are headings, - begins a list. HTML is shown as it is written." />
        </Stack>
      </Section>
    </Page>
  );
}

function Category({ category, onChange }: { category: string; onChange: (category: string) => void }) {
  const known = useArticleCategories().data?.data.items ?? [];
  return <Autocomplete freeSolo autoSelect size="small" options={known.map(({ name }) => name)} inputValue={category} onInputChange={(_, text) => onChange(text.slice(0, CATEGORY_CHARS_MAX))} renderInput={(props) => <TextField {...props} required label="Category" helperText="One that there is, or a new one." />} />;
}

function Visibility({ content: { visibility }, onChange }: { content: ArticleContent; onChange: (part: Partial<ArticleContent>) => void }) {
  const groups = useGroups().data;
  const who = readersOf(visibility);
  const chosen = groupsOf(visibility);
  const known = groups?.map(({ id, name }) => ({ id, name })) ?? [];
  const options = [...known, ...chosen.filter((id) => !known.some((group) => group.id === id)).map((id) => ({ id, name: GONE_GROUP }))];
  return (
    <Stack sx={{ gap: 2, flexDirection: { sm: 'row' } }}>
      <TextField select fullWidth label="Who reads it" value={who} onChange={(event) => onChange({ visibility: event.target.value === 'groups' ? { groups: [] } : (event.target.value as 'everybody' | 'agents') })} helperText={readers[who].about}>
        {(Object.keys(readers) as Readers[]).map((one) => (
          <MenuItem key={one} value={one}>
            {readers[one].title}
          </MenuItem>
        ))}
      </TextField>
      {who === 'groups' && <Choices label="Groups" options={options} chosen={chosen} onChange={(ids) => onChange({ visibility: { groups: ids.slice(0, GROUPS_MAX) } })} help={chosen.length === 0 ? 'Choose at least one.' : undefined} />}
    </Stack>
  );
}
