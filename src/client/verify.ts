/** Is this bundle signed by somebody who is trusted? Ed25519 (RFC 8032) by Web Crypto. */
import { BundleError, type Envelope } from '../atlas/bundle.ts';

/**
 * Holds where one signature by one of the keys is good.
 * @param keys 32 octets each, in base64
 * @throws {BundleError} where none is; {TypeError} where a key is none
 */
export async function isSignedBy({ signatures, signed }: Envelope, keys: readonly string[]): Promise<void> {
  let known = false;
  for (const text of keys) {
    const raw = octetsOf(text.trim());
    if (raw.length !== 32) throw new TypeError('A public key has 32 octets, in base64.');
    const id = await keyId(raw);
    for (const { key, signature } of signatures) {
      if (key !== id) continue;
      known = true;
      const publicKey = await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
      if (await crypto.subtle.verify({ name: 'Ed25519' }, publicKey, octetsOf(signature), signed)) return;
    }
  }
  if (known) throw new BundleError('altered', 'The signature is not of this bundle: it was altered.');
  throw new BundleError('unknown-key', 'The bundle is signed by nobody who is trusted.');
}

/** The first 16 hexadecimal digits of the SHA-256 of the public key's octets. */
async function keyId(raw: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', raw));
  return Array.from(digest.subarray(0, 8), (octet) => octet.toString(16).padStart(2, '0')).join('');
}

function octetsOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
