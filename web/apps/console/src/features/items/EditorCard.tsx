/** One of an ordered list that is edited in place: a field, a stage, a task. */
import { Alert, Box, ButtonBase, Collapse, IconButton, Stack, Tooltip, Typography } from '@mui/material';
import { ChevronRight, Copy, Trash2, type LucideIcon } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { Confirm } from '#shared/ui/dialogs';
import { MoveButtons } from '#shared/ui/MoveButtons';

interface EditorCardProps {
  icon: LucideIcon;
  title: string;
  about: string;
  at: number;
  count: number;
  open: boolean;
  fault: string | undefined;
  /** What else goes where this is removed; asked about before. */
  warning?: string | undefined;
  onOpen: (open: boolean) => void;
  onMove: (to: number) => void;
  onDuplicate?: () => void;
  onRemove: () => void;
  children: ReactNode;
}

export function EditorCard({ icon: Icon, title, about, at, count, open, fault, warning, onOpen, onMove, onDuplicate, onRemove, children }: EditorCardProps) {
  const id = useId();
  const remove = (act: () => void) => (
    <Tooltip title="Remove">
      <IconButton size="small" aria-label={`Remove ${title}`} onClick={act}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
    </Tooltip>
  );
  return (
    <Box component="li" sx={{ border: 1, borderColor: fault === undefined ? 'divider' : 'error.main', borderRadius: 1, minWidth: 0, bgcolor: 'background.paper' }}>
      <Stack direction="row" sx={{ alignItems: 'center', pr: 0.5, flexWrap: 'wrap', justifyContent: 'flex-end' }}>
        <ButtonBase
          aria-expanded={open}
          aria-controls={id}
          onClick={() => onOpen(!open)}
          sx={{ flex: '1 1 200px', minWidth: 0, justifyContent: 'flex-start', textAlign: 'left', gap: 1.25, px: 1.25, py: 1, borderRadius: 1 }}
        >
          <Box component="span" sx={{ lineHeight: 0, color: 'text.secondary', transform: open ? 'rotate(90deg)' : 'none', transition: 'transform 120ms' }}>
            <ChevronRight size={16} aria-hidden />
          </Box>
          <Box component="span" sx={{ lineHeight: 0, color: 'primary.main' }}>
            <Icon size={17} aria-hidden />
          </Box>
          <Box component="span" sx={{ minWidth: 0 }}>
            <Typography variant="body2" component="span" sx={{ display: 'block', fontWeight: 600, overflowWrap: 'anywhere' }}>
              {title}
            </Typography>
            <Typography variant="caption" component="span" color="textSecondary" sx={{ display: 'block', overflowWrap: 'anywhere' }}>
              {about}
            </Typography>
          </Box>
        </ButtonBase>
        <Stack direction="row" sx={{ flexShrink: 0, pb: { xs: 0.5, sm: 0 } }}>
          <MoveButtons name={title} at={at} count={count} onMove={onMove} />
          {onDuplicate !== undefined && (
            <Tooltip title="Duplicate">
              <IconButton size="small" aria-label={`Duplicate ${title}`} onClick={onDuplicate}>
                <Copy size={15} aria-hidden />
              </IconButton>
            </Tooltip>
          )}
          {warning === undefined ? (
            remove(onRemove)
          ) : (
            <Confirm
              title={`Remove ${title}?`}
              submit="Remove"
              danger
              act={() => {
                onRemove();
                return Promise.resolve();
              }}
              trigger={remove}
            >
              {warning}
            </Confirm>
          )}
        </Stack>
      </Stack>
      {fault !== undefined && (
        <Box sx={{ px: 1.25, pb: 1.25 }}>
          <Alert severity="error">{fault}</Alert>
        </Box>
      )}
      <Collapse in={open} id={id} unmountOnExit>
        <Stack sx={{ gap: 2, p: 1.75, borderTop: 1, borderColor: 'divider' }}>{children}</Stack>
      </Collapse>
    </Box>
  );
}
