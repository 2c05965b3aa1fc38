/** What OpenSSL, as Node uses it, makes of each kind of certificate. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { checkServerIdentity, connect, createServer, type TLSSocket } from 'node:tls';
import { type CertificateKind, certificateKinds, pki } from './pki.ts';

/** The chain's verdict and, apart from it, whether Node finds `mail.example.test` in the certificate. */
async function shake(kind: CertificateKind): Promise<[chain: string, host: 'matches' | 'does not match']> {
  const { ca, leaf } = await pki();
  // The server takes any certificate: OpenSSL does not even load a short key at its usual security level.
  const server = createServer({ ...(await leaf(kind)), ciphers: 'DEFAULT@SECLEVEL=0' }, (socket) => socket.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({
    host: '127.0.0.1',
    port,
    ca,
    servername: 'mail.example.test',
    rejectUnauthorized: false,
    // The host name is judged apart, below.
    checkServerIdentity: () => undefined,
  });
  try {
    await once(client, 'secureConnect');
    const named = checkServerIdentity('mail.example.test', client.getPeerCertificate()) === undefined;
    return [chainError(client) ?? 'ok', named ? 'matches' : 'does not match'];
  } finally {
    client.destroy();
    server.close();
  }
}

/** Node's types promise an error; it is a code. */
function chainError({ authorizationError }: TLSSocket): string | undefined {
  return (authorizationError as unknown as string | null) ?? undefined;
}

const expected: Record<CertificateKind, Awaited<ReturnType<typeof shake>>> = {
  good: ['ok', 'matches'],
  'good-ec': ['ok', 'matches'],
  soon: ['ok', 'matches'],
  expired: ['CERT_HAS_EXPIRED', 'matches'],
  'not-yet-valid': ['CERT_NOT_YET_VALID', 'matches'],
  'wrong-host': ['ok', 'does not match'],
  'self-signed': ['DEPTH_ZERO_SELF_SIGNED_CERT', 'matches'],
  untrusted: ['SELF_SIGNED_CERT_IN_CHAIN', 'matches'],
  // OpenSSL's “EE certificate key too weak” and “CA signature digest algorithm too weak”, which Node gives no code.
  rsa1024: ['UNSPECIFIED', 'matches'],
  sha1: ['UNSPECIFIED', 'matches'],
  intermediate: ['ok', 'matches'],
  'incomplete-chain': ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'matches'],
  'expired-intermediate': ['CERT_HAS_EXPIRED', 'matches'],
  // Node's own rule for names is older than RFC 9525: it takes both.
  'cn-only': ['ok', 'matches'],
  'fragment-wildcard': ['ok', 'matches'],
  wildcard: ['ok', 'matches'],
  'ip-only': ['ok', 'does not match'],
};

for (const kind of Object.keys(certificateKinds) as CertificateKind[]) {
  test(`${kind}: ${certificateKinds[kind]}`, async () => {
    assert.deepEqual(await shake(kind), expected[kind]);
  });
}
