/** Questions that are answered before anything happens. */
import type { Problem } from '@itechsmart/api';
import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack, Typography } from '@mui/material';
import { useId, useState, type SubmitEvent, type ReactNode } from 'react';
import { FormProblem } from './states';

/** Of a dialog that makes something or changes it. */
export interface EditDialogProps<T> {
  title: string;
  submit: string;
  initial: T;
  save: (input: T) => Promise<unknown>;
  onClose: () => void;
}

interface FormDialogProps {
  title: string;
  submit: string;
  open: boolean;
  busy: boolean;
  problem: Problem | null | undefined;
  danger?: boolean;
  disabled?: boolean;
  wide?: boolean;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}

export function FormDialog(props: FormDialogProps) {
  const { title, submit, open, busy, problem, danger = false, wide = false } = props;
  const id = useId();
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    // A dialog may stand, as a component, inside another form.
    event.stopPropagation();
    props.onSubmit();
  };
  return (
    <Dialog
      open={open}
      onClose={busy ? undefined : props.onClose}
      aria-labelledby={id}
      maxWidth={wide ? 'md' : 'sm'}
    >
      <Box
        component="form"
        onSubmit={send}
        noValidate
        // The buttons stay in sight, however long the form is.
        sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}
      >
        <DialogTitle id={id}>{title}</DialogTitle>
        <DialogContent>
          <Stack sx={{ gap: 2, pt: 1 }}>
            {props.children}
            <FormProblem problem={problem} />
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={props.onClose} disabled={busy}>
            Cancel
          </Button>
          <Button
            type="submit"
            variant="contained"
            color={danger ? 'error' : 'primary'}
            loading={busy}
            disabled={props.disabled === true}
          >
            {submit}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}

interface ConfirmProps {
  /** The button that opens the question. */
  trigger: (open: () => void) => ReactNode;
  title: string;
  children: ReactNode;
  submit: string;
  danger?: boolean;
  act: () => Promise<unknown>;
}

export function Confirm({ trigger, title, children, submit, danger = false, act }: ConfirmProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const close = () => {
    setOpen(false);
    setProblem(null);
  };
  const perform = async () => {
    setBusy(true);
    try {
      await act();
      close();
    } catch (error) {
      setProblem(error as Problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {trigger(() => setOpen(true))}
      <FormDialog
        title={title}
        submit={submit}
        danger={danger}
        open={open}
        busy={busy}
        problem={problem}
        onClose={close}
        onSubmit={() => void perform()}
      >
        <Typography variant="body2" component="div">
          {children}
        </Typography>
      </FormDialog>
    </>
  );
}
