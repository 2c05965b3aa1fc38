/** The secret that a submitter gets, once: with it they follow and withdraw what they have submitted. */
import { createHmac, randomBytes } from 'node:crypto';
import { sha256 } from '../atlas/digest.ts';
import type { Store } from '../store/db.ts';
import { readMeta, setMetaOnce } from '../store/meta.ts';
import { newSecret } from '../store/secret.ts';

/**
 * A receipt. Whoever repeats a request with its key (`Idempotency-Key`) gets the same one, and so the same submission; the
 * key is no part of what is stored, and without it nobody can make the receipt again.
 * @param said what was submitted: another draft under the same key is another submission
 */
export async function receiptFor(store: Store, said: string, key: string | undefined): Promise<string> {
  if (key === undefined) return newSecret('mar');
  const secret = await instanceSecret(store);
  const mac = createHmac('sha256', Buffer.from(secret, 'hex'))
    .update(`${sha256(key)} ${sha256(said)}`)
    .digest();
  return `mar_${mac.toString('base64url')}`;
}

/** The secret part of the preview's address. It follows from the receipt, and the receipt does not follow from it. */
export function previewOf(receipt: string): string {
  return Buffer.from(sha256(`preview ${receipt}`), 'hex').toString('base64url');
}

/**
 * The secret part of the address that ends notices: who gets one has no receipt, and need have submitted nothing.
 * @param hash of the receipt, which nobody outside knows
 */
export function endOfNoticesOf(hash: string): string {
  return Buffer.from(sha256(`notices ${hash}`), 'hex').toString('base64url');
}

/** Of this database, made when it is first needed. */
async function instanceSecret(store: Store): Promise<string> {
  const known = await readMeta(store.db, 'secret');
  if (known !== undefined) return known;
  await store.atomically([setMetaOnce(store.db, 'secret', randomBytes(32).toString('hex'))]);
  // Another process may have been faster.
  return (await readMeta(store.db, 'secret')) ?? '';
}
