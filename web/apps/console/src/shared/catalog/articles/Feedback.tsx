/** Whether a version of an article helped: each reader says so once. */
import { toProblem, type Article, type Problem } from '@itechsmart/api';
import { Box, Button, Stack, TextField, Typography } from '@mui/material';
import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { useState } from 'react';
import { FormProblem } from '#shared/ui/states';
import { useFeedback } from './useArticles';

const COMMENT_CHARS_MAX = 2_000;

export function Feedback({ article: { id, published_number: number, own_feedback: own } }: { article: Article }) {
  const give = useFeedback(id);
  const [helped, setHelped] = useState<boolean>();
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  if (own != null) {
    return (
      <Typography variant="body2" color="textSecondary" role="status" sx={{ overflowWrap: 'anywhere' }}>
        You said that it {own.is_helpful ? 'helped' : 'did not help'}.{own.comment !== '' && ` “${own.comment}”`} Thank you.
      </Typography>
    );
  }
  const send = async (is_helpful: boolean, said: string) => {
    setProblem(null);
    try {
      await give.mutateAsync({ number, is_helpful, comment: said });
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  return (
    <Stack component="section" aria-label="Did this help?" sx={{ gap: 1.5, alignItems: 'start' }}>
      <Stack direction="row" sx={{ gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography variant="body2" sx={{ fontWeight: 600, mr: 0.5 }}>
          Did this help?
        </Typography>
        <Button size="small" variant={helped === true ? 'contained' : 'outlined'} aria-pressed={helped === true} startIcon={<ThumbsUp size={14} aria-hidden />} disabled={give.isPending} onClick={() => setHelped(true)}>
          Yes
        </Button>
        <Button size="small" variant={helped === false ? 'contained' : 'outlined'} aria-pressed={helped === false} startIcon={<ThumbsDown size={14} aria-hidden />} disabled={give.isPending} onClick={() => setHelped(false)}>
          No
        </Button>
      </Stack>
      {helped !== undefined && (
        <Box sx={{ width: '100%', maxWidth: 560, display: 'grid', gap: 1, justifyItems: 'start' }}>
          <TextField
            fullWidth
            label={helped ? 'Anything to add' : 'What is missing or wrong'}
            helperText="You need not say more. Whoever writes articles reads it."
            multiline
            minRows={2}
            maxRows={8}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
            slotProps={{ htmlInput: { maxLength: COMMENT_CHARS_MAX } }}
          />
          <Button variant="contained" loading={give.isPending} onClick={() => void send(helped, comment)}>
            Send
          </Button>
        </Box>
      )}
      <FormProblem problem={problem} />
    </Stack>
  );
}
