import { toProblem } from '@itechsmart/api';
import { Button, ListItemText, Menu, MenuItem } from '@mui/material';
import { ChevronDown, Download } from 'lucide-react';
import { useState } from 'react';
import { sentence } from '#shared/format/text';
import { saveFile } from '#shared/ui/saveFile';
import { useToast } from '#shared/ui/toast';

interface Format<F extends string> {
  format: F;
  title: string;
  about: string;
}

interface DownloadMenuProps<F extends string> {
  title: string;
  formats: readonly Format<F>[];
  /** What the file is called where the server does not say. */
  name: string;
  download: (format: F) => Promise<{ blob: Blob; name: string }>;
}

/** Something as a file, in one of some formats. */
export function DownloadMenu<F extends string>({ title, formats, name, download }: DownloadMenuProps<F>) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const save = async (format: F) => {
    setAnchor(null);
    setBusy(true);
    try {
      const file = await download(format);
      saveFile({ blob: file.blob, name: file.name === 'download' ? `${name}.${format}` : file.name });
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
        {title}
      </Button>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {formats.map((one) => (
          <MenuItem key={one.format} onClick={() => void save(one.format)}>
            <ListItemText primary={one.title} secondary={one.about} slotProps={{ primary: { variant: 'body2' }, secondary: { variant: 'caption' } }} />
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
