/**
 * A store with months of checks in it, made in seconds: servers pretend, everything else is real (runs, judge, statuses), on a
 * clock that jumps. What goes wrong is decided by the names of the hosts, so that the same data give the same past.
 */
import { createHash } from 'node:crypto';
import type { Certificate } from '../src/net/wire.ts';
import { type Curated, endpointKey } from '../src/provider/model.ts';
import type { Store } from '../src/store/db.ts';
import { listEndpoints } from '../src/store/seen/statuses.ts';
import { type Endpoint, endpoints } from '../src/verify/endpoint.ts';
import type { Attempt, Evidence, TranscriptLine } from '../src/verify/evidence.ts';
import { judge } from '../src/verify/judge.ts';
import { Pace } from '../src/verify/pace.ts';
import { verify } from '../src/verify/run.ts';
import { JumpingClock } from './verify/simulated.ts';

const day = 86_400_000;

export interface MonthsOptions {
  readonly store: Store;
  readonly curated: Pick<Curated, 'providers' | 'noProbe'>;
  readonly days: number;
  /** Milliseconds since 1970; when it all ends. */
  readonly now: number;
  /** From one run to the next. */
  readonly every?: number;
  /** What befalls a host; otherwise chance decides. */
  readonly fate?: (host: string) => Fate | undefined;
}

export const fates = ['well', 'outage', 'flapping', 'expired', 'gone', 'expiring'] as const;
/**
 * outage: two days long, a month ago. flapping: now and then a failure. expired: a certificate that nobody renews. gone: for
 * four days now. expiring: a certificate that ends in nine days.
 */
export type Fate = (typeof fates)[number];

/** Looks at every server of the records for so many days, as `serve --verify` would. */
export async function liveThrough({ store, curated, days, now, every = day / 4, fate = fateOf }: MonthsOptions) {
  const clock = new JumpingClock(now - days * day);
  await listEndpoints(
    store,
    endpoints(curated).map(({ key }) => key),
    new Date(clock.now()).toISOString(),
  );
  const random = dice('months');
  for (let next = clock.now(); next <= now; next += every) {
    if (next > clock.now()) clock.pass(next - clock.now());
    await verify({
      store,
      clock,
      random,
      concurrency: 1000,
      pace: new Pace(0),
      which: { most: 100_000 },
      judge: (evidence, at) => judge(evidence, at),
      probe: (endpoint) =>
        Promise.resolve(pretend(endpoint, clock.now(), now, fate(endpoint.host) ?? fateOf(endpoint.host))),
    });
  }
}

function fateOf(host: string): Fate {
  const draw = chance(host, 'fate');
  if (draw < 0.015) return 'gone';
  if (draw < 0.025) return 'expired';
  if (draw < 0.05) return 'expiring';
  if (draw < 0.1) return 'flapping';
  return draw < 0.2 ? 'outage' : 'well';
}

/** What a probe would have seen of a server at a moment. */
function pretend(endpoint: Endpoint, at: number, now: number, fate: Fate): Evidence {
  const { host, port } = endpoint;
  const address = `192.0.2.${1 + Math.floor(chance(host, 'address') * 250)}`;
  const ago = (now - at) / day;
  const isDown =
    (fate === 'gone' && ago < 4) ||
    (fate === 'outage' && ago > 30 && ago < 32) ||
    (fate === 'flapping' && chance(`${host}:${port}`, String(Math.floor(at / (day / 4)))) < 0.06);
  // A day has its busy hours, and no two hosts are equally far away.
  const base = 40 + 260 * chance(host, 'distance') ** 2;
  const pace = base * (1 + 0.25 * Math.sin((2 * Math.PI * at) / day) + 0.3 * chance(host, String(at)));
  const attempt = isDown
    ? { address, ms: {}, transcript: [], fault: { phase: 'connect', kind: 'timeout' } as const }
    : conversation(endpoint, address, pace, certificateOf(host, at, now, fate));
  return {
    endpoint: endpointKey(endpoint),
    at: new Date(at).toISOString(),
    vantage: 'local',
    dns: { ms: Math.round(3 + 12 * chance(host, String(at + 1))), addresses: [address] },
    attempts: [attempt],
  };
}

/** Renewed each 60 days, 30 before its end, where somebody looks after it. */
function certificateOf(host: string, at: number, now: number, fate: Fate): Certificate {
  const period = (chance(host, 'long') < 0.3 ? 335 : 60) * day;
  const offset = chance(host, 'renewal') * period;
  const renewed = Math.floor((at - offset) / period) * period + offset;
  const ends = fate === 'expired' ? now - 20 * day : fate === 'expiring' ? now + 9 * day : renewed + period + 30 * day;
  const begins = fate === 'expired' || fate === 'expiring' ? ends - 365 * day : renewed;
  return {
    subject: `CN=${host}`,
    issuer:
      chance(host, 'issuer') < 0.5
        ? 'CN=R11, O=Example Trust, C=US'
        : 'CN=Example Trust TLS RSA CA 2025, O=Example Trust, C=DE',
    commonName: host,
    names: [host],
    addresses: [],
    notBefore: new Date(begins).toISOString(),
    notAfter: new Date(ends).toISOString(),
    serial: hash(host, String(begins)).slice(0, 20),
    fingerprint: hash(host, `${begins} certificate`),
    keyDigest: hash(host, 'key'),
    key: chance(host, 'key') < 0.6 ? 'RSA 2048' : 'EC prime256v1',
    signature: 'sha256WithRSAEncryption',
  };
}

function conversation(
  { protocol, host, security }: Endpoint,
  address: string,
  pace: number,
  own: Certificate,
): Attempt {
  const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', chain: [own] };
  const [clear, inside] = dialogues[protocol](host);
  const tlsLine: TranscriptLine = { from: '--', text: `${tls.version} ${tls.cipher}` };
  const lines =
    security === 'tls' ? [tlsLine, ...inside.slice(0, 1), ...inside.slice(1)] : [...clear, tlsLine, ...inside.slice(1)];
  const names = protocol === 'imap' ? ['IMAP4REV1', 'IDLE', 'ID'] : ['PIPELINING', '8BITMIME'];
  const capabilities = {
    names,
    mechanisms: ['PLAIN', 'LOGIN'],
    starttls: false,
    ...(protocol !== 'smtp' && { login: true }),
  };
  const before = {
    names: [...names, 'STARTTLS'],
    mechanisms: [],
    starttls: true,
    ...(protocol !== 'smtp' && { login: false }),
  };
  const at = (share: number) => Math.round(pace * share);
  return {
    address,
    ms:
      security === 'tls'
        ? { connect: at(0.15), tls: at(0.5), greeting: at(0.65), capabilities: at(0.85), quit: at(1) }
        : {
            connect: at(0.12),
            greeting: at(0.3),
            starttls: at(0.5),
            tls: at(0.75),
            capabilities: at(0.9),
            quit: at(1),
          },
    greeting: { kind: 'ready', text: inside[0]?.text ?? '' },
    ...(security === 'starttls' && { before, starttls: { kind: 'ready', text: 'ready' } as const }),
    tls,
    capabilities,
    transcript: lines,
  };
}

type Dialogue = readonly [clear: readonly TranscriptLine[], inside: readonly TranscriptLine[]];

const say = (...lines: readonly string[]): TranscriptLine[] =>
  lines.map((line) => ({ from: line.startsWith('C: ') ? 'C' : 'S', text: line.slice(3) }));

/** As Dovecot and Postfix speak. */
const dialogues: Readonly<Record<Endpoint['protocol'], (host: string) => Dialogue>> = {
  imap: (host) => [
    say(
      `S: * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE STARTTLS LOGINDISABLED] ${host} ready.`,
      'C: a1 CAPABILITY',
      'S: * CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE STARTTLS LOGINDISABLED',
      'S: a1 OK Pre-login capabilities listed, post-login capabilities have more.',
      'C: a2 STARTTLS',
      'S: a2 OK Begin TLS negotiation now.',
    ),
    say(
      `S: * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE AUTH=PLAIN AUTH=LOGIN] ${host} ready.`,
      'C: a3 CAPABILITY',
      'S: * CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE AUTH=PLAIN AUTH=LOGIN',
      'S: a3 OK Pre-login capabilities listed, post-login capabilities have more.',
      'C: a9 LOGOUT',
      'S: * BYE Logging out',
      'S: a9 OK Logout completed.',
    ),
  ],
  pop3: (host) => [
    say(
      `S: +OK ${host} ready.`,
      'C: CAPA',
      'S: +OK',
      'S: UIDL',
      'S: STLS',
      'S: .',
      'C: STLS',
      'S: +OK Begin TLS negotiation now.',
    ),
    say(
      `S: +OK ${host} ready.`,
      'C: CAPA',
      'S: +OK',
      'S: UIDL',
      'S: USER',
      'S: SASL PLAIN LOGIN',
      'S: .',
      'C: QUIT',
      'S: +OK Logging out',
    ),
  ],
  smtp: (host) => [
    say(
      `S: 220 ${host} ESMTP`,
      'C: EHLO prober.example.test',
      `S: 250-${host}`,
      'S: 250-PIPELINING',
      'S: 250 STARTTLS',
      'C: STARTTLS',
      'S: 220 2.0.0 Ready to start TLS',
    ),
    say(
      `S: 220 ${host} ESMTP`,
      'C: EHLO prober.example.test',
      `S: 250-${host}`,
      'S: 250-PIPELINING',
      'S: 250-SIZE 104857600',
      'S: 250-AUTH PLAIN LOGIN',
      'S: 250 8BITMIME',
      'C: QUIT',
      'S: 221 2.0.0 Bye',
    ),
  ],
};

function hash(host: string, of: string): string {
  return createHash('sha256').update(`${host} ${of}`).digest('hex');
}

/** From 0 to below 1, the same for the same. */
function chance(host: string, of: string): number {
  return Number.parseInt(hash(host, of).slice(0, 8), 16) / 2 ** 32;
}

function dice(seed: string): () => number {
  let count = 0;
  return () => chance(seed, String(count++));
}
