/** Who has to approve, in which order. */
import { Alert, Box, Button, Typography } from '@mui/material';
import { Plus, UserRoundCheck } from 'lucide-react';
import { useState } from 'react';
import { NextSteps } from '#shared/catalog/NextSteps';
import { approver, capital, listed } from '#shared/catalog/words';
import { moved } from '#shared/ui/moved';
import { Section } from '#shared/ui/Page';
import type { Editing } from '../editing';
import { EditorCard } from '../EditorCard';
import { StageEditor } from './StageEditor';
import { addStage, moveStage, removeStage, warnings } from './stages';

const STAGES_MAX = 20;

export function ApprovalEditor({ editing }: { editing: Editing }) {
  const { content, change, names, fault } = editing;
  const { stages } = content.approval;
  const [open, setOpen] = useState<number>();
  const overall = fault('/approval');
  const placed = stages.some((_, at) => fault(`/approval/stages/${at}`) !== undefined);
  const add = (
    <Button
      variant="outlined"
      startIcon={<Plus size={15} aria-hidden />}
      disabled={stages.length >= STAGES_MAX}
      onClick={() => {
        change(addStage);
        setOpen(stages.length);
      }}
    >
      Add a stage
    </Button>
  );
  return (
    <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' } }}>
      <Section title="Stages" about="One after the other. Nobody decides on their own request." actions={add}>
        {overall !== undefined && !placed && (
          <Alert severity="error" sx={{ mb: 1.5 }}>
            {overall}
          </Alert>
        )}
        {stages.length === 0 && (
          <Typography variant="body2" color="textSecondary" sx={{ py: 2 }}>
            Without a stage, requests are approved at once.
          </Typography>
        )}
        <Box component="ol" aria-label="Stages" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}>
          {stages.map((stage, at) => {
            const who = stage.approvers.map((one) => approver(one, names));
            const title = stage.name.trim() || `Stage ${at + 1}`;
            return (
              <EditorCard
                key={at}
                icon={UserRoundCheck}
                title={title}
                about={who.length === 0 ? 'Nobody is named yet' : capital(listed(who, stage.rule === 'any' ? 'or' : 'and'))}
                at={at}
                count={stages.length}
                open={open === at}
                fault={fault(`/approval/stages/${at}`)}
                onOpen={(on) => setOpen(on ? at : undefined)}
                onMove={(to) => {
                  change((current) => moveStage(current, at, to));
                  setOpen((current) => (current === undefined ? undefined : moved([...stages.keys()], at, to).indexOf(current)));
                }}
                onRemove={() => {
                  change((current) => removeStage(current, at));
                  setOpen(undefined);
                }}
              >
                {warnings(stage, content).map((text) => (
                  <Alert key={text} severity="warning">
                    {text}
                  </Alert>
                ))}
                <StageEditor editing={editing} stage={stage} at={at} />
              </EditorCard>
            );
          })}
        </Box>
      </Section>
      <Section title="What whoever asks sees">
        <NextSteps content={content} names={names} />
      </Section>
    </Box>
  );
}
