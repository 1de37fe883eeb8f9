// @vitest-environment jsdom
import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { Markdown, safeAddress } from './Markdown';

const shown = (text: string) => render(<Markdown>{text}</Markdown>).container;

it.each([
  '<script>alert(1)</script>',
  '<img src=x onerror="alert(1)">',
  'before <b onclick=alert(1)>bold</b> after',
  '<iframe src="https://example.com"></iframe>',
  '<a href="javascript:alert(1)">here</a>',
  '[here](javascript:alert(1))',
  '[here](JaVaScRiPt:alert(1))',
  '[here](java\tscript:alert(1))',
  '[here](data:text/html;base64,PHNjcmlwdD4=)',
  '![it](javascript:alert(1))',
  '<javascript:alert(1)>',
  '[here](vbscript:x)',
])('shows what would be code as it was written: %s', (text) => {
  const container = shown(text);
  expect(container.querySelectorAll('script, img, iframe, a, b, style, object')).toHaveLength(0);
  const attributes = [...container.querySelectorAll('*')].flatMap((element) => element.getAttributeNames());
  expect(attributes.filter((name) => name !== 'class')).toEqual([]);
  const plain = (one: string) => one.replace(/\s/g, '');
  expect(plain(container.textContent)).toBe(plain(text));
});

it('keeps text that is no Markdown as it is, lines too', () => {
  const container = shown('5 < 6 & 7 > 6\nsecond line & <b>');
  expect(container.textContent).toContain('5 < 6 & 7 > 6');
  expect(container.textContent).toContain('second line & <b>');
  expect(container.querySelectorAll('br')).toHaveLength(1);
});

it('shows the marks that people use', () => {
  const container = shown('**bold** *soft* `code <b>`\n\n1. one\n2. two\n\n> said\n\n```\n<i>block</i>\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |');
  expect(container.querySelector('strong')?.textContent).toBe('bold');
  expect(container.querySelector('em')?.textContent).toBe('soft');
  expect(container.querySelector('code')?.textContent).toBe('code <b>');
  expect([...container.querySelectorAll('li')].map((item) => item.textContent)).toEqual(['one', 'two']);
  expect(container.querySelector('blockquote')?.textContent).toBe('said');
  expect(container.querySelector('pre')?.textContent).toBe('<i>block</i>');
  expect(container.querySelectorAll('td')).toHaveLength(2);
});

it('leads where it is safe, and loads no image', () => {
  const container = shown('[site](https://example.com/a) ![shot](https://example.com/shot.png) mail@example.com');
  const links = [...container.querySelectorAll('a')];
  expect(links.map((link) => link.getAttribute('href'))).toEqual([
    'https://example.com/a',
    'https://example.com/shot.png',
    'mailto:mail@example.com',
  ]);
  expect(links.every((link) => link.rel.includes('noopener'))).toBe(true);
  expect(container.querySelector('img')).toBeNull();
});

it('takes no address that runs something, or that is of this console', () => {
  for (const address of ['javascript:alert(1)', ' javascript:alert(1)', '/hub/users', '//example.com', 'file:///etc/passwd', '']) {
    expect(safeAddress(address)).toBeUndefined();
  }
});

it('stands texts that are nested without end', () => {
  expect(shown(`${'> '.repeat(500)}deep`).textContent).toContain('deep');
});

it('has headings where a text is long enough for them, below the title of its page', () => {
  const text = '# One\n\n## Two\n\n### <b>Three</b>';
  expect(shown(text).querySelectorAll('h1, h2, h3, h4')).toHaveLength(0);
  const { container } = render(<Markdown headings>{text}</Markdown>);
  expect([...container.querySelectorAll('h2, h3, h4')].map((one) => one.textContent)).toEqual(['One', 'Two', '<b>Three</b>']);
  expect(container.querySelectorAll('b')).toHaveLength(0);
});
