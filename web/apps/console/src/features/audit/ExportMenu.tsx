import type { AuditFilter } from '@itechsmart/api';
import { toProblem } from '@itechsmart/api';
import { Button, ListItemText, Menu, MenuItem } from '@mui/material';
import { ChevronDown, Download } from 'lucide-react';
import { useState } from 'react';
import { sentence } from '#shared/format/text';
import { hub } from '#shared/session/session';
import { saveFile } from '#shared/ui/saveFile';
import { useToast } from '#shared/ui/toast';

const formats = [
  { format: 'csv', title: 'CSV', about: 'For spreadsheets' },
  { format: 'jsonl', title: 'JSON Lines', about: 'For programs: one record a line' },
] as const;

/** All records that the filter lets through, as a file. */
export function ExportMenu({ filter }: { filter: AuditFilter }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const download = async (format: 'csv' | 'jsonl') => {
    setAnchor(null);
    setBusy(true);
    try {
      const { blob, name } = await hub.download('/audit/export', { ...filter, format });
      saveFile({ blob, name: name === 'download' ? `audit.${format}` : name });
    } catch (error) {
      toast(sentence(toProblem(error).detail), 'error');
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button
        variant="outlined"
        color="inherit"
        loading={busy}
        aria-haspopup="menu"
        startIcon={<Download size={15} aria-hidden />}
        endIcon={<ChevronDown size={15} aria-hidden />}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        Export
      </Button>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {formats.map(({ format, title, about }) => (
          <MenuItem key={format} onClick={() => void download(format)}>
            <ListItemText
              primary={title}
              secondary={about}
              slotProps={{ primary: { variant: 'body2' }, secondary: { variant: 'caption' } }}
            />
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
