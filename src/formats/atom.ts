/**
 * Atom feeds (RFC 4287). Identifiers are UUIDs that follow from what an entry is about (section 4.2.6: they never change,
 * wherever the feed moves), so that a server that does not know its own URL has them, too; links it has none then.
 */
import type { Language } from '../provider/phrases.ts';
import { escapeXml } from './escape.ts';
import { uuid5 } from './uuid.ts';

export const atomType = 'application/atom+xml; charset=utf-8';

export interface Feed {
  /** What it is about, for its identifier: the same text is the same feed for ever. */
  readonly about: string;
  readonly title: string;
  readonly language: Language;
  /** Where it is; undefined where nobody knows. */
  readonly self?: string | undefined;
  /** In the order in which they are to stand. */
  readonly entries: readonly FeedEntry[];
}

export interface FeedEntry {
  /** As of the feed. */
  readonly about: string;
  readonly title: string;
  /** ISO 8601, in UTC. */
  readonly at: string;
  /** Plain text. */
  readonly paragraphs: readonly string[];
  /** The page about it. */
  readonly link?: string | undefined;
}

/** Made once; never changes, or everybody reads everything again. */
const namespace = '0c9c6b3e-6a0f-4f57-9a52-77d1f4d0a8b5';

export function renderAtom({ about, title, language, self, entries }: Feed): string {
  // Section 4.1.1: a feed has a date, even where nothing has happened yet.
  const updated = entries.reduce((newest, { at }) => (at > newest ? at : newest), '1970-01-01T00:00:00.000Z');
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">`,
    `  <id>${idOf(about, language)}</id>`,
    `  <title>${escapeXml(title)}</title>`,
    `  <updated>${updated}</updated>`,
    '  <author><name>mailatlas</name></author>',
    ...(self === undefined ? [] : [`  <link rel="self" type="application/atom+xml" href="${escapeXml(self)}"/>`]),
    ...entries.flatMap((entry) => renderEntry(entry, language)),
    '</feed>',
    '',
  ].join('\n');
}

function renderEntry({ about, title, at, paragraphs, link }: FeedEntry, language: Language): string[] {
  const html = paragraphs.map((text) => `<p>${escapeXml(text)}</p>`).join('');
  return [
    '  <entry>',
    `    <id>${idOf(about, language)}</id>`,
    `    <title>${escapeXml(title)}</title>`,
    `    <updated>${at}</updated>`,
    ...(link === undefined ? [] : [`    <link rel="alternate" type="text/html" href="${escapeXml(link)}"/>`]),
    // HTML in XML: escaped once for each (section 3.1.1.2).
    `    <content type="html">${escapeXml(html)}</content>`,
    '  </entry>',
  ];
}

/** Another language is another text, and so another entry. */
function idOf(about: string, language: Language): string {
  return `urn:uuid:${uuid5(namespace, `${language} ${about}`)}`;
}
