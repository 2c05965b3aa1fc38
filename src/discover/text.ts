/**
 * Octets to text. XML and JSON are UTF-8 by the standards; what servers send is also Latin-1 or UTF-16, and what they say of
 * it is often wrong. A byte order mark counts most, then the header, then the XML declaration (RFC 7303 section 3).
 */

export type Decoded = { readonly text: string; readonly note?: string } | { readonly unknown: string };

/** @param contentType the header as it came */
export function decode(bytes: Uint8Array, contentType = ''): Decoded {
  const label = labelOf(bytes, contentType);
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch {
    return { unknown: label.slice(0, 40) };
  }
  try {
    return { text: decoder.decode(bytes) };
  } catch {
    // What is not what it says it is: nearly always Latin-1 in a file that says UTF-8.
    return { text: new TextDecoder('windows-1252').decode(bytes), note: `is not ${label}; read as Windows-1252` };
  }
}

function labelOf(bytes: Uint8Array, contentType: string): string {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const header = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
  if (header !== undefined) return header.toLowerCase();
  const start = String.fromCharCode(...bytes.subarray(0, 200));
  return (/^\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']+)/.exec(start)?.[1] ?? 'utf-8').toLowerCase();
}
