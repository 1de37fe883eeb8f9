/** Text that becomes part of a text in Markdown. */

/** Stands for itself: no character of it is a mark. */
export function plainInMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&');
}

/** A link that reads as the title does. */
export function markdownLink(title: string, address: string): string {
  return `[${plainInMarkdown(title)}](${address})`;
}

/** The beginning of a text, as whole paragraphs, quoted. */
export function excerpt(text: string, chars: number): string {
  const paragraphs = text.trim().split(/\n{2,}/);
  const taken: string[] = [];
  let length = 0;
  for (const paragraph of paragraphs) {
    if (taken.length > 0 && length + paragraph.length > chars) break;
    taken.push(paragraph);
    length += paragraph.length;
  }
  const isWhole = taken.length === paragraphs.length;
  const quoted = taken.join('\n\n').split('\n').map((line) => `> ${line}`.trimEnd());
  return [...quoted, ...(isWhole ? [] : ['>', '> …'])].join('\n');
}

/** Adds a part to a text, as a paragraph of its own. */
export function joined(text: string, part: string): string {
  return text.trim() === '' ? part : `${text.trimEnd()}\n\n${part}`;
}
