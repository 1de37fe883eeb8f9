/** Files on their way to the server, and those that wait there for being used. */
import { toProblem, uuid, type CatalogFile, type FileReference } from '@itechsmart/api';
import { useEffect, useRef, useState } from 'react';
import { sentence } from '#shared/format/text';
import { catalog } from '#shared/session/session';
import { faultOf, fits, boundsWords, type Bounds } from './kinds';

export interface Upload {
  key: string;
  name: string;
  bytes: number;
  /** How much has been sent, of 1. */
  share: number;
  /** Once it is there. */
  file?: FileReference;
  fault?: string;
}

export interface Uploads {
  uploads: readonly Upload[];
  bounds: Bounds;
  add: (files: readonly File[]) => void;
  remove: (key: string) => void;
  /** Once they are used. */
  clear: () => void;
  files: readonly FileReference[];
  /** Whether some are not there yet. */
  busy: boolean;
  /** What was not taken at all. */
  refused: string | undefined;
}

/** `known` are files that were uploaded before, such as those of an answer. */
export function useUploads(bounds: Bounds, known: readonly FileReference[] = [], onFiles?: (files: FileReference[]) => void): Uploads {
  const [uploads, setUploads] = useState<readonly Upload[]>(() => known.map((file) => ({ key: file.id, name: file.name, bytes: file.bytes, share: 1, file })));
  const [refused, setRefused] = useState<string>();
  const stops = useRef(new Map<string, AbortController>());
  const tell = useRef(onFiles);
  useEffect(() => {
    tell.current = onFiles;
  });
  // Who leaves does not go on uploading.
  useEffect(() => {
    const running = stops.current;
    return () => running.forEach((stop) => stop.abort());
  }, []);
  const files = uploads.flatMap(({ file }) => file ?? []);
  const told = files.map(({ id }) => id).join(' ');
  const before = useRef(told);
  useEffect(() => {
    if (told === before.current) return;
    before.current = told;
    tell.current?.(files);
  });

  const change = (key: string, part: Partial<Upload>) => setUploads((current) => current.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const drop = (id: string) => {
    // It is dropped after a day anyway.
    catalog.delete(`/files/${id}`).catch(() => undefined);
  };
  const send = async (key: string, content: File) => {
    const stop = new AbortController();
    stops.current.set(key, stop);
    try {
      const file = await catalog.upload<CatalogFile>('/files', { content, query: { name: content.name }, onProgress: (share) => change(key, { share }), signal: stop.signal });
      if (stop.signal.aborted) drop(file.id);
      else if (fits(file.media_type, bounds.mediaTypes)) change(key, { file, share: 1 });
      else {
        drop(file.id);
        change(key, { fault: `This is not of a type that is taken. ${boundsWords(bounds)}` });
      }
    } catch (thrown) {
      if (!stop.signal.aborted) change(key, { fault: faultWords(thrown) });
    } finally {
      stops.current.delete(key);
    }
  };
  const add = (chosen: readonly File[]) => {
    const room = bounds.filesMax - uploads.filter(({ fault }) => fault === undefined).length;
    const taken = chosen.slice(0, Math.max(0, room));
    setRefused(chosen.length > taken.length ? `${boundsWords(bounds)} ${chosen.length - taken.length === 1 ? 'One was' : `${chosen.length - taken.length} were`} not taken.` : undefined);
    const begun = taken.map((file) => ({ file, upload: { key: uuid(), name: file.name, bytes: file.size, share: 0, fault: faultOf(file, bounds) } }));
    setUploads((current) => [...current, ...begun.map(({ upload: { fault, ...upload } }) => ({ ...upload, ...(fault !== undefined && { fault }) }))]);
    for (const { file, upload } of begun) if (upload.fault === undefined) void send(upload.key, file);
  };
  const remove = (key: string) => {
    stops.current.get(key)?.abort();
    const file = uploads.find((one) => one.key === key)?.file;
    if (file !== undefined) drop(file.id);
    setRefused(undefined);
    setUploads((current) => current.filter((one) => one.key !== key));
  };
  const clear = () => {
    setRefused(undefined);
    setUploads([]);
  };
  return { uploads, bounds, add, remove, clear, files, busy: uploads.some(({ file, fault }) => file === undefined && fault === undefined), refused };
}

/** What the server says of a file: of its name or of itself. */
function faultWords(thrown: unknown): string {
  const problem = toProblem(thrown);
  return sentence(problem.errors[0]?.detail ?? problem.detail);
}
