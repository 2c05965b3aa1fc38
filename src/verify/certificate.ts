/**
 * A certificate held against the host that was asked for. Stricter than Node's own check, which takes a wildcard inside a
 * label and the common name, both of which RFC 7817 section 3 and RFC 9525 section 6.3 rule out.
 */
import { isPublicSuffix } from '../name/suffix.ts';
import type { Certificate, TlsSession } from '../net/wire.ts';
import type { FindingCode, WarningCode } from './verdict.ts';

/** What is wrong with it, each with what was seen. */
export interface Seen<Code extends string> {
  readonly code: Code;
  readonly seen: string;
}

const day = 86_400_000;
/** A certificate is renewed by then, if anybody looks after it; of a short-lived one, in its last third. */
const renewedBefore = 14 * day;

/** Whole days until a certificate ends; negative when it has ended. */
export function daysLeft({ notAfter }: Certificate, now: Date): number {
  return Math.floor((Date.parse(notAfter) - now.getTime()) / day);
}

/** In the order in which they would be mended. Empty: a client may send a password. */
export function certificateFindings(tls: TlsSession, host: string, now: Date): Seen<FindingCode>[] {
  const [own] = tls.chain;
  if (!own) return [{ code: 'tls.untrusted', seen: 'no certificate' }];
  const date = dateFinding(own, now);
  const name: Seen<FindingCode> | undefined = matchesHost(own, host)
    ? undefined
    : { code: 'tls.hostname', seen: sayNames(own) };
  return [date, name, chainFinding(tls, date !== undefined)].filter((finding) => finding !== undefined);
}

export function certificateWarnings({ chain: [own] }: TlsSession, now: Date): Seen<WarningCode>[] {
  if (!own) return [];
  const left = Date.parse(own.notAfter) - now.getTime();
  const whole = Date.parse(own.notAfter) - Date.parse(own.notBefore);
  const soon = left > 0 && left < Math.min(renewedBefore, whole / 3);
  return soon ? [{ code: 'cert.expires', seen: own.notAfter }] : [];
}

/** What OpenSSL's security level 2 minds: an RSA key under 2048 bits, MD5 or SHA-1 (its man page SSL_CTX_set_security_level). */
function weakness({ key, signature }: Certificate): string[] {
  const bits = Number(/^RSA(?:-PSS)? (\d+)$/.exec(key)?.[1] ?? Number.POSITIVE_INFINITY);
  return [...(bits < 2048 ? [key] : []), ...(/md5|sha1/i.test(signature) ? [signature] : [])];
}

/** The server's own dates: OpenSSL tells of one problem at a time, and not always of this one. */
function dateFinding({ notBefore, notAfter }: Certificate, now: Date): Seen<FindingCode> | undefined {
  if (Date.parse(notAfter) < now.getTime()) return { code: 'tls.expired', seen: notAfter };
  return Date.parse(notBefore) > now.getTime() ? { code: 'tls.not-yet-valid', seen: notBefore } : undefined;
}

/** OpenSSL's verdict on the chain as a finding. */
function chainFinding({ chainError, chain }: TlsSession, outOfDate: boolean): Seen<FindingCode> | undefined {
  switch (chainError) {
    case undefined:
      return undefined;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID': {
      // Where it is not the server's own certificate, it is one above it.
      const code = chainError === 'CERT_HAS_EXPIRED' ? 'tls.expired' : 'tls.not-yet-valid';
      return outOfDate ? undefined : { code, seen: `one that certifies it (${chain[0]?.issuer ?? ''})` };
    }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return { code: 'tls.self-signed', seen: chain[0]?.subject ?? '' };
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return { code: 'tls.incomplete-chain', seen: chain[0]?.issuer ?? '' };
    default: {
      // OpenSSL has no code for “too weak” that Node knows; what it means can be read off the certificates.
      const weak = chainError === 'UNSPECIFIED' ? chain.flatMap(weakness)[0] : undefined;
      if (weak !== undefined) return { code: 'tls.weak-key', seen: weak };
      return { code: 'tls.untrusted', seen: `${chain.at(-1)?.issuer ?? ''}, ${chainError}` };
    }
  }
}

/**
 * RFC 9525 section 6.3: a dNSName entry equal to the host, or with `*` as its whole left-most label standing for exactly
 * one label; for a literal address an iPAddress entry. The common name counts for nothing.
 */
export function matchesHost({ names, addresses }: Certificate, host: string): boolean {
  if (host.includes(':')) return addresses.some((address) => canonical(address) === canonical(host));
  if (/^\d+(\.\d+){3}$/.test(host)) return addresses.includes(host);
  const [, parent = ''] = /^[^.]+\.(.+)$/.exec(host) ?? [];
  // A wildcard for everybody under a public suffix was never meant for one of them.
  return names.some(
    (name) => name === host || (name === `*.${parent}` && parent.includes('.') && !isPublicSuffix(parent)),
  );
}

/** One text for one IPv6 address (RFC 5952), as the URL parser writes it. */
function canonical(address: string): string {
  return URL.parse(`http://[${address}]/`)?.hostname ?? address;
}

const mostNames = 5;

function sayNames({ names, addresses, commonName }: Certificate): string {
  const all = [...names, ...addresses];
  if (all.length === 0) return commonName === undefined ? 'no name' : `only the common name ${commonName}`;
  return `${all.slice(0, mostNames).join(', ')}${all.length > mostNames ? `, … (${all.length})` : ''}`;
}
