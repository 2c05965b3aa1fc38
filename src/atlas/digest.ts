/** Digests of facts: equal facts have equal digests, whatever the order of keys in a file was. */
import { createHash } from 'node:crypto';
import type { Provider } from '../provider/model.ts';

/** SHA-256, hex, of the record as JSON with sorted keys. Lists keep their order: it is preference. */
export function recordDigest(record: Provider): string {
  return sha256(canonicalJson(record));
}

/** SHA-256, hex, over the digests of all records and the two lists. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with the keys of every object in code-unit order, no white space. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
