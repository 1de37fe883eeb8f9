/** "the name is taken" → "The name is taken." */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const begun = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** "1 user", "2 users" */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** Up to two initials. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters.map((word) => word?.charAt(0).toUpperCase() ?? '').join('') || '?';
}

/** The beginning and the end of a long id or hash. */
export function shortened(id: string, kept = 8): string {
  return id.length <= kept * 2 + 1 ? id : `${id.slice(0, kept)}…${id.slice(-kept)}`;
}

/** A browser and a system out of a user agent, as far as people care. */
export function device(userAgent: string): string {
  const browser = /Edg\//.test(userAgent)
    ? 'Edge'
    : /OPR\//.test(userAgent)
      ? 'Opera'
      : /Firefox\//.test(userAgent)
        ? 'Firefox'
        : /(Chrome|Chromium)\//.test(userAgent)
          ? 'Chrome'
          : /Safari\//.test(userAgent)
            ? 'Safari'
            : undefined;
  const system = /Windows/.test(userAgent)
    ? 'Windows'
    : /Android/.test(userAgent)
      ? 'Android'
      : /iPhone|iPad/.test(userAgent)
        ? 'iOS'
        : /Mac OS X/.test(userAgent)
          ? 'macOS'
          : /Linux/.test(userAgent)
            ? 'Linux'
            : undefined;
  if (browser === undefined) return userAgent === '' ? 'Unknown device' : userAgent.slice(0, 60);
  return system === undefined ? browser : `${browser} on ${system}`;
}

/** "api-keys" → "Api keys", with abbreviations as they are written. */
export function words(name: string): string {
  const text = name.replaceAll('-', ' ').replace(/\bapi\b/, 'API').replace(/\bemail\b/, 'e-mail');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
