/** An article of the knowledge base, put into a reply as a link or with what it begins with. */
import type { ArticleSuggestion } from '@itechsmart/api';
import { Alert, Autocomplete, Box, Button, Popover, Stack, TextField, Typography } from '@mui/material';
import { BookOpen } from 'lucide-react';
import { useState } from 'react';
import { articlePath, useArticle, useArticleSuggestions } from '#shared/catalog/articles/useArticles';
import { excerpt, markdownLink } from '#shared/format/markdown';
import { Failed } from '#shared/ui/states';
import type { Reply } from './useReply';

const EXCERPT_CHARS = 600;

interface ArticlePickerProps {
  /** What the ticket is about: articles for it are offered before anything is typed. */
  about: string;
  onPick: Reply['add'];
}

export function ArticlePicker({ about, onPick }: ArticlePickerProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [chosen, setChosen] = useState<ArticleSuggestion | null>(null);
  const close = () => {
    setAnchor(null);
    setChosen(null);
  };
  return (
    <>
      <Button size="small" color="inherit" startIcon={<BookOpen size={15} aria-hidden />} aria-haspopup="dialog" onClick={(event) => setAnchor(event.currentTarget)}>
        Article
      </Button>
      <Popover open={anchor !== null} anchorEl={anchor} onClose={close} slotProps={{ paper: { role: 'dialog', 'aria-label': 'Answer with an article', sx: { p: 1.5, width: 400, maxWidth: '92vw' } } }}>
        <Find about={about} chosen={chosen} onChoose={setChosen} />
        {chosen !== null && (
          <Insert
            key={chosen.id}
            chosen={chosen}
            onPick={(part, article) => {
              onPick(part, article);
              close();
            }}
          />
        )}
      </Popover>
    </>
  );
}

function Find({ about, chosen, onChoose }: { about: string; chosen: ArticleSuggestion | null; onChoose: (article: ArticleSuggestion | null) => void }) {
  const [typed, setTyped] = useState('');
  const { items, error, isFetching } = useArticleSuggestions(typed.trim() === '' || typed === chosen?.title ? about : typed);
  return (
    <Autocomplete
      openOnFocus
      slotProps={{ paper: { elevation: 8, sx: { border: 1, borderColor: 'divider' } } }}
      size="small"
      options={items}
      loading={isFetching}
      noOptionsText={error === null ? 'No article has these words' : error.message}
      value={chosen}
      onChange={(_, next) => onChoose(next)}
      onInputChange={(_, text) => setTyped(text)}
      filterOptions={(all) => all}
      getOptionLabel={({ title }) => title}
      getOptionKey={({ id }) => id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      renderInput={(props) => <TextField {...props} autoFocus label="Find an article" helperText="Those for the ticket’s title come first." />}
    />
  );
}

function Insert({ chosen: { id, title }, onPick }: { chosen: ArticleSuggestion; onPick: Reply['add'] }) {
  const { data, error } = useArticle(id);
  const content = data?.data.content;
  const address = new URL(articlePath(id), window.location.origin).href;
  const link = markdownLink(title, address);
  const narrow = content != null && content.visibility !== undefined && content.visibility !== 'everybody';
  return (
    <Stack sx={{ gap: 1.5, mt: 1.5 }}>
      {error !== null && <Failed problem={error} />}
      {narrow && <Alert severity="warning">{content.visibility === 'agents' ? 'Only agents can open it.' : 'Only members of some groups can open it.'} Whoever asked may not be able to.</Alert>}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        <Button variant="contained" onClick={() => onPick(link, { id, address })}>
          Insert the link
        </Button>
        <Button variant="outlined" disabled={content == null} onClick={() => content != null && onPick(`${excerpt(content.body, EXCERPT_CHARS)}\n\n${link}`, { id, address })}>
          Insert an excerpt
        </Button>
      </Box>
      <Typography variant="caption" color="textSecondary">
        Once the reply is sent, the ticket notes that it was answered with this article.
      </Typography>
    </Stack>
  );
}
