/** How content whoever asked is, once all is done. */
import { toProblem, type CatalogRequest, type Problem } from '@itechsmart/api';
import { Button, Rating, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useRequestChanges } from './useRequestChanges';

const COMMENT_CHARS_MAX = 4_000;
const WORDS = ['', 'Not at all', 'Not quite', 'It is all right', 'Content', 'Very content'];

export function Rate({ request }: { request: CatalogRequest }) {
  const { rate } = useRequestChanges(request.id, undefined);
  const [score, setScore] = useState<number | null>(null);
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const toast = useToast();
  const send = async () => {
    if (score === null) return;
    setProblem(null);
    try {
      await rate.mutateAsync({ score, comment });
      toast('Thank you.');
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  return (
    <Stack sx={{ gap: 1.5 }}>
      <Stack direction="row" sx={{ gap: 1, alignItems: 'center' }}>
        <Rating
          name="score"
          size="large"
          value={score}
          onChange={(_, next) => setScore(next)}
          getLabelText={(value) => `${value} of 5: ${WORDS[value] ?? ''}`}
        />
        <Typography variant="body2" color="textSecondary">
          {WORDS[score ?? 0]}
        </Typography>
      </Stack>
      <TextField
        label="Comment"
        multiline
        minRows={2}
        maxRows={8}
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        slotProps={{ htmlInput: { maxLength: COMMENT_CHARS_MAX } }}
      />
      <FormProblem problem={problem} />
      <Button variant="contained" sx={{ alignSelf: 'start' }} disabled={score === null || rate.isPending} onClick={() => void send()}>
        Send
      </Button>
    </Stack>
  );
}
