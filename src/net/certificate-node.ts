/** Certificates as Node has them, turned into plain values. */
import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from './wire.ts';

/** A chain longer than this is somebody's joke. */
const mostCertificates = 10;

/**
 * The certificate of the other side and, as far as they are known, those that certify it. A server may send anything along:
 * what cannot be read ends the chain, as it does for OpenSSL.
 */
export function readChain(socket: TLSSocket): Certificate[] {
  const chain: Certificate[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length < mostCertificates) {
    const certificate = readableOrUndefined(next);
    if (certificate === undefined) break;
    if (chain.some(({ fingerprint }) => fingerprint === certificate.fingerprint)) break;
    chain.push(certificate);
    next = next.issuerCertificate;
  }
  return chain;
}

function readableOrUndefined(x509: X509Certificate): Certificate | undefined {
  try {
    return readCertificate(x509);
  } catch {
    return undefined;
  }
}

/**
 * By Node's fingerprint, which is of the certificate's bytes. Reading one costs more than all else that we do in a probe,
 * and most were read before: those of the authorities, and of hosts with several ports.
 */
const known = new Map<string, Certificate>();
/** Some megabytes; when there are more, they are read anew. */
const mostKnown = 2000;
/** Octets. A chain may have 100 kB (OpenSSL's limit), and whoever sends that is not remembered. */
const largestKnown = 8 * 1024;

/** @throws OpenSSL's error where the key cannot be decoded */
export function readCertificate(x509: X509Certificate): Certificate {
  const { fingerprint256 } = x509;
  const found = known.get(fingerprint256);
  if (found) return found;
  const certificate = readAnew(x509);
  if (known.size >= mostKnown) known.clear();
  if (x509.raw.length <= largestKnown) known.set(fingerprint256, certificate);
  return certificate;
}

function readAnew(x509: X509Certificate): Certificate {
  const commonName = /^CN=(.*)$/m.exec(x509.subject)?.[1];
  const { names, addresses } = alternativeNames(x509.subjectAltName);
  return {
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    ...(commonName !== undefined && { commonName }),
    names,
    addresses,
    notBefore: instant(x509.validFromDate),
    notAfter: instant(x509.validToDate),
    serial: x509.serialNumber.toLowerCase(),
    fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    keyDigest: createHash('sha256')
      .update(x509.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    key: sayKey(x509.publicKey),
    signature: x509.signatureAlgorithm ?? x509.signatureAlgorithmOid,
  };
}

function sayKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const type = key.asymmetricKeyType ?? 'unknown';
  if (type === 'rsa' || type === 'rsa-pss' || type === 'dsa') return `${type.toUpperCase()} ${modulusLength ?? '?'}`;
  return type === 'ec' ? `EC ${namedCurve ?? '?'}` : type;
}

/** Far-away years that JavaScript has no date for become the nearest it has. */
function instant(date: Date): string {
  return Number.isNaN(date.getTime()) ? '9999-12-31T23:59:59.000Z' : date.toISOString();
}

function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ');
}

/**
 * `DNS:mail.example, IP Address:192.0.2.1, DNS:"odd, DNS:name"`: Node quotes an entry, as a JSON string, that has
 * characters which would let it pass for two (CVE-2021-44532).
 */
function alternativeNames(text: string | undefined): { names: string[]; addresses: string[] } {
  const names: string[] = [];
  const addresses: string[] = [];
  for (const [, kind, quoted, bare] of (text ?? '').matchAll(/(?:^|, )([A-Za-z ]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))/g)) {
    const value = quoted === undefined ? (bare ?? '') : (JSON.parse(quoted) as string);
    if (kind === 'DNS') names.push(value.toLowerCase());
    if (kind === 'IP Address') addresses.push(value.toLowerCase());
  }
  return { names, addresses };
}
