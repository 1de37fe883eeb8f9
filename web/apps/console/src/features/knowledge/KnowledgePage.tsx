/** The knowledge base: found by words, or by category; for whoever writes, with what is not published. */
import type { ArticleSummary } from '@itechsmart/api';
import { Box, Button, Chip, Stack } from '@mui/material';
import { BookOpen, Plus } from 'lucide-react';
import { Link } from 'react-router';
import { articlePath } from '#shared/catalog/articles/useArticles';
import { count } from '#shared/format/text';
import { useCan } from '#shared/session/useMe';
import { PagedList, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { Page, Section } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { State } from '#shared/ui/State';
import { Empty, Failed } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { Toggle } from '#shared/ui/Toggle';
import { useFilters } from '#shared/ui/useFilters';
import { articleState } from './content';
import { useArticleCategories, useArticles } from './useKnowledge';

const read: readonly Column<ArticleSummary>[] = [
  { title: 'Article', breaks: true, render: ({ title, draft_title }) => title ?? draft_title ?? 'Without a title' },
  { title: 'Category', width: 220, breaks: true, render: ({ category }) => category ?? <None word="–" /> },
  { title: 'Published', width: 160, render: ({ published_at }) => (published_at == null ? <None word="Not yet" /> : <Time>{published_at}</Time>) },
];
const written: readonly Column<ArticleSummary>[] = [
  ...read,
  {
    title: 'State',
    width: 210,
    render: (article) => {
      const { tone, word } = articleState(article);
      return <State tone={tone}>{word}</State>;
    },
  },
];

export default function KnowledgePage() {
  const [filter, setFilter] = useFilters(['text', 'category', 'drafts']);
  const writes = useCan()('catalog.articles.write');
  const categories = useArticleCategories();
  const text = filter.text.trim();
  // The service finds by words only what is published.
  const drafts = writes && filter.drafts === 'yes' && text === '';
  const articles = useArticles({ text: text || undefined, category: filter.category || undefined, with_drafts: drafts ? 'true' : undefined });
  const all = categories.data?.data.items ?? [];
  const filtered = text !== '' || filter.category !== '';
  const clear = { text: '', category: '' };
  const write = writes && (
    <Button variant="contained" component={Link} to="/service-catalog/knowledge/new" startIcon={<Plus size={16} aria-hidden />}>
      Write an article
    </Button>
  );
  return (
    <Page title="Knowledge base" about="How things work, and what helps when they do not." actions={write}>
      {categories.error !== null && <Failed problem={categories.error} retry={() => void categories.refetch()} />}
      <Section
        flush
        actions={
          <Stack direction="row" sx={{ gap: 1.5, flexWrap: 'wrap', width: '100%', alignItems: 'center' }}>
            <SearchField label="Search articles" width={360} value={filter.text} onChange={(next) => setFilter({ text: next })} />
            {writes && text === '' && <Toggle label="With drafts and withdrawn ones" on={filter.drafts === 'yes'} onChange={(on) => setFilter({ drafts: on ? 'yes' : '' })} />}
            {all.length > 0 && (
              <Box component="ul" aria-label="Categories" sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', gap: 0.75, flexWrap: 'wrap', width: '100%' }}>
                {all.map(({ name, articles: number }) => {
                  const on = filter.category === name;
                  return (
                    <li key={name}>
                      <Chip label={`${name} (${number})`} aria-label={`${name}: ${count(number, 'article')}`} aria-pressed={on} variant={on ? 'filled' : 'outlined'} color={on ? 'primary' : 'default'} onClick={() => setFilter({ category: on ? '' : name })} />
                    </li>
                  );
                })}
              </Box>
            )}
          </Stack>
        }
      >
        <PagedList
          label="Articles"
          columns={writes ? written : read}
          pages={articles}
          id={({ id }) => id}
          to={({ id }) => articlePath(id)}
          empty={
            filtered ? (
              <Empty icon={BookOpen} title="No article has these words" action={<Button onClick={() => setFilter(clear)}>Show all</Button>}>
                Try fewer words, or report a problem: whoever answers it may write the article.
              </Empty>
            ) : (
              <Empty icon={BookOpen} title="There are no articles yet" action={write}>
                What is asked again and again is answered here once.
              </Empty>
            )
          }
        />
      </Section>
    </Page>
  );
}
