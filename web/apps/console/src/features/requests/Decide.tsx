/** Where an approver decides. A rejection says why; an approval may. */
import { toProblem, type CatalogRequest, type Problem, type Verdict } from '@itechsmart/api';
import { Button, Stack, TextField } from '@mui/material';
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import { sentence } from '#shared/format/text';
import { Section } from '#shared/ui/Page';
import { FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useRequestChanges } from './useRequestChanges';

const REASON_CHARS_MAX = 4_000;

interface DecideProps {
  request: CatalogRequest;
  stage: number;
  etag: string | undefined;
  onProblem: (problem: Problem | null) => void;
}

export function Decide({ request, stage, etag, onProblem }: DecideProps) {
  const { decide } = useRequestChanges(request.id, etag);
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const toast = useToast();
  const perform = async (verdict: Verdict) => {
    onProblem(null);
    setProblem(null);
    if (verdict === 'reject' && reason.trim() === '') {
      setFault('Say why: whoever asked reads it.');
      return;
    }
    try {
      await decide.mutateAsync({ stage, verdict, reason });
      toast(verdict === 'approve' ? 'Approved.' : 'Rejected.');
    } catch (thrown) {
      const found = toProblem(thrown);
      const of = found.byField().reason;
      setFault(of && sentence(of));
      if (of !== undefined) return;
      setProblem(found);
      // The page may show no decision any more: what happened is said there.
      onProblem(found);
    }
  };
  return (
    <Section title="Your decision" about={request.stages[stage]?.name}>
      <Stack sx={{ gap: 1.5 }}>
        <TextField
          label="Reason"
          multiline
          minRows={2}
          maxRows={8}
          value={reason}
          error={fault !== undefined}
          helperText={fault ?? 'Whoever asked can read it. A rejection needs one.'}
          onChange={(event) => {
            setReason(event.target.value);
            setFault(undefined);
          }}
          slotProps={{ htmlInput: { maxLength: REASON_CHARS_MAX } }}
        />
        <FormProblem problem={problem} />
        <Stack direction="row" sx={{ gap: 1 }}>
          <Button
            variant="contained"
            size="large"
            startIcon={<Check size={16} aria-hidden />}
            sx={{ flex: 1 }}
            disabled={decide.isPending}
            onClick={() => void perform('approve')}
          >
            Approve
          </Button>
          <Button
            variant="outlined"
            color="error"
            size="large"
            startIcon={<X size={16} aria-hidden />}
            sx={{ flex: 1 }}
            disabled={decide.isPending}
            onClick={() => void perform('reject')}
          >
            Reject
          </Button>
        </Stack>
      </Stack>
    </Section>
  );
}
