/** Bundles for tests, signed with keys that everybody knows: RFC 8032 section 7.1, tests 1 and 2. */
import { bundleFile, bundleLines, headAt } from '../src/atlas/bundle-write.ts';
import { signerOf } from '../src/atlas/keys.ts';
import { type Curated, type Knowledge, nothingKnown } from '../src/provider/model.ts';

/** A private key of 32 octets (hex) as PKCS #8 (RFC 8410 section 7). */
export function pemOf(seed: string): string {
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex').toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
}

export const ours = signerOf(pemOf('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));
export const theirs = signerOf(pemOf('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'));

/** When the bundles of tests are made. */
export const madeAt = new Date('2026-11-20T10:00:00Z');

export interface BundleFacts {
  readonly knowledge?: Knowledge;
  readonly at?: Date;
  readonly signers?: readonly (typeof ours)[];
}

export function bundleOf(curated: Curated, facts: BundleFacts = {}): Buffer<ArrayBuffer> {
  const { knowledge = nothingKnown, at = madeAt, signers = [ours] } = facts;
  return Buffer.from(bundleFile([...bundleLines(curated, knowledge, headAt(at, 7))].join(''), signers));
}
