/**
 * An operator's own text as HTML: blank lines between paragraphs, `# ` before a heading, `- ` before each item of a list;
 * addresses and links can be followed. Nothing else means anything, and no HTML gets through.
 */
import { html } from 'hono/html';
import type { Html } from './frame.ts';

export function plainText(text: string): Html {
  const blocks = text
    .split(/\r?\n[ \t]*(?:\r?\n[ \t]*)+/)
    .map((part) => part.split(/\r?\n/).filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0);
  return html`${blocks.map(blockOf)}`;
}

function blockOf(lines: readonly string[]): Html {
  const [first = ''] = lines;
  if (/^#+ /.test(first)) {
    const rest = lines.slice(1);
    return html`<h3>${first.replace(/^#+ /, '')}</h3>${rest.length > 0 ? blockOf(rest) : ''}`;
  }
  if (lines.every((line) => line.startsWith('- '))) {
    return html`<ul>${lines.map((line) => html`<li>${linked(line.slice(2))}</li>`)}</ul>`;
  }
  return html`<p>${lines.map((line, i) => html`${i === 0 ? '' : html`<br>`}${linked(line)}`)}</p>`;
}

/** A text in which links and addresses can be followed. */
export function linked(text: string): Html {
  const parts = text.split(
    /(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)]|(?<![^\s@<>"(),;:])[^\s@<>"(),;:]+@[^\s@<>"(),;:]+\.[a-z]{2,})/i,
  );
  return html`${parts.map((part, i) => {
    if (i % 2 === 0) return part;
    return part.includes('://') ? html`<a href="${part}">${part}</a>` : html`<a href="mailto:${part}">${part}</a>`;
  })}`;
}
