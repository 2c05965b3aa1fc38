/**
 * A private certificate authority for tests, in memory: it issues every kind of certificate that a mail server has been
 * seen with. Nothing is written to disk, no program is run; each kind is made when it is first asked for.
 */
// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 does not load without it
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** The hosts that the certificates are for, unless their kind says otherwise; 127.0.0.1 and ::1 as well. */
const hosts = [
  'mail.example.test',
  'imap.example.test',
  'pop.example.test',
  'smtp.example.test',
  'example.test',
  'localhost',
] as const;

/** Kind -> what is special about it. Everything that is not said is as it should be. */
export const certificateKinds = {
  good: 'RSA 2048, issued by the root for all hosts, valid for a year',
  'good-ec': 'the same with a P-256 key',
  soon: 'began 85 days ago and ends in five',
  expired: 'ended yesterday',
  'not-yet-valid': 'begins in thirty days',
  'wrong-host': 'for other.example.test alone',
  'self-signed': 'certified by its own key',
  untrusted: 'issued by an authority that nobody knows, which is sent along',
  rsa1024: 'a key of 1024 bits, which OpenSSL refuses at its usual security level',
  sha1: 'signed with SHA-1',
  intermediate: 'issued by an intermediate authority, which is sent along',
  'incomplete-chain': 'issued by an intermediate authority, which is not sent',
  'expired-intermediate': 'good itself, but the intermediate authority that is sent along ended yesterday',
  'cn-only': 'names the host in the common name alone',
  wildcard: 'for *.example.test',
  'fragment-wildcard': 'for m*.example.test, which RFC 7817 forbids and Node accepts',
  'ip-only': 'for 127.0.0.1 and ::1, and no name',
} as const;
export type CertificateKind = keyof typeof certificateKinds;

/** For `tls.createSecureContext`: the chain as it is sent, and its private key; both PEM. */
export interface Leaf {
  readonly cert: string;
  readonly key: string;
}

export interface Pki {
  /** The root to trust, PEM. */
  readonly ca: string;
  readonly leaf: (kind: CertificateKind) => Promise<Leaf>;
  /** With a P-256 key, for these names and so many days from now. */
  readonly leafFor: (names: readonly string[], days: number) => Promise<Leaf>;
}

/** An authority: its name, its key, and its own certificate. */
interface Authority {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly pem: string;
}

interface Request {
  readonly subject: string;
  readonly keys: webcrypto.CryptoKeyPair;
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
  readonly extensions?: readonly Extension[];
  readonly hash?: 'SHA-256' | 'SHA-1';
}

const ec = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const rsa = (bits: number) => ({
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: bits,
});

/** Making an RSA key is what takes time: every kind shares one, and so do all test files of a process. */
const keysOf = memo(async (kind: 'ec' | 'rsa2048' | 'rsa1024') => {
  const algorithm = kind === 'ec' ? ec : rsa(Number(kind.slice(3)));
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
});

let made: Promise<Pki> | undefined;

/** The authority of this process. */
export function pki(): Promise<Pki> {
  made ??= start();
  return made;
}

async function start(): Promise<Pki> {
  const root = await authority('CN=Test Root');
  const other = memo((which: 'stranger' | 'intermediate' | 'expired intermediate') =>
    authority(`CN=Test ${which}`, which === 'stranger' ? {} : { by: root, to: which === 'intermediate' ? 365 : -1 }),
  );
  const make: Record<CertificateKind, () => Promise<Leaf>> = {
    good: () => leaf({ by: root }),
    'good-ec': () => leaf({ by: root, key: 'ec' }),
    soon: () => leaf({ by: root, from: -85, to: 5 }),
    expired: () => leaf({ by: root, to: -1 }),
    'not-yet-valid': () => leaf({ by: root, from: 30 }),
    'wrong-host': () => leaf({ by: root, names: [{ type: 'dns', value: 'other.example.test' }] }),
    'self-signed': () => leaf({ by: 'itself' }),
    untrusted: async () => leaf({ by: await other('stranger'), send: true }),
    rsa1024: () => leaf({ by: root, key: 'rsa1024' }),
    sha1: () => leaf({ by: root, hash: 'SHA-1' }),
    intermediate: async () => leaf({ by: await other('intermediate'), send: true }),
    'incomplete-chain': async () => leaf({ by: await other('intermediate') }),
    'expired-intermediate': async () => leaf({ by: await other('expired intermediate'), send: true }),
    'cn-only': () => leaf({ by: root, names: [] }),
    wildcard: () => leaf({ by: root, names: [{ type: 'dns', value: '*.example.test' }] }),
    'fragment-wildcard': () => leaf({ by: root, names: [{ type: 'dns', value: 'm*.example.test' }] }),
    'ip-only': () => leaf({ by: root, names: ips, subject: 'CN=127.0.0.1' }),
  };
  const leafFor: Pki['leafFor'] = (names, to) =>
    leaf({ by: root, key: 'ec', names: names.map((value) => ({ type: 'dns', value })), to });
  return { ca: root.pem, leaf: memo((kind: CertificateKind) => make[kind]()), leafFor };
}

const ips: JsonGeneralNames = [
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '::1' },
];

interface LeafRequest {
  readonly by: Authority | 'itself';
  /** Whether the authority's certificate follows in the chain. */
  readonly send?: boolean;
  readonly key?: 'ec' | 'rsa2048' | 'rsa1024';
  readonly names?: JsonGeneralNames;
  readonly subject?: string;
  readonly from?: number;
  readonly to?: number;
  readonly hash?: 'SHA-256' | 'SHA-1';
}

async function leaf({ by, send = false, key = 'rsa2048', names, subject, ...rest }: LeafRequest): Promise<Leaf> {
  const keys = await keysOf(key);
  const everyHost: JsonGeneralNames = [...hosts.map((value) => ({ type: 'dns' as const, value })), ...ips];
  const named = names ?? everyHost;
  const pem = await certify(by, {
    subject: subject ?? 'CN=mail.example.test',
    keys,
    ...rest,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      ...(named.length > 0 ? [new SubjectAlternativeNameExtension(named)] : []),
    ],
  });
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: send && by !== 'itself' ? `${pem}\n${by.pem}\n` : `${pem}\n`,
    key: `${PemConverter.encode(privateKey, 'PRIVATE KEY')}\n`,
  };
}

async function authority(name: string, { by, to = 3650 }: { by?: Authority; to?: number } = {}): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ec, true, ['sign', 'verify']);
  const extensions = [
    new BasicConstraintsExtension(true, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
  ];
  return { name, keys, pem: await certify(by ?? 'itself', { subject: name, keys, to, extensions }) };
}

/** One certificate, PEM. It began a year ago when it has ended already, yesterday otherwise. */
async function certify(by: Authority | 'itself', request: Request): Promise<string> {
  const { subject, keys, to = 365, from = to < 0 ? -365 : -1, extensions = [], hash = 'SHA-256' } = request;
  const issuer = by === 'itself' ? { name: subject, keys } : by;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject,
    issuer: issuer.name,
    notBefore: inDays(from),
    notAfter: inDays(to),
    publicKey: keys.publicKey,
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: { name: issuer.keys.privateKey.algorithm.name, hash },
    extensions: [
      ...extensions,
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey),
    ],
  });
  return certificate.toString('pem');
}

/** A certificate with a P-256 key, which becomes a point of a form that does not exist (SEC 1 section 2.3.4). */
export function unreadable(pem: string): string {
  const der = Buffer.from(PemConverter.decodeFirst(pem));
  // BIT STRING of 66 octets, no unused bits, uncompressed point.
  der[der.indexOf('03420004', 'hex') + 3] = 5;
  return `${PemConverter.encode(new Uint8Array(der).buffer, 'CERTIFICATE')}\n`;
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * 24 * 60 * 60 * 1000);
}

/** Each argument is worked out once. */
function memo<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key) as Value;
  };
}
