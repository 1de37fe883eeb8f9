/** One record: how far it has come, its proof, and all that it says. */
import type { AuditRecord } from '@itechsmart/api';
import { Alert, Button, Stack, Typography } from '@mui/material';
import { Download } from 'lucide-react';
import { sentence, words } from '#shared/format/text';
import { Code, CodeBlock } from '#shared/ui/Code';
import { Fact, Facts } from '#shared/ui/Page';
import { saveFile } from '#shared/ui/saveFile';
import { Failed, LoadingPage } from '#shared/ui/states';
import { ExactTime } from '#shared/ui/Time';
import type { Audited } from './audited';
import { actionWords, actorName, proofFile, verifyCommand, type Proof } from './labels';
import { Progress } from './Progress';
import { useAuditStatus } from './useAuditStatus';
import { useAuditRecord } from './useAuditRecord';
import { useProof } from './useProof';

export function Detail({ of, id }: { of: Audited; id: string }) {
  const record = useAuditRecord(of, id);
  if (record.data !== undefined) return <Content of={of} record={record.data} />;
  if (record.error === null) return <LoadingPage />;
  return <Failed problem={record.error} retry={() => void record.refetch()} />;
}

function Content({ of, record }: { of: Audited; record: AuditRecord }) {
  const anchored = record.state === 'anchored';
  const proof = useProof(of, record.id, anchored);
  const ledger = useAuditStatus(of).data?.ledger.state;
  const tampered = proof.error?.code === 'audit_tampered';
  const standing: Proof = tampered ? 'tampered' : proof.data === undefined ? 'unknown' : 'holds';
  return (
    <Stack sx={{ gap: 2.5 }}>
      <div>
        <Typography variant="h2" component="p">
          {actionWords(record.action)}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          by {actorName(record.actor)}, <ExactTime>{record.at}</ExactTime>
        </Typography>
      </div>
      {tampered && <Alert severity="error">{sentence(proof.error?.detail ?? '')}</Alert>}
      <Progress record={record} proof={standing} ledger={ledger} />
      {proof.error !== null && !tampered && (
        <Failed problem={proof.error} retry={() => void proof.refetch()} />
      )}
      {anchored && !tampered && <ProofOf of={of} id={record.id} proof={proof.data} />}
      <Facts columns={2}>
        <Fact name="Action">
          <Code>{record.action}</Code>
        </Fact>
        <Fact wide name="To what">
          {words(record.subject.kind)}
          {record.subject.id !== '' && (
            <>
              {' '}
              <Code copy>{record.subject.id}</Code>
            </>
          )}
        </Fact>
        <Fact wide name="Who">
          {words(record.actor.kind)}
          {record.actor.id !== '' && (
            <>
              {' '}
              <Code copy>{record.actor.id}</Code>
            </>
          )}
        </Fact>
        <Fact name="From">{record.address === '' ? 'The machine itself' : <Code>{record.address}</Code>}</Fact>
        <Fact wide name="Request">{record.request_id === '' ? 'None' : <Code copy>{record.request_id}</Code>}</Fact>
        <Fact wide name="Record">
          <Code copy>{record.id}</Code>
        </Fact>
        {record.chain_hash != null && (
          <Fact wide name="Hash of the chain up to it">
            <Code copy>{record.chain_hash}</Code>
          </Fact>
        )}
        {record.anchor?.transaction_id != null && (
          <Fact wide name="Transaction on the ledger">
            <Code copy>{record.anchor.transaction_id}</Code>
          </Fact>
        )}
      </Facts>
      {record.detail !== null && (
        <div>
          <Typography variant="caption" color="textSecondary" component="p" sx={{ mb: 0.5 }}>
            What changed
          </Typography>
          <CodeBlock>{JSON.stringify(record.detail, null, 2)}</CodeBlock>
        </div>
      )}
    </Stack>
  );
}

function ProofOf({ of, id, proof }: { of: Audited; id: string; proof: Blob | undefined }) {
  const notary = useAuditStatus(of).data?.ledger.notary;
  return (
    <Stack sx={{ gap: 1 }}>
      <div>
        <Button
          variant="contained"
          disabled={proof === undefined}
          startIcon={<Download size={15} aria-hidden />}
          onClick={() => proof !== undefined && saveFile({ blob: proof, name: proofFile(id) })}
        >
          Download proof
        </Button>
      </div>
      <Typography variant="body2">
        Do not take this server’s word for it: on any machine, without a network, this checks the
        proof against the ledger’s genesis file. Have the genesis file and the address of the notary
        from somebody else than this server.
      </Typography>
      <CodeBlock>{verifyCommand(id, notary)}</CodeBlock>
    </Stack>
  );
}
