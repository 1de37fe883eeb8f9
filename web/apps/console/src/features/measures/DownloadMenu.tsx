import { toProblem, type CatalogPaths, type Query } from '@itechsmart/api';
import { Button, ListItemText, Menu, MenuItem } from '@mui/material';
import { ChevronDown, Download } from 'lucide-react';
import { useState } from 'react';
import { sentence } from '#shared/format/text';
import { catalog } from '#shared/session/session';
import { saveFile } from '#shared/ui/saveFile';
import { useToast } from '#shared/ui/toast';

const formats = [
  { format: 'csv', title: 'CSV', about: 'For any program' },
  { format: 'xlsx', title: 'Excel (XLSX)', about: 'For spreadsheets' },
] as const;

/** What is shown, as a file, with times in hours. */
export function DownloadMenu({ path, query }: { path: CatalogPaths['get']; query: Query }) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const download = async (format: 'csv' | 'xlsx') => {
    setAnchor(null);
    setBusy(true);
    try {
      const { blob, name } = await catalog.download(path, { ...query, format });
      saveFile({ blob, name: name === 'download' ? `measures.${format}` : name });
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
        Download
      </Button>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {formats.map(({ format, title, about }) => (
          <MenuItem key={format} onClick={() => void download(format)}>
            <ListItemText primary={title} secondary={about} slotProps={{ primary: { variant: 'body2' }, secondary: { variant: 'caption' } }} />
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
