/** The review of a major incident: written as its template has it, then published for good. */
import { toProblem, type Problem, type Read, type Review } from '@itechsmart/api';
import { Alert, Button, Stack } from '@mui/material';
import { useRef, useState } from 'react';
import { useParams } from 'react-router';
import { incidentPath, isActive } from '#shared/catalog/incidents';
import { listed } from '#shared/catalog/words';
import { useDraft } from '#shared/forms/useDraft';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { useCan } from '#shared/session/useMe';
import { Confirm } from '#shared/ui/dialogs';
import { MarkdownField } from '#shared/ui/MarkdownField';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Page, Section } from '#shared/ui/Page';
import { SaveBar } from '#shared/ui/SaveBar';
import { State } from '#shared/ui/State';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useReviewChanges } from '../useIncidentChanges';
import { useIncident, useReview } from '../useIncidents';
import { ActionsEditor } from './ActionsEditor';
import { lacking, toDraft, toInput, unwritten } from './draft';
import { Published } from './Published';

const SECTION_CHARS_MAX = 50_000;

export default function ReviewPage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Review" parent={{ title: 'Major incident', to: incidentPath(id) }} object={useReview(id)}>
      {(read) => <Content key={read.data.incident_id} read={read} />}
    </ObjectPage>
  );
}

function Content({ read }: { read: Read<Review> }) {
  const review = read.data;
  const incident = useIncident(review.incident_id).data?.data;
  const writes = useCan()('catalog.major-incidents.write');
  const parent = { title: incident === undefined ? 'Major incident' : `#${incident.number} · ${incident.title}`, to: incidentPath(review.incident_id) };
  if (review.is_published || !writes) return <Published review={review} parent={parent} writes={writes} />;
  return <Editor read={read} parent={parent} isOpen={incident !== undefined && isActive(incident.state)} />;
}

interface EditorProps {
  read: Read<Review>;
  parent: { title: string; to: string };
  /** Whether the major incident still goes on. */
  isOpen: boolean;
}

function Editor({ read: { data: review, etag }, parent, isOpen }: EditorProps) {
  const { draft, set, dirty, outdated, discard, settle } = useDraft(toDraft(review));
  const { write, publish } = useReviewChanges(review.incident_id, etag);
  const [problem, setProblem] = useState<Problem | null>(null);
  const leaving = useRef(false);
  const toast = useToast();
  const missing = unwritten(review, draft);
  const isWhole = draft.actions.every((action) => lacking(action) === undefined);
  const save = async () => {
    setProblem(null);
    try {
      settle(toDraft(await write.mutateAsync(toInput(draft))));
      toast('The review is saved. It is a draft until it is published.');
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  const blocked = dirty ? 'Save first what you changed.' : isOpen ? 'It can be published once the major incident is resolved.' : missing.length > 0 ? `To be written before it is published: ${listed(missing, 'and')}.` : undefined;
  return (
    <Page
      title="Review"
      parent={parent}
      about={
        <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
          <State tone="info">Draft</State>
          <span>
            Saved <Time>{review.updated_at}</Time>. Why it happened, and not who did it.
          </span>
        </Stack>
      }
      actions={
        <Confirm
          title="Publish the review?"
          submit="Publish"
          act={async () => {
            await publish.mutateAsync(undefined);
            toast('The review is published.');
          }}
          trigger={(open) => (
            <Button variant="contained" disabled={blocked !== undefined} onClick={open}>
              Publish…
            </Button>
          )}
        >
          What it says never changes then. All who see major incidents read it, and the owners of its actions are told. What is done, and what is not, is still said of its actions.
        </Confirm>
      }
    >
      <UnsavedGuard dirty={dirty} leaving={leaving} />
      {blocked !== undefined && <Alert severity="info">{blocked}</Alert>}
      <Section>
        <Stack role="group" aria-label="Sections" sx={{ gap: 3, maxWidth: 860 }}>
          {review.sections.map(({ key, title, help, is_required }) => (
            <MarkdownField key={key} label={title} required={is_required} help={help === '' ? undefined : help} chars={SECTION_CHARS_MAX} rows={3} value={draft.texts[key] ?? ''} onChange={(text) => set({ ...draft, texts: { ...draft.texts, [key]: text } })} />
          ))}
        </Stack>
      </Section>
      <Section title="Actions" about="What is done so that it does not happen again. Owners say themselves when they are done.">
        <ActionsEditor actions={draft.actions} onChange={(actions) => set({ ...draft, actions })} />
      </Section>
      <SaveBar
        dirty={dirty}
        outdated={outdated}
        busy={write.isPending}
        problem={problem}
        disabled={!isWhole}
        onSave={() => void save()}
        onDiscard={() => {
          setProblem(null);
          discard();
        }}
      />
    </Page>
  );
}
