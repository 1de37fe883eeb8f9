/** How content whoever asked is, once all is done. */
import { toProblem, type Problem, type RatingInput } from '@itechsmart/api';
import { Button, Rating, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';

const COMMENT_CHARS_MAX = 4_000;
const WORDS = ['', 'Not at all', 'Not quite', 'It is all right', 'Content', 'Very content'];

export function Rate({ rate }: { rate: (rating: RatingInput) => Promise<unknown> }) {
  const [busy, setBusy] = useState(false);
  const [score, setScore] = useState<number | null>(null);
  const [comment, setComment] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const toast = useToast();
  const send = async () => {
    if (score === null) return;
    setProblem(null);
    setBusy(true);
    try {
      await rate({ score, comment });
      toast('Thank you.');
    } catch (thrown) {
      setProblem(toProblem(thrown));
    } finally {
      setBusy(false);
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
      <Button variant="contained" sx={{ alignSelf: 'start' }} disabled={score === null || busy} onClick={() => void send()}>
        Send
      </Button>
    </Stack>
  );
}
