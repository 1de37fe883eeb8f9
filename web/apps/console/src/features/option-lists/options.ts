/** Options of a list while they are written. The server checks the same once more. */
import type { ListOption, OptionList, OptionListInput } from '@itechsmart/api';

export const OPTIONS_MAX = 1_000;
export const OPTION_CHARS_MAX = 200;

export interface OptionDraft {
  label: string;
  /** What is kept with an answer; the label where it is left empty. */
  value: string;
  of: string;
}

export interface ListDraft {
  name: string;
  options: OptionDraft[];
}

export const noList: ListDraft = { name: '', options: [] };
export const noOption: OptionDraft = { label: '', value: '', of: '' };

export function toDraft({ name, options }: Pick<OptionList, 'name' | 'options'>): ListDraft {
  return { name, options: options.map(({ label, value, of }) => ({ label, value, of: of ?? '' })) };
}

const valueOf = ({ label, value }: OptionDraft): string => value.trim() || label.trim();

export function toInput({ name, options }: ListDraft): OptionListInput {
  const one = (option: OptionDraft): ListOption => ({ label: option.label.trim(), value: valueOf(option), of: option.of.trim() || null });
  return { name: name.trim(), options: options.map(one) };
}

/** What is wrong with each of them, if something is. */
export function faults(options: readonly OptionDraft[]): (string | undefined)[] {
  const known = new Set<string>();
  return options.map((option) => {
    const value = valueOf(option);
    if (option.label.trim() === '') return 'It needs a label.';
    if (known.has(value)) return `There is an option of the value “${value}” already.`;
    known.add(value);
    return undefined;
  });
}
