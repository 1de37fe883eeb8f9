/** Articles that may answer what somebody types, to be read beside it. */
import type { ArticleSuggestion } from '@itechsmart/api';
import { Box, ButtonBase, Typography } from '@mui/material';
import { BookOpen } from 'lucide-react';
import { useState } from 'react';
import { ArticleDrawer } from './ArticleDrawer';
import { useArticleSuggestions } from './useArticles';

interface SuggestionsProps {
  title: string;
  /** What is typed so far. */
  text: string;
}

export function Suggestions({ title, text }: SuggestionsProps) {
  const { items } = useArticleSuggestions(text);
  const [read, setRead] = useState<ArticleSuggestion>();
  return (
    <>
      {/* Said politely as it changes: whoever types hears that there is something. */}
      <Box role="status">
        {items.length > 0 && (
          <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.sunken', p: 1.5 }}>
            <Typography variant="body2" sx={{ fontWeight: 600, mb: 0.5 }}>
              {title}
            </Typography>
            <Box component="ul" aria-label={title} sx={{ listStyle: 'none', m: 0, p: 0 }}>
              {items.map((item) => (
                <li key={item.id}>
                  <ButtonBase onClick={() => setRead(item)} sx={{ width: '100%', justifyContent: 'flex-start', textAlign: 'left', gap: 1, py: 0.75, px: 0.5, borderRadius: 0.5, '&:hover': { bgcolor: 'action.hover' } }}>
                    <BookOpen size={15} aria-hidden style={{ flexShrink: 0 }} />
                    <Typography variant="body2" component="span" sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                      {item.title}
                      <Typography component="span" variant="caption" color="textSecondary" sx={{ ml: 1, whiteSpace: 'nowrap' }}>
                        {item.category}
                      </Typography>
                    </Typography>
                  </ButtonBase>
                </li>
              ))}
            </Box>
          </Box>
        )}
      </Box>
      {read !== undefined && <ArticleDrawer id={read.id} title={read.title} onClose={() => setRead(undefined)} />}
    </>
  );
}
