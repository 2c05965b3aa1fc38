import { X509Certificate } from 'node:crypto';
import { readNamedFile } from './read-file.ts';
import { Complaint } from './say.ts';

/**
 * The certificates of `--ca FILE`.
 * @throws {Complaint} where the file cannot be read, or has no certificate in it, or one that is none
 */
export function readCertificates(file: string): string {
  const tip = '--ca takes a file of certificates in PEM form';
  const pem = readNamedFile(file, tip);
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    const what = certificates.length === 0 ? 'has no certificate in it' : 'has a certificate in it that cannot be read';
    throw new Complaint(`${file} ${what}`, { tip });
  }
  return pem;
}

/** OpenSSL passes over what it cannot read, and then nothing would be trusted. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
