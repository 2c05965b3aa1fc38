/** Secrets that are shown once and stored as their digest. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { sha256 } from '../atlas/digest.ts';

/** A new secret of 256 bits. Its beginning says what it is, so that whoever finds one (a scanner, too) knows. */
export function newSecret(prefix: 'mat' | 'mar'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** What is stored. A fast digest is enough: nobody guesses 256 bits. */
export const secretHash = sha256;

/** Whether this is the secret, in a time that does not depend on how much of it is right. */
export function isSecret(given: string, hash: string): boolean {
  return timingSafeEqual(createHash('sha256').update(given).digest(), Buffer.from(hash, 'hex'));
}
