/** Files of a request or a ticket: what they are, and a way to have them. */
import { toProblem, type FileReference } from '@itechsmart/api';
import { Box, IconButton, Link, Tooltip, Typography } from '@mui/material';
import { Download, FileText, Lock } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { bytesWords } from '#shared/format/bytes';
import { sentence } from '#shared/format/text';
import { catalog } from '#shared/session/session';
import { saveFile } from '#shared/ui/saveFile';
import { useToast } from '#shared/ui/toast';
import { typeWord } from './kinds';

/** Fetches a file with the session's token, and hands it to the browser. */
function useDownload({ id, name }: Pick<FileReference, 'id' | 'name'>) {
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const download = async () => {
    setBusy(true);
    try {
      const { blob } = await catalog.download(`/files/${id}/content`);
      saveFile({ blob, name });
    } catch (thrown) {
      const problem = toProblem(thrown);
      toast(problem.kind === 'not_found' ? `“${name}” is not there any more.` : sentence(problem.detail), 'error');
    } finally {
      setBusy(false);
    }
  };
  return { busy, download };
}

interface FileListProps<File> {
  label: string;
  files: readonly File[];
  /** More about one, and what can be done with it. */
  about?: (file: File) => ReactNode;
  actions?: (file: File) => ReactNode;
}

export function FileList<File extends FileReference & { is_internal?: boolean }>({ label, files, about, actions }: FileListProps<File>) {
  return (
    <Box component="ul" aria-label={label} sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 0.75 }}>
      {files.map((file) => (
        <One key={file.id} file={file} about={about?.(file)} actions={actions?.(file)} />
      ))}
    </Box>
  );
}

function One({ file, about, actions }: { file: FileReference & { is_internal?: boolean }; about: ReactNode; actions: ReactNode }) {
  const { busy, download } = useDownload(file);
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1, alignItems: 'center', minWidth: 0, border: 1, borderColor: file.is_internal === true ? 'warning.main' : 'divider', borderRadius: 1, bgcolor: 'background.paper', pl: 1.25, pr: 0.5, py: 0.5 }}>
      <Box component="span" sx={{ lineHeight: 0, flexShrink: 0, color: 'text.secondary' }}>
        <FileText size={16} aria-hidden />
      </Box>
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Link component="button" type="button" variant="body2" onClick={() => void download()} disabled={busy} underline="always" sx={{ textAlign: 'left', overflowWrap: 'anywhere' }}>
          {file.name}
        </Link>
        <Typography variant="caption" component="p" color="textSecondary" sx={{ display: 'flex', gap: 0.5, alignItems: 'center', flexWrap: 'wrap' }}>
          {typeWord(file.media_type)} · {bytesWords(file.bytes)} {about}
          {file.is_internal === true && (
            <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, alignItems: 'center', color: 'warning.main', fontWeight: 600 }}>
              <Lock size={12} aria-hidden />
              Internal
            </Box>
          )}
        </Typography>
      </Box>
      <Tooltip title="Download">
        <IconButton size="small" aria-label={`Download ${file.name}`} loading={busy} onClick={() => void download()}>
          <Download size={16} aria-hidden />
        </IconButton>
      </Tooltip>
      {actions}
    </Box>
  );
}
