/** Sizes of files. */
const units = ['KiB', 'MiB', 'GiB'] as const;

/** 512 → "512 bytes", 1536 → "1.5 KiB", 26214400 → "25 MiB" */
export function bytesWords(bytes: number): string {
  if (bytes < 1_024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  let size = bytes / 1_024;
  let unit = 0;
  // What would be written as 1,024 of a unit is one of the next.
  while (size >= 1_023.95 && unit < units.length - 1) {
    size /= 1_024;
    unit += 1;
  }
  return `${size.toLocaleString('en', { maximumFractionDigits: size < 100 ? 1 : 0 })} ${units[unit]}`;
}
