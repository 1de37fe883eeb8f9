/** An article beside what one does: read, and rated, without leaving it. */
import { Divider, Link, Stack, Typography } from '@mui/material';
import { ExternalLink } from 'lucide-react';
import { DetailDrawer } from '#shared/ui/DetailDrawer';
import { Markdown } from '#shared/ui/Markdown';
import { Failed, LoadingRows } from '#shared/ui/states';
import { Feedback } from './Feedback';
import { articlePath, useArticle } from './useArticles';

export function ArticleDrawer({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const { data, error, refetch } = useArticle(id);
  const article = data?.data;
  return (
    <DetailDrawer open title={article?.content?.title ?? title} onClose={onClose}>
      {article === undefined && (error === null ? <LoadingRows rows={4} /> : <Failed problem={error} retry={() => void refetch()} />)}
      {article?.content != null && (
        <Stack sx={{ gap: 2 }}>
          <Typography variant="caption" color="textSecondary">
            {article.content.category} · article {article.number} ·{' '}
            <Link href={articlePath(id)} target="_blank" rel="noopener" underline="always">
              on a page of its own <ExternalLink size={11} aria-hidden />
            </Link>
          </Typography>
          <Markdown headings>{article.content.body}</Markdown>
          <Divider />
          {article.is_published && <Feedback article={article} />}
        </Stack>
      )}
    </DetailDrawer>
  );
}
