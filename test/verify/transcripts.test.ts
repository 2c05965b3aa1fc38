/** Real dialogues and known quirks: every transcript is played by a server, and the verdict is as it should be. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Security } from '../../src/provider/model.ts';
import { mailProtocols } from '../../src/verify/endpoint.ts';
import type { FindingCode, WarningCode } from '../../src/verify/verdict.ts';
import { startMailServer } from './mail-server.ts';
import { probeAndJudge } from './prober.ts';
import { parseTranscript } from './replay.ts';

const folder = new URL('../transcripts/', import.meta.url);

interface Expected {
  readonly code: FindingCode | 'ok';
  readonly warns?: readonly WarningCode[];
  /** SASL mechanisms, as the endpoint is used. */
  readonly offers?: readonly string[];
}

const passwords = ['PLAIN', 'LOGIN'];
const expected: Readonly<Record<string, Expected>> = {
  'imap/dovecot-tls': { code: 'ok', offers: passwords },
  'imap/dovecot-starttls': { code: 'ok', offers: passwords },
  'imap/dovecot-none': { code: 'ok', warns: ['security.none'], offers: [] },
  'imap/dovecot-secured-starttls': { code: 'ok', warns: ['auth.plaintext-offered'], offers: passwords },
  'imap/cyrus-subset-starttls': { code: 'ok', offers: ['PLAIN'] },
  'imap/split-capability-tls': { code: 'ok', offers: ['PLAIN', 'XOAUTH2'] },
  'imap/chatty-tls': { code: 'ok', offers: ['PLAIN'] },
  'imap/eight-bit-tls': { code: 'ok', offers: ['PLAIN'] },
  'imap/bye-alone-tls': { code: 'ok' },
  'imap/courier-broken-starttls': { code: 'starttls.broken' },
  'imap/injected-starttls': { code: 'starttls.injected' },
  'imap/no-starttls-starttls': { code: 'starttls.missing' },
  'imap/starttls-no-starttls': { code: 'starttls.refused' },
  'imap/preauth-starttls': { code: 'greeting.preauth' },
  'imap/unavailable-tls': { code: 'greeting.tempfail' },
  'imap/too-many-connections-tls': { code: 'limit.connections' },

  'pop3/dovecot-tls': { code: 'ok', offers: passwords },
  'pop3/dovecot-starttls': { code: 'ok', offers: passwords },
  'pop3/dovecot-none': { code: 'ok', warns: ['security.none'], offers: [] },
  'pop3/dovecot-secured-starttls': { code: 'ok', warns: ['auth.plaintext-offered'], offers: passwords },
  'pop3/no-capa-tls': { code: 'ok', warns: ['caps.unknown'] },
  'pop3/no-capa-starttls': { code: 'ok', warns: ['caps.unknown'] },
  'pop3/apop-tls': { code: 'ok', offers: [] },
  'pop3/eight-bit-tls': { code: 'ok', offers: ['PLAIN'] },
  'pop3/injected-starttls': { code: 'starttls.injected' },
  'pop3/no-stls-starttls': { code: 'starttls.missing' },
  'pop3/stls-refused-starttls': { code: 'starttls.refused' },
  'pop3/temporary-tls': { code: 'greeting.tempfail' },
  'pop3/in-use-tls': { code: 'limit.connections' },

  'smtp/postfix-tls': { code: 'ok', offers: passwords },
  'smtp/postfix-starttls': { code: 'ok', offers: passwords },
  'smtp/postfix-none': { code: 'ok', warns: ['security.none'], offers: [] },
  'smtp/postfix-mx-starttls': { code: 'ok', offers: [] },
  'smtp/postscreen-starttls': { code: 'ok', offers: [] },
  'smtp/last-line-starttls': { code: 'ok', offers: passwords },
  'smtp/last-line-auth-tls': { code: 'ok', offers: ['PLAIN', 'LOGIN', 'XOAUTH2', 'OAUTHBEARER'] },
  'smtp/auth-equals-tls': { code: 'ok', offers: ['LOGIN', 'PLAIN', 'CRAM-MD5'] },
  'smtp/bare-220-tls': { code: 'ok', offers: ['PLAIN'] },
  'smtp/multi-line-greeting-tls': { code: 'ok', offers: ['PLAIN'] },
  'smtp/one-line-ehlo-tls': { code: 'ok', offers: [] },
  'smtp/ehlo-unknown-none': { code: 'ok', warns: ['security.none', 'caps.malformed'], offers: [] },
  'smtp/eight-bit-tls': { code: 'ok', offers: ['PLAIN'] },
  'smtp/lower-case-starttls': { code: 'ok', warns: ['starttls.offered-again'], offers: passwords },
  'smtp/no-goodbye-tls': { code: 'ok', warns: ['quit.impolite'] },
  'smtp/too-many-connections-starttls': { code: 'limit.connections' },
  'smtp/throttled-tls': { code: 'limit.rate' },
  'smtp/block-list-starttls': { code: 'limit.blocked' },
  'smtp/starttls-unavailable-starttls': { code: 'starttls.tempfail' },
  'smtp/starttls-refused-starttls': { code: 'starttls.refused' },
  'smtp/injected-starttls': { code: 'starttls.injected' },
};

/** `smtp/postfix-starttls`: the last word is the mode in which the endpoint is listed. */
const names = mailProtocols.flatMap((protocol) =>
  readdirSync(new URL(`${protocol}/`, folder)).map((file) => `${protocol}/${file.replace(/\.txt$/, '')}`),
);

describe('a transcript', () => {
  test('has a verdict here, and every verdict a transcript', () => {
    assert.deepEqual(names.toSorted(), Object.keys(expected).toSorted());
  });

  for (const name of names) {
    const { code, warns = [], offers } = expected[name] ?? { code: 'ok' };
    const { about, script } = parseTranscript(readFileSync(new URL(`${name}.txt`, folder), 'utf8'));
    test(`${name}: ${about}`, async () => {
      const protocol = mailProtocols.find((known) => name.startsWith(`${known}/`)) ?? 'imap';
      const security = name.slice(name.lastIndexOf('-') + 1) as Security;
      await using server = await startMailServer(script);
      const { verdict, evidence } = await probeAndJudge({ protocol, port: server.port, security });
      assert.deepEqual(
        [verdict.code, ...verdict.warnings.map((warning) => warning.code)],
        [code, ...warns],
        verdict.says,
      );
      if (offers) assert.deepEqual(evidence.attempts[0]?.capabilities?.mechanisms, offers);
    });
  }
});
