/** How a record's claim of sign-in stands against what a server says. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Auth, endpointKey, type Security } from '../../src/provider/model.ts';
import { judgeAuth } from '../../src/verify/auth.ts';
import type { MailProtocol } from '../../src/verify/endpoint.ts';
import type { Attempt, Capabilities, Evidence } from '../../src/verify/evidence.ts';

const nothing: Capabilities = { names: [], mechanisms: [], starttls: false };
const mechanisms = (...names: string[]): Capabilities => ({ ...nothing, mechanisms: names });

function stands(
  auth: Auth,
  protocol: MailProtocol,
  seen: Partial<Attempt> | undefined,
  security: Security = 'tls',
): string {
  const endpoint = { protocol, host: 'mail.example', port: 993, security };
  const attempts = seen ? [{ address: '192.0.2.1', ms: {}, transcript: [], ...seen }] : [];
  const evidence: Evidence = {
    endpoint: endpointKey(endpoint),
    at: '2026-11-20T00:00:00Z',
    vantage: 'test',
    dns: { ms: 1, addresses: [] },
    attempts,
  };
  const [judgement] = judgeAuth([auth], endpoint, evidence);
  assert.ok(judgement);
  return judgement.by === undefined ? judgement.standing : `${judgement.standing} by ${judgement.by}`;
}

type Row = [auth: Auth, protocol: MailProtocol, capabilities: Capabilities, stands: string];
const rows: Row[] = [
  ['password-cleartext', 'imap', mechanisms('PLAIN'), 'advertised by PLAIN'],
  ['password-cleartext', 'imap', { ...nothing, login: true }, 'advertised by LOGIN command'],
  ['password-cleartext', 'imap', { ...nothing, login: false }, 'contradicted'],
  ['password-cleartext', 'pop3', { ...nothing, login: true }, 'advertised by USER'],
  ['password-cleartext', 'pop3', { ...nothing, login: false }, 'contradicted'],
  ['password-cleartext', 'pop3', { ...nothing, refused: '-ERR' }, 'unverifiable'],
  ['password-cleartext', 'smtp', mechanisms('PLAIN', 'LOGIN'), 'advertised by PLAIN LOGIN'],
  ['password-cleartext', 'smtp', mechanisms('XOAUTH2'), 'contradicted'],
  ['password-cleartext', 'smtp', nothing, 'contradicted'],
  ['password-encrypted', 'smtp', mechanisms('PLAIN', 'CRAM-MD5'), 'advertised by CRAM-MD5'],
  ['password-encrypted', 'imap', mechanisms('SCRAM-SHA-256-PLUS'), 'advertised by SCRAM-SHA-256-PLUS'],
  ['password-encrypted', 'imap', mechanisms('PLAIN'), 'contradicted'],
  ['OAuth2', 'imap', mechanisms('XOAUTH2', 'OAUTHBEARER'), 'advertised by XOAUTH2 OAUTHBEARER'],
  ['OAuth2', 'imap', mechanisms('PLAIN'), 'contradicted'],
  ['NTLM', 'smtp', mechanisms('NTLM'), 'advertised by NTLM'],
  ['GSSAPI', 'imap', mechanisms('GSS-SPNEGO'), 'advertised by GSS-SPNEGO'],
  ['TLS-client-cert', 'imap', mechanisms('EXTERNAL'), 'advertised by EXTERNAL'],
  ['TLS-client-cert', 'imap', nothing, 'unverifiable'],
  ['client-IP-address', 'smtp', nothing, 'unverifiable'],
  ['none', 'smtp', nothing, 'unverifiable'],
  ['none', 'imap', mechanisms('PLAIN'), 'contradicted'],
];

describe('the claim', () => {
  for (const [auth, protocol, capabilities, expected] of rows) {
    test(`${auth} of ${protocol}, of which is said ${JSON.stringify(capabilities)}, is ${expected}`, () => {
      assert.equal(stands(auth, protocol, { capabilities }), expected);
    });
  }

  test('password-encrypted is advertised by a timestamp in the greeting, too', () => {
    const greeting = { kind: 'ready', text: '+OK <1@mail.example>', apop: true } as const;
    assert.equal(stands('password-encrypted', 'pop3', { capabilities: nothing, greeting }), 'advertised by APOP');
  });

  test('OAuth2 without TLS is contradicted whatever is offered', () => {
    assert.equal(stands('OAuth2', 'imap', { capabilities: mechanisms('XOAUTH2') }, 'none'), 'contradicted');
  });

  test('stays unverifiable where nothing was seen, or not as far as that', () => {
    assert.equal(stands('password-cleartext', 'imap', undefined), 'unverifiable');
    const before = mechanisms('PLAIN');
    assert.equal(stands('password-cleartext', 'imap', { before }, 'starttls'), 'unverifiable');
  });
});
