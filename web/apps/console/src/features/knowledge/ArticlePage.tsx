/** An article as its readers have it; for whoever writes, its draft, its versions, and what readers say. */
import type { Article, Read } from '@itechsmart/api';
import { Alert, Box, Button, Divider, Stack } from '@mui/material';
import { Link, useParams } from 'react-router';
import { Feedback } from '#shared/catalog/articles/Feedback';
import { articlePath, useArticle } from '#shared/catalog/articles/useArticles';
import { useCan } from '#shared/session/useMe';
import { Confirm } from '#shared/ui/dialogs';
import { Markdown } from '#shared/ui/Markdown';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Page, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { articleState, readers, readersOf } from './content';
import { Readings } from './Readings';
import { useArticleChanges } from './useKnowledge';
import { Versions } from './Versions';

const parent = { title: 'Knowledge base', to: '/service-catalog/knowledge' };

export default function ArticlePage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Article" parent={parent} object={useArticle(id)}>
      {(read) => <Content key={read.data.id} read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data: article, etag } }: { read: Read<Article> }) {
  const writes = useCan()('catalog.articles.write');
  // What was never published is shown to those who write, and to nobody else.
  const shown = article.content ?? article.draft;
  if (shown == null) return null;
  const { tone, word } = articleState(article);
  const isOld = article.content != null && !article.is_published;
  return (
    <Page
      title={shown.title}
      parent={parent}
      about={
        <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
          <span>
            {shown.category} · article {article.number}
            {article.published_at != null && (
              <>
                , published <Time>{article.published_at}</Time>
              </>
            )}
          </span>
          {writes && <State tone={tone}>{word}</State>}
          {writes && <span>For {readers[readersOf(shown.visibility ?? 'everybody')].title.toLowerCase()}</span>}
        </Stack>
      }
      actions={writes && <Actions article={article} etag={etag} />}
    >
      {writes && article.content == null && <Alert severity="info">It is a draft: nobody reads it but those who write articles.</Alert>}
      {writes && isOld && <Alert severity="warning">It is withdrawn: nobody reads it but those who write articles.</Alert>}
      {writes && article.content != null && article.draft != null && (
        <Alert
          severity="info"
          action={
            <Button color="inherit" component={Link} to={`${articlePath(article.id)}/edit`}>
              See the draft
            </Button>
          }
        >
          There is a draft of the next version. Readers have what stands here until it is published.
        </Alert>
      )}
      <Section>
        <Box sx={{ maxWidth: 760 }}>
          <Markdown headings>{shown.body}</Markdown>
          {article.is_published && (
            <>
              <Divider sx={{ my: 2.5 }} />
              <Feedback key={article.published_number} article={article} />
            </>
          )}
        </Box>
      </Section>
      {writes && article.published_number > 0 && (
        <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' } }}>
          <Readings article={article} />
          <Versions article={article} />
        </Box>
      )}
    </Page>
  );
}

function Actions({ article, etag }: { article: Article; etag: string | undefined }) {
  const { publish, withdraw } = useArticleChanges(article.id, etag);
  const toast = useToast();
  const may = article.draft != null || !article.is_published;
  return (
    <>
      {article.is_published && (
        <Confirm
          danger
          title="Withdraw the article?"
          submit="Withdraw"
          act={async () => {
            await withdraw.mutateAsync(undefined);
            toast('The article is withdrawn.');
          }}
          trigger={(open) => (
            <Button color="inherit" variant="outlined" onClick={open}>
              Withdraw
            </Button>
          )}
        >
          Nobody reads it any more but those who write articles. It can be published again.
        </Confirm>
      )}
      <Button variant="outlined" component={Link} to={`${articlePath(article.id)}/edit`}>
        Edit
      </Button>
      {may && (
        <Confirm
          title={article.draft == null ? 'Publish it again?' : `Publish version ${article.published_number + 1}?`}
          submit="Publish"
          act={async () => {
            await publish.mutateAsync(undefined);
            toast('The article is published.');
          }}
          trigger={(open) => (
            <Button variant="contained" onClick={open}>
              Publish
            </Button>
          )}
        >
          {article.draft == null ? 'Its readers have it again, as it was.' : 'Its readers have it from now on. A version that is published never changes: a change is a new draft.'}
        </Confirm>
      )}
    </>
  );
}
