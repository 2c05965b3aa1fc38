/** Digests of facts: equal facts have equal digests, whatever the order of keys in a file was. */
import { createHash } from 'node:crypto';
import type { Provider } from '../provider/model.ts';

/** SHA-256, hex, of the record as JSON with sorted keys. Lists keep their order: it is preference. */
export function recordDigest(record: Provider): string {
  return sha256(canonicalJson(record));
}

/** SHA-256, hex, of octets; of a text as UTF-8. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with the keys of every object in code-unit order, no white space. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((inner) => canonicalJson(inner ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}
