/** TLS for connections that carry a password: whatever is wrong with the certificate ends them. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkServerIdentity, createSecureContext, type PeerCertificate } from 'node:tls';
import { readCertificate } from '../../net/certificate-node.ts';
import { rootsWith } from '../../net/roots-node.ts';
import { matchesHost } from '../certificate.ts';

/** Makes the options of one connection. */
export type StrictTls = (host: string) => StrictOptions;
export type StrictOptions = ReturnType<ReturnType<typeof strictTls>>;

/**
 * @param ca PEM certificates that are trusted beside the usual roots
 * @param localAddress the address to call from
 */
export function strictTls({ ca, sourceAddress }: { ca?: string | undefined; sourceAddress?: string | undefined }) {
  const roots = rootsWith(ca);
  const secureContext = createSecureContext({ ...roots, minVersion: 'TLSv1.2' });
  return (host: string) => ({
    secureContext,
    rejectUnauthorized: true,
    // A literal address is no server name (RFC 6066 section 3).
    ...(isIP(host) === 0 && { servername: host }),
    ...(sourceAddress !== undefined && { localAddress: sourceAddress }),
    checkServerIdentity: (_name: string, certificate: PeerCertificate) => identityError(host, certificate),
  });
}

/** Node's rule, and ours on top of it, which is stricter (RFC 9525 section 6.3). */
function identityError(host: string, certificate: PeerCertificate): Error | undefined {
  const nodes = checkServerIdentity(host, certificate);
  if (nodes) return nodes;
  const own = readCertificate(new X509Certificate(certificate.raw));
  return matchesHost(own, host) ? undefined : new Error(`the certificate is not for ${host}`);
}
