/** Event patterns, as one types them: one a line, or with commas between. */
export function parsePatterns(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}
