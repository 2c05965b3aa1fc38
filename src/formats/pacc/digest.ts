/**
 * The TXT record that protects a PACC document (draft-ietf-mailmaint-pacc-03, as croessner/automx and pimalaya read it):
 * `v=UAAC1; a=sha256; d=<base64 of SHA-256 over the document's bytes>` at `_ua-auto-config.<domain>`.
 */
import { createHash } from 'node:crypto';

/** SHA-256 of the document's bytes, in base64. */
export function paccDigest(document: string): string {
  return createHash('sha256').update(document).digest('base64');
}

/** The text of the TXT record for a document. */
export function paccRecord(document: string): string {
  return `v=UAAC1; a=sha256; d=${paccDigest(document)}`;
}

/** The digest that a TXT record holds, as octets; undefined where it is no such record. */
export function readDigest(text: string): Uint8Array | undefined {
  // The version comes first or last, but nothing, not even a space, before the first tag.
  if (/^\s/.test(text)) return undefined;
  const tags = new Map<string, string>();
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const [, key, value] = /^([A-Za-z0-9_-]+)\s*=\s*(\S*)$/.exec(part.trim()) ?? [];
    if (key === undefined || value === undefined) return undefined;
    if (tags.has(key) && ['v', 'a', 'd'].includes(key)) return undefined;
    tags.set(key, value);
  }
  const digest = tags.get('d') ?? '';
  if (tags.get('v') !== 'UAAC1' || tags.get('a') !== 'sha256' || !/^[A-Za-z0-9+/]{43}=$/.test(digest)) return undefined;
  return Uint8Array.from(atob(digest), (octet) => octet.charCodeAt(0));
}

/** Whether one of the TXT records is for this very document. Several may stand side by side while one is replaced. */
export function isDigested(document: Uint8Array, texts: readonly string[]): boolean {
  const own = createHash('sha256').update(document).digest();
  return texts.some((text) => {
    const digest = readDigest(text);
    return digest !== undefined && own.equals(digest);
  });
}
