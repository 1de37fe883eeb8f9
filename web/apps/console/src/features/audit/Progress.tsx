/** The way of a record, from the change that it is of to a proof of it. */
import type { AuditRecord, AuditStatus } from '@itechsmart/api';
import { Box, Typography } from '@mui/material';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { ExactTime } from '#shared/ui/Time';
import { awaited, type Proof } from './labels';

interface ProgressProps {
  record: AuditRecord;
  proof: Proof;
  /** How the ledger is, once that is known. */
  ledger: AuditStatus['ledger']['state'] | undefined;
}

interface Step {
  title: string;
  about: ReactNode;
  done: boolean;
}

export function Progress({ record, proof, ledger }: ProgressProps) {
  return (
    <Box component="ol" aria-label="State" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {steps(record, proof, ledger).map((step, index, all) => (
        <StepItem key={index} step={step} last={index === all.length - 1} />
      ))}
    </Box>
  );
}

function steps(
  { state, at, position, anchor }: AuditRecord,
  proof: Proof,
  ledger: ProgressProps['ledger'],
): Step[] {
  const waits = awaited(ledger);
  const height = anchor?.height;
  const anchored = state === 'anchored' && height != null;
  return [
    { title: 'Recorded', done: true, about: <>Written with the change itself, <ExactTime>{at}</ExactTime></> },
    {
      title: position == null ? 'Sealed' : `Sealed as number ${position.toLocaleString('en')}`,
      done: position != null,
      about: position == null ? 'Within a second' : 'In the tenant’s chain: no record before it can change unnoticed',
    },
    {
      title: anchored ? `Anchored at height ${height.toLocaleString('en')}` : 'Anchored',
      done: anchored,
      about: !anchored ? (
        waits.anchor
      ) : anchor?.block_time == null ? (
        'On the ledger'
      ) : (
        <>On the ledger, in a block of <ExactTime>{anchor.block_time}</ExactTime></>
      ),
    },
    {
      title: 'Verified',
      done: proof === 'holds',
      about:
        proof === 'holds'
          ? 'This server has just checked its proof, from the record down to the genesis of the ledger'
          : proof === 'tampered'
            ? 'The proof does not hold'
            : waits.proof,
    },
  ];
}

function StepItem({ step: { title, about, done }, last }: { step: Step; last: boolean }) {
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1.5 }}>
      <Box sx={{ display: 'flex', flexDirection: 'column', alignItems: 'center' }}>
        <Box
          role="img"
          aria-label={done ? 'Done' : 'Not yet'}
          sx={{
            width: 20,
            height: 20,
            borderRadius: '50%',
            display: 'grid',
            placeItems: 'center',
            flexShrink: 0,
            ...(done
              ? { bgcolor: 'success.main', color: 'success.contrastText' }
              : { border: 1.5, borderColor: 'text.secondary' }),
          }}
        >
          {done && <Check size={13} strokeWidth={3} aria-hidden />}
        </Box>
        {!last && <Box sx={{ width: '1.5px', flex: 1, minHeight: 14, bgcolor: done ? 'success.main' : 'divider' }} />}
      </Box>
      <Box sx={{ pb: last ? 0 : 1.5, minWidth: 0 }}>
        <Typography variant="body2" sx={{ fontWeight: 600, lineHeight: '20px', ...(!done && { color: 'text.secondary' }) }}>
          {title}
        </Typography>
        <Typography variant="caption" color="textSecondary" component="p">
          {about}
        </Typography>
      </Box>
    </Box>
  );
}
