/**
 * Text with Markdown in it. It is read into tokens, and each becomes an element of React: there is no HTML
 * that could be let through. HTML in a text is shown as it was written, a link leads somewhere only by
 * `https`, `http` or `mailto`, and an image is a link: no page loads what a text tells it to.
 */
import { Box, Link } from '@mui/material';
import { Lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { createContext, Fragment, use, useMemo, type ReactNode } from 'react';

/** Deeper than this, lists and quotes are shown as they were written. */
const DEPTH_MAX = 20;

/** Whether headings are some, or lines in bold: a message has none. */
const Headings = createContext(false);

interface MarkdownProps {
  /** The text is long enough to have headings, such as an article below the title of its page. */
  headings?: boolean;
  children: string;
}

export function Markdown({ headings = false, children }: MarkdownProps) {
  const content = useMemo(() => blocks(Lexer.lex(children, { gfm: true, breaks: true }), 0), [children]);
  return (
    <Headings value={headings}>
      <Box sx={styles}>{content}</Box>
    </Headings>
  );
}

function Heading({ depth, children }: { depth: number; children: ReactNode }) {
  if (!use(Headings)) {
    return (
      <p>
        <strong>{children}</strong>
      </p>
    );
  }
  // The page's title is the first level.
  const Level = depth === 1 ? 'h2' : depth === 2 ? 'h3' : 'h4';
  return <Level>{children}</Level>;
}

/** An address that a text may lead to; undefined of every other. */
export function safeAddress(address: string): string | undefined {
  try {
    const url = new URL(address);
    return ['https:', 'http:', 'mailto:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function blocks(tokens: readonly Token[], depth: number): ReactNode {
  return tokens.map((token, index) => <Fragment key={index}>{block(token, depth)}</Fragment>);
}

function block(any: Token, depth: number): ReactNode {
  // Of the kinds that the lexer knows, and it knows no others here.
  const token = any as MarkedToken;
  if (depth > DEPTH_MAX) return <p>{token.raw}</p>;
  switch (token.type) {
    case 'space':
      return null;
    case 'hr':
      return <hr />;
    case 'code':
      return (
        <pre>
          <code>{token.text}</code>
        </pre>
      );
    case 'heading':
      return <Heading depth={token.depth}>{inlines(token.tokens, depth)}</Heading>;
    case 'blockquote':
      return <blockquote>{blocks(token.tokens, depth + 1)}</blockquote>;
    case 'list':
      return list(token, depth);
    case 'table':
      return table(token, depth);
    case 'paragraph':
      return <p>{inlines(token.tokens, depth)}</p>;
    case 'html':
    case 'def':
      return <p>{token.raw.trimEnd()}</p>;
    case 'text':
      return token.tokens === undefined ? token.text : inlines(token.tokens, depth);
    default:
      return inline(token, depth);
  }
}

function list(token: Tokens.List, depth: number): ReactNode {
  const items = token.items.map((item, index) => <li key={index}>{blocks(item.tokens, depth + 1)}</li>);
  return token.ordered ? <ol start={token.start === '' ? 1 : token.start}>{items}</ol> : <ul>{items}</ul>;
}

function table(token: Tokens.Table, depth: number): ReactNode {
  return (
    <table>
      <thead>
        <tr>
          {token.header.map((cell, index) => (
            <th key={index}>{inlines(cell.tokens, depth)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {token.rows.map((cells, row) => (
          <tr key={row}>
            {cells.map((cell, index) => (
              <td key={index}>{inlines(cell.tokens, depth)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function inlines(tokens: readonly Token[], depth: number): ReactNode {
  return tokens.map((token, index) => <Fragment key={index}>{inline(token, depth + 1)}</Fragment>);
}

function inline(any: Token, depth: number): ReactNode {
  const token = any as MarkedToken;
  if (depth > DEPTH_MAX * 2) return token.raw;
  switch (token.type) {
    case 'strong':
      return <strong>{inlines(token.tokens, depth)}</strong>;
    case 'em':
      return <em>{inlines(token.tokens, depth)}</em>;
    case 'del':
      return <del>{inlines(token.tokens, depth)}</del>;
    case 'codespan':
      return <code>{token.text}</code>;
    case 'br':
      return <br />;
    case 'link':
      return leading(token.href, token.raw, inlines(token.tokens, depth));
    case 'image':
      return leading(token.href, token.raw, token.text === '' ? token.href : token.text);
    case 'escape':
      return token.text;
    case 'checkbox':
      return token.checked ? '☑ ' : '☐ ';
    case 'text':
      return token.tokens === undefined ? token.text : inlines(token.tokens, depth);
    default:
      return token.raw;
  }
}

function leading(address: string, raw: string, shown: ReactNode): ReactNode {
  const safe = safeAddress(address);
  if (safe === undefined) return raw;
  return (
    <Link href={safe} target="_blank" rel="noopener noreferrer nofollow" underline="always">
      {shown}
    </Link>
  );
}

const styles = {
  typography: 'body2',
  overflowWrap: 'anywhere',
  '& > :first-of-type': { mt: 0 },
  '& p': { my: 1, whiteSpace: 'pre-wrap' },
  '& h2': { typography: 'h2', mt: 2.5, mb: 1 },
  '& h3': { typography: 'h3', mt: 2, mb: 0.75 },
  '& h4': { typography: 'body2', fontWeight: 650, mt: 1.5, mb: 0.5 },
  '& ul, & ol': { my: 1, pl: 3 },
  '& li > p': { my: 0 },
  '& > :last-child': { mb: 0 },
  '& blockquote': { m: 0, my: 1, pl: 1.5, borderLeft: 3, borderColor: 'divider', color: 'text.secondary' },
  '& code': { typography: 'code', bgcolor: 'background.sunken', borderRadius: 0.5, px: 0.5 },
  '& pre': { my: 1, p: 1.25, overflowX: 'auto', bgcolor: 'background.sunken', borderRadius: 1 },
  '& pre code': { p: 0, bgcolor: 'transparent', overflowWrap: 'normal' },
  '& hr': { border: 0, borderTop: 1, borderColor: 'divider', my: 1.5 },
  '& table': { borderCollapse: 'collapse', display: 'block', overflowX: 'auto', my: 1 },
  '& th, & td': { border: 1, borderColor: 'divider', px: 1, py: 0.5, textAlign: 'left' },
} as const;
