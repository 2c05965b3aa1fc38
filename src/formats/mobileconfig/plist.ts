/** Apple's property lists as XML (plist 1.0), as far as a configuration profile needs them. */
import { escapeXml } from '../escape.ts';

export type Plist = string | number | boolean | readonly Plist[] | { readonly [key: string]: Plist | undefined };

/** The document; keys whose value is undefined are left out, the order stays. */
export function renderPlist(value: Plist): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    ...lines(value),
    '</plist>',
    '',
  ].join('\n');
}

function lines(value: Plist): string[] {
  if (typeof value === 'string') return [`<string>${escapeXml(value)}</string>`];
  if (typeof value === 'number') return [`<integer>${Math.trunc(value)}</integer>`];
  if (typeof value === 'boolean') return [`<${value}/>`];
  if (isList(value)) return ['<array>', ...value.flatMap(lines).map(indent), '</array>'];
  const entries = Object.entries(value).flatMap(([key, inner]) =>
    inner === undefined ? [] : [`<key>${escapeXml(key)}</key>`, ...lines(inner)],
  );
  return ['<dict>', ...entries.map(indent), '</dict>'];
}

function isList(value: Plist): value is readonly Plist[] {
  return Array.isArray(value);
}

function indent(line: string): string {
  return `  ${line}`;
}
