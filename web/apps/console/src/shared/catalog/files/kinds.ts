/** Which files are taken, and what they are called. */
import { bytesWords } from '#shared/format/bytes';
import { count } from '#shared/format/text';

/** Used at once, as the server has it. */
export const FILES_MAX = 20;

const types: Record<string, string> = {
  'application/pdf': 'PDF',
  'application/zip': 'ZIP archive',
  'application/json': 'JSON',
  'application/msword': 'Word document',
  'application/vnd.ms-excel': 'Excel workbook',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel workbook',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PowerPoint presentation',
  'text/plain': 'Text',
  'text/csv': 'CSV',
  'image/*': 'Images',
  'text/*': 'Texts',
  'audio/*': 'Sound',
  'video/*': 'Video',
};

/** "PDF", "PNG image"; a type that nobody named is "File". */
export function typeWord(mediaType: string): string {
  const known = types[mediaType];
  if (known !== undefined) return known;
  const [family = '', name = ''] = mediaType.split('/');
  const bare = name.replace(/^x-|\+.*$|^vnd\./g, '').toUpperCase();
  if (family === 'image') return `${bare} image`;
  return family === 'audio' || family === 'video' || family === 'text' ? `${bare} ${family}` : 'File';
}

export interface Bounds {
  filesMax: number;
  bytesMax?: number | undefined;
  mediaTypes?: readonly string[] | undefined;
}

/** "Up to 3 files, PDF or Images, 5 MiB each." */
export function boundsWords({ filesMax, bytesMax, mediaTypes = [] }: Bounds): string {
  const kinds = mediaTypes.map(typeWord).filter((word, at, all) => all.indexOf(word) === at);
  const parts = [filesMax === 1 ? 'One file' : `Up to ${count(filesMax, 'file')}`, kinds.length === 0 ? '' : kinds.join(' or '), bytesMax === undefined ? '' : `at most ${bytesWords(bytesMax)}${filesMax === 1 ? '' : ' each'}`];
  return `${parts.filter(Boolean).join(', ')}.`;
}

/** Why a file is not even sent. Its type the server tells by its content. */
export function faultOf({ name, size }: { name: string; size: number }, { bytesMax }: Bounds): string | undefined {
  if (size === 0) return `“${name}” is empty.`;
  return bytesMax !== undefined && size > bytesMax ? `“${name}” has ${bytesWords(size)}: at most ${bytesWords(bytesMax)} are taken.` : undefined;
}

/** Whether a media type is one of those; none are any. */
export function fits(mediaType: string, wanted: readonly string[] = []): boolean {
  return wanted.length === 0 || wanted.some((type) => type === mediaType || (type.endsWith('/*') && mediaType.startsWith(type.slice(0, -1))));
}

/** An image that was pasted has no name of its own. */
export function pastedName(name: string, mediaType: string, now: Date): string {
  if (name !== '' && !/^image\.\w+$/.test(name)) return name;
  const ending = mediaType.split('/')[1]?.replace('jpeg', 'jpg') ?? 'png';
  return `pasted-${now.toISOString().slice(0, 19).replace(/[:T]/g, '-')}.${ending}`;
}
