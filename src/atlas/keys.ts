/** Ed25519 keys (RFC 8032) for bundles: a private key as PKCS #8 in PEM, a public key as its 32 octets in base64. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Signer } from './bundle-write.ts';

/** The text is no Ed25519 private key; the message is a clause. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/** @returns the private key as PEM */
export function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** @throws {KeyError} */
export function signerOf(pem: string): Signer & { readonly publicKey: string } {
  const key = privateKey(pem);
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  return {
    id: keyId(raw),
    publicKey: raw.toString('base64'),
    sign: (octets) => sign(null, octets, key).toString('base64'),
  };
}

/** The first 16 hexadecimal digits of the SHA-256 of the public key's octets. */
function keyId(raw: Uint8Array): string {
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}

function privateKey(pem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw new KeyError('this is no private key in PEM');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new KeyError('this is no Ed25519 key');
  return key;
}
