/** What mail servers say: the probes of all protocols talk to a server that says anything at all. */
import assert from 'node:assert/strict';
import { noGuard } from '../../../src/net/guard.ts';
import { type Certificate, maxBytes, maxLine, type Wire, WireFault } from '../../../src/net/wire.ts';
import { readEvidence } from '../../../src/verify/agents/evidence-shape.ts';
import type { MailProtocol } from '../../../src/verify/endpoint.ts';
import type { Evidence } from '../../../src/verify/evidence.ts';
import { judge } from '../../../src/verify/judge.ts';
import { probe } from '../../../src/verify/probe/probe.ts';
import { assertHarmless, filesOf } from '../holds.ts';
import type { Target } from '../target.ts';

const now = new Date('2026-11-20T10:00:00Z');
/** Nothing else is ever said to a server (SMTP, IMAP, POP3). */
const mayBeSaid =
  /^(?:EHLO|HELO) [\w.-]+$|^(?:STARTTLS|STLS|CAPA|QUIT)$|^[a-z]+\d+ (?:CAPABILITY|STARTTLS|LOGOUT|ID (?:NIL|\([^\r\n]*\)))$/;

function replies(protocol: MailProtocol): Target {
  return {
    name: protocol,
    holds:
      'a probe ends with evidence that fits its own shape and is judged; it never signs in, and says nothing unexpected',
    form: 'lines',
    most: maxBytes / 4,
    seeds: () => filesOf(`test/transcripts/${protocol}`, /\.txt$/, 60),
    words: [
      '* ',
      '+OK',
      '-ERR',
      '220 ',
      '220-',
      '250-',
      '250 ',
      '421 ',
      'OK ',
      'NO ',
      'BAD ',
      'BYE',
      'PREAUTH',
      'STARTTLS',
      'AUTH=',
      'CAPABILITY',
      '[',
      ']',
      '.',
      '-- tls',
      'S: ',
      'C: ',
      '{3}',
    ],
    async run(input) {
      const evidences: Evidence[] = [];
      for (const security of ['tls', 'starttls'] as const) {
        const seen = await probeOf(input, protocol, security);
        evidences.push(seen);
        const read = readEvidence(JSON.parse(JSON.stringify(seen)));
        assert.ok(typeof read !== 'string', `our own evidence does not fit: ${JSON.stringify(read)}`);
        for (const one of [judge(seen, now), judge(seen, now, 'de')])
          for (const { says } of [one, ...one.also, ...one.warnings]) assertHarmless(says, 'a verdict');
      }
      return evidences;
    },
  };
}

export const [smtp, imap, pop3] = [replies('smtp'), replies('imap'), replies('pop3')];

const certificate: Certificate = {
  subject: 'CN=mail.example',
  issuer: 'CN=Test Root',
  names: ['mail.example'],
  addresses: [],
  notBefore: '2026-11-01T00:00:00.000Z',
  notAfter: '2027-02-01T00:00:00.000Z',
  serial: '01',
  fingerprint: 'aa',
  keyDigest: 'bb',
  key: 'EC prime256v1',
  signature: 'ecdsa-with-SHA256',
};

/** Evidence of a server that says the lines behind `S: `, whatever it hears. */
export function probeOf(text: string, protocol: MailProtocol, security: 'tls' | 'starttls'): Promise<Evidence> {
  return probe(
    { protocol, host: 'mail.example', port: 993, security },
    {
      resolver: {
        addresses: () => Promise.resolve({ kind: 'addresses', addresses: ['192.0.2.1'] }),
        nameServers: () => Promise.resolve({ kind: 'none', exists: true }),
      },
      dialer: { dial: () => Promise.resolve(wireOf(text)) },
      guard: noGuard,
      timeout: 60_000,
      name: 'prober.example',
      contact: 'https://prober.example/about',
      vantage: 'test',
    },
  );
}

/** What comes over the wire, as Latin 1. */
function octets(text: string): string {
  return text.replaceAll(/[^\0-\xff]/g, '?');
}

function wireOf(text: string): Wire {
  const lines = text.split('\n');
  let [at, read] = [0, 0];
  let isOver = false;
  const isSaid = (line: string | undefined) => line?.startsWith('S: ') === true;
  return {
    async line() {
      while (at < lines.length && !isSaid(lines[at])) at++;
      const line = lines[at++];
      read += line?.length ?? 0;
      if (isOver || line === undefined) throw new WireFault('closed');
      if (line.length > maxLine || read > maxBytes) throw new WireFault('too-long');
      return octets(line.slice(3));
    },
    send(line) {
      assert.match(line, mayBeSaid, 'what is said to a server');
      return Promise.resolve();
    },
    unread() {
      const end = lines.findIndex((line, i) => i >= at && !isSaid(line));
      return lines
        .slice(at, end < 0 ? undefined : end)
        .map((line) => `${octets(line.slice(3))}\r\n`)
        .join('');
    },
    startTls: () => Promise.resolve({ version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', chain: [certificate] }),
    end() {
      isOver = true;
    },
  };
}
