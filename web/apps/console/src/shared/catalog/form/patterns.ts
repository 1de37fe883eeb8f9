/** What a text may have to look like, ready to be chosen. The hint is what whoever errs is told. */
import type { FieldKind } from '@itechsmart/api';

type Pattern = NonNullable<Extract<FieldKind, { type: 'text' }>['pattern']>;

export interface Preset {
  title: string;
  source: string;
  hint: string;
  matches: (text: string) => boolean;
}

function preset(title: string, source: string, hint: string): Preset {
  const whole = new RegExp(`^(?:${source})$`);
  return { title, source, hint, matches: (text) => whole.test(text) };
}

/** Each in the common part of what browsers and the server understand, and linear in both. */
export const presets: readonly Preset[] = [
  preset('E-mail address', '[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+', 'Write an e-mail address such as name@example.com.'),
  preset('Web address', 'https?://[^\\s]+', 'Write a web address that begins with https:// or http://.'),
  preset('Phone number', '\\+?[0-9][0-9 ()/-]{4,29}', 'Write a phone number such as +49 30 123456.'),
  preset('Host name', '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*', 'Write a host name in small letters, such as web-1.example.com.'),
  preset('IPv4 address', '([0-9]{1,3}\\.){3}[0-9]{1,3}', 'Write an address such as 192.0.2.10.'),
  preset('Letters and digits', '[A-Za-z0-9]+', 'Write letters and digits alone.'),
  preset('Digits', '[0-9]+', 'Write digits alone.'),
];

export function presetOf(pattern: Pattern | null | undefined): Preset | undefined {
  return pattern == null ? undefined : presets.find(({ source }) => source === pattern.source);
}
