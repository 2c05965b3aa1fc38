/** The operator's certificate for configuration profiles: read at the start, and again when it may have been renewed. */
import type { ProfileSigner } from '../formats/mobileconfig/sign.ts';
import { readNamedFile } from './read-file.ts';
import { Complaint, misuse } from './say.ts';

export const signingOptions = { 'sign-cert': { type: 'string' }, 'sign-key': { type: 'string' } } as const;

export interface Signing {
  /** What signs now. */
  signer(): ProfileSigner;
  /**
   * Reads the files again.
   * @throws {Complaint} where they are not fit to sign with; what signed before signs on
   */
  readAgain(): void;
}

/**
 * `--sign-cert` and `--sign-key`; undefined without them.
 * @throws {Complaint} where one is missing, or they are not fit to sign with
 */
export async function readSigning({
  'sign-cert': cert,
  'sign-key': key,
}: {
  'sign-cert'?: string | undefined;
  'sign-key'?: string | undefined;
}): Promise<Signing | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw misuse('--sign-cert and --sign-key need each other', 'serve');
  const { profileSigner, SignError } = await import('../formats/mobileconfig/sign.ts');
  const tip = 'see --sign-cert and --sign-key';
  const read = (): ProfileSigner => {
    try {
      return profileSigner({ cert: readNamedFile(cert, tip), key: readNamedFile(key, tip) });
    } catch (error) {
      if (!(error instanceof SignError)) throw error;
      throw new Complaint(`profiles cannot be signed: ${error.message}`, {
        tip: 'give the certificate chain and the key as PEM files, or leave --sign-cert and --sign-key out',
      });
    }
  };
  let now = read();
  return { signer: () => now, readAgain: () => void (now = read()) };
}
