import { expect, it } from 'vitest';
import { Lexer } from 'marked';
import { excerpt, joined, markdownLink, plainInMarkdown } from './markdown';

it('lets no title be more than its text', () => {
  const title = 'Reset *it* ](javascript:alert(1)) [<b>`x`';
  const [token] = Lexer.lexInline(markdownLink(title, 'https://desk.example.com/a/1'));
  expect(token).toMatchObject({ type: 'link', href: 'https://desk.example.com/a/1' });
  const inner = token !== undefined && 'tokens' in token ? (token.tokens ?? []) : [];
  expect(inner.every(({ type }) => type === 'text' || type === 'escape')).toBe(true);
  expect(inner.map((one) => ('text' in one ? String(one.text) : '')).join('')).toBe(title);
  expect(plainInMarkdown('one\ntwo')).toBe('one two');
});

it('quotes whole paragraphs, and says where there is more', () => {
  expect(excerpt('One\nline\n\nTwo', 100)).toBe('> One\n> line\n>\n> Two');
  expect(excerpt('One\n\nTwo is longer\n\nThree', 5)).toBe('> One\n>\n> …');
  expect(excerpt('A first paragraph that is too long', 5)).toBe('> A first paragraph that is too long');
});

it('adds a part below what is there', () => {
  expect(joined(' ', 'a')).toBe('a');
  expect(joined('a\n', 'b')).toBe('a\n\nb');
});
