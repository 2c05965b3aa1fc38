import { readFileSync } from 'node:fs';
import { Complaint } from './say.ts';

/**
 * The certificates of `--ca FILE`.
 * @throws {Complaint} where the file cannot be read, or has no certificate in it
 */
export function readCertificates(file: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Complaint(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? ''})`, {
      tip: '--ca takes a file of certificates in PEM form',
    });
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new Complaint(`${file} has no certificate in it`, { tip: '--ca takes a file of certificates in PEM form' });
  return pem;
}
