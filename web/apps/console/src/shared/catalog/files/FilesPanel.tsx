/** All files of a request or a ticket, with attaching and removing. */
import { toProblem, type CatalogFile, type CatalogFiles, type Problem } from '@itechsmart/api';
import { Button, Checkbox, FormControlLabel, IconButton, Stack, Tooltip, Typography } from '@mui/material';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useCatalogObject } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';
import { useCan, useMe } from '#shared/session/useMe';
import { Confirm } from '#shared/ui/dialogs';
import { Failed, FormProblem, LoadingRows } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { GONE_PERSON } from '../words';
import { Attach, DropArea } from './Attach';
import { FileList } from './FileList';
import { FILES_MAX } from './kinds';
import { useUploads } from './useUploads';

export type FilesOf = `/requests/${string}` | `/tickets/${string}`;

/** Others bring files meanwhile. */
const REFRESH_MS = 10_000;
const KEY = 'catalog.files';
const touches = [KEY, 'catalog.tickets', 'catalog.notes'];

export function useFilesOf(of: FilesOf) {
  return useCatalogObject<CatalogFiles>([KEY, of], `${of}/files`, { enabled: useCan()('catalog.files.read'), refetchInterval: REFRESH_MS });
}

interface FilesPanelProps {
  of: FilesOf;
  attaches: boolean;
  /** Whether some can be kept from whoever asked, and what that is called. */
  internal?: string | undefined;
  /** May remove files of others. */
  oversees: boolean;
}

export function FilesPanel({ of, attaches, internal, oversees }: FilesPanelProps) {
  const can = useCan();
  const me = useMe();
  const { data, error, refetch } = useFilesOf(of);
  if (!can('catalog.files.read')) return null;
  if (data === undefined) return error === null ? <LoadingRows rows={2} /> : <Failed problem={error} retry={() => void refetch()} />;
  const { items } = data.data;
  const removable = ({ owner, is_answer }: CatalogFile) => can('catalog.files.write') && !is_answer && (owner.id === me.id || oversees);
  return (
    <Stack sx={{ gap: 1.5 }}>
      {items.length === 0 ? (
        <Typography variant="body2" color="textSecondary">
          No files yet.
        </Typography>
      ) : (
        <FileList
          label="Files"
          files={items}
          about={({ owner, created_at, is_answer }) => (
            <>
              · {owner.name ?? GONE_PERSON}, <Time>{created_at}</Time>
              {is_answer && ' · part of the answers'}
            </>
          )}
          actions={(file) => removable(file) && <Remove file={file} />}
        />
      )}
      {attaches && can('catalog.files.write') && <Bring of={of} internal={internal} />}
    </Stack>
  );
}

function Remove({ file: { id, name } }: { file: CatalogFile }) {
  const remove = useChange(() => catalog.delete(`/files/${id}`), touches);
  const toast = useToast();
  return (
    <Confirm
      title={`Remove “${name}”?`}
      submit="Remove"
      danger
      act={async () => {
        await remove.mutateAsync(undefined);
        toast(`“${name}” is removed.`);
      }}
      trigger={(open) => (
        <Tooltip title="Remove">
          <IconButton size="small" aria-label={`Remove ${name}`} onClick={open}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </Tooltip>
      )}
    >
      Nobody can download it any more. That it was there stays in the trail.
    </Confirm>
  );
}

function Bring({ of, internal }: Pick<FilesPanelProps, 'of' | 'internal'>) {
  const uploads = useUploads({ filesMax: FILES_MAX });
  const [hidden, setHidden] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const attach = useChange((file_ids: string[]) => catalog.post<CatalogFiles>(`${of}/files`, { file_ids, is_internal: internal !== undefined && hidden }), touches);
  const toast = useToast();
  const send = async () => {
    setProblem(null);
    try {
      await attach.mutateAsync(uploads.files.map(({ id }) => id));
      toast(uploads.files.length === 1 ? 'The file is attached.' : `${uploads.files.length} files are attached.`);
      uploads.clear();
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  return (
    <DropArea uploads={uploads}>
      <Stack sx={{ gap: 1 }}>
        <Attach uploads={uploads} label="Add files" />
        {uploads.uploads.length > 0 && (
          <>
            {internal !== undefined && <FormControlLabel control={<Checkbox size="small" checked={hidden} onChange={(_, on) => setHidden(on)} />} label={internal} slotProps={{ typography: { variant: 'body2' } }} />}
            <FormProblem problem={problem} />
            <div>
              <Button variant="contained" disabled={uploads.files.length === 0 || uploads.busy} loading={attach.isPending} onClick={() => void send()}>
                Attach
              </Button>
            </div>
          </>
        )}
      </Stack>
    </DropArea>
  );
}
