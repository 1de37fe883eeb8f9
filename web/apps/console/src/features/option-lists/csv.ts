/** Options out of a spreadsheet, and into one: as CSV (RFC 4180), by commas, semicolons or tabs. */
import { OPTION_CHARS_MAX, type OptionDraft } from './options';

type Column = keyof OptionDraft;

/** What columns are called by their first line, if it does so. */
const names: Readonly<Record<string, Column>> = {
  value: 'value',
  code: 'value',
  key: 'value',
  id: 'value',
  label: 'label',
  name: 'label',
  title: 'label',
  of: 'of',
  'goes with': 'of',
  parent: 'of',
};

export interface ReadOptions {
  options: OptionDraft[];
  /** What is wrong, line by line. */
  faults: string[];
}

export function readCsv(text: string): ReadOptions {
  const lines = cells(text.replace(/^\uFEFF/, ''), separator(text)).filter(({ row }) => row.some((cell) => cell !== ''));
  const first = lines[0]?.row.map((cell) => names[cell.toLowerCase()]);
  const isHead = first !== undefined && first.every((column) => column !== undefined) && (first.includes('label') || first.includes('value'));
  const columns: readonly (Column | undefined)[] = isHead ? first : ['value', 'label', 'of'];
  const read: ReadOptions = { options: [], faults: [] };
  for (const { line, row } of isHead ? lines.slice(1) : lines) {
    const option: OptionDraft = { label: '', value: '', of: '' };
    row.forEach((cell, at) => {
      const column = columns[at];
      if (column !== undefined) option[column] = cell;
    });
    if (row.length > columns.length) read.faults.push(`Line ${line} has ${row.length} columns, and not ${columns.length} at most.`);
    else if (row.some((cell) => Array.from(cell).length > OPTION_CHARS_MAX)) read.faults.push(`Line ${line} has more than ${OPTION_CHARS_MAX} characters in a column.`);
    else if (row.some((cell) => /\p{Cc}/u.test(cell))) read.faults.push(`Line ${line} has a line break within a column.`);
    else read.options.push({ ...option, label: option.label || option.value });
  }
  return read;
}

/** As it is read again. */
export function writeCsv(options: readonly OptionDraft[]): string {
  const cell = (text: string) => (/[",;\t\n\r]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = options.map(({ label, value, of }) => [value || label, label, of].map(cell).join(','));
  return `${['value,label,of', ...rows].join('\n')}\n`;
}

/** That which parts most of the first line. */
function separator(text: string): string {
  const line = /^[^\n\r]*/.exec(text.trimStart().replaceAll(/"[^"]*"/g, ''))?.[0] ?? '';
  const parts = (by: string) => line.split(by).length;
  return ['\t', ';', ','].reduce((best, one) => (parts(one) > parts(best) ? one : best), ',');
}

interface Line {
  line: number;
  row: string[];
}

function cells(text: string, by: string): Line[] {
  const lines: Line[] = [];
  let [row, cell, quoted, begun, line, at] = [[] as string[], '', false, 1, 1, 0];
  const endCell = () => {
    row.push(cell.trim());
    cell = '';
  };
  const endRow = () => {
    endCell();
    lines.push({ line: begun, row });
    row = [];
    begun = line;
  };
  for (; at < text.length; at += 1) {
    const one = text.charAt(at);
    if (one === '\n') line += 1;
    if (quoted && one === '"' && text.charAt(at + 1) === '"') {
      cell += '"';
      at += 1;
    } else if (one === '"' && (quoted || cell.trim() === '')) {
      quoted = !quoted;
    } else if (!quoted && one === by) {
      endCell();
    } else if (!quoted && one === '\n') {
      endRow();
    } else if (quoted || one !== '\r') {
      cell += one;
    }
  }
  endRow();
  return lines;
}
