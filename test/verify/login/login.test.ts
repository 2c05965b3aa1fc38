import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EndpointKey } from '../../../src/provider/model.ts';
import {
  type AccountReport,
  chooseWay,
  judgeRefusal,
  judgeSending,
  type LoginCode,
  type LoginFinding,
  loginFindings,
  outcomeOf,
  planOf,
  signInsOf,
  type Visit,
} from '../../../src/verify/login/login.ts';
import { sayFinding, saySkip, sayStopped } from '../../../src/verify/login/phrases.ts';
import { incoming, outgoing } from './login-hands.ts';

const endpoint = 'imap://imap.mail.example:993?security=tls' as EndpointKey;

describe('the plan', () => {
  const imap = incoming('imap', 993);
  const pop3 = incoming('pop3', 995);

  test('IMAP first, then sending, POP3 last: it is the one that is often switched off', () => {
    assert.deepEqual(planOf({ incoming: [pop3, imap], outgoing: [outgoing(465)] }), {
      before: [imap],
      sending: [outgoing(465)],
      after: [pop3],
    });
  });

  test('POP3 first where there is no IMAP: somebody must fetch what is sent', () => {
    assert.deepEqual(planOf({ incoming: [pop3], outgoing: [] }), { before: [pop3], sending: [], after: [] });
  });

  test('has no server without encryption', () => {
    const bare = { incoming: [incoming('imap', 143, 'none')], outgoing: [outgoing(25, 'none')] };
    assert.deepEqual(planOf(bare), { before: [], sending: [], after: [] });
  });
});

describe('the way to sign in', () => {
  const password = { auth: ['password-cleartext'] as const };
  const way = (protocol: 'imap' | 'pop3' | 'smtp', mechanisms: string[], login?: boolean) =>
    chooseWay({ protocol, auth: [...password.auth] }, { mechanisms, ...(login !== undefined && { login }) });

  test('is PLAIN before all others, since it goes through TLS', () => {
    assert.deepEqual(way('smtp', ['CRAM-MD5', 'LOGIN', 'PLAIN']), { way: 'PLAIN' });
    assert.deepEqual(way('smtp', ['CRAM-MD5', 'XOAUTH2']), { way: 'CRAM-MD5' });
  });

  test('may be the protocol’s own command', () => {
    assert.deepEqual(way('imap', [], true), { way: 'command' });
    assert.deepEqual(way('pop3', ['SCRAM-SHA-256'], true), { way: 'command' });
  });

  test('is USER and PASS where a POP3 server does not tell', () => {
    assert.deepEqual(chooseWay({ protocol: 'pop3', auth: ['password-cleartext'] }, undefined), { way: 'command' });
    const refused = { mechanisms: [], refused: '-ERR what?' };
    assert.deepEqual(chooseWay({ protocol: 'pop3', auth: ['password-cleartext'] }, refused), { way: 'command' });
  });

  test('is never tried where it is not offered', () => {
    assert.deepEqual(way('smtp', []), { code: 'auth.mechanism-missing', offered: [] });
    assert.deepEqual(way('imap', ['GSSAPI'], false), { code: 'auth.mechanism-missing', offered: ['GSSAPI'] });
  });

  test('does not exist where the server, or the record, knows OAuth2 alone', () => {
    assert.deepEqual(way('smtp', ['XOAUTH2']), { code: 'auth.oauth-required', offered: ['XOAUTH2'] });
    const claimed = chooseWay({ protocol: 'smtp', auth: ['OAuth2'] }, { mechanisms: ['PLAIN', 'XOAUTH2'] });
    assert.deepEqual(claimed, { code: 'auth.oauth-required', offered: ['PLAIN', 'XOAUTH2'] });
  });
});

describe('a refused sign-in', () => {
  const cases: [heard: string, code: LoginCode][] = [
    ['535 5.7.8 Error: authentication failed', 'auth.failed'],
    ['NO [AUTHENTICATIONFAILED] Authentication failed.', 'auth.failed'],
    ['-ERR [AUTH] Authentication failed.', 'auth.failed'],
    ['454 4.7.0 Temporary authentication failure', 'auth.temporary'],
    ['421 4.7.0 Too many errors', 'auth.temporary'],
    ['NO [UNAVAILABLE] Temporary authentication failure.', 'auth.temporary'],
    ['-ERR [IN-USE] Do you have another POP session running?', 'auth.temporary'],
    ['534-5.7.9 Application-specific password required.', 'auth.app-password'],
    ['504 5.7.4 Unrecognized authentication type', 'auth.mechanism-missing'],
    ['NO [CONTACTADMIN] Your account is disabled', 'auth.account-locked'],
    ['', 'auth.failed'],
  ];
  for (const [heard, code] of cases)
    test(`“${heard}” is ${code}`, () => assert.equal(judgeRefusal(heard, undefined), code));

  test('is what the open list of messages says it is, where the server’s code says less', () => {
    assert.equal(
      judgeRefusal('535 5.7.139 basic authentication is disabled', { cure: 'oauth2' }),
      'auth.oauth-required',
    );
    assert.equal(judgeRefusal('535 NEOBHODIM parol prilozheniya', { cure: 'app-password' }), 'auth.app-password');
    assert.equal(judgeRefusal('NO Please log in via your web browser', { cure: 'unlock' }), 'auth.account-locked');
    assert.equal(judgeRefusal('535 nope', { cure: 'enable-access' }), 'auth.failed');
  });
});

test('a refused message may pass with 4yz, and does not with 5yz', () => {
  assert.equal(judgeSending('550 5.1.1 nobody'), 'send.rejected');
  assert.equal(judgeSending('451 later'), 'send.tempfail');
  assert.equal(judgeSending(undefined), 'send.tempfail');
});

describe('an account', () => {
  const visit: Visit = {
    endpoint,
    protocol: 'imap',
    verdict: { code: 'ok', ok: true, says: '' },
    level: 'L4',
    steps: [],
  };
  const finding = (code: LoginCode): LoginFinding => ({ code, endpoint });

  test('works, also with a warning', () => {
    assert.equal(outcomeOf([visit], []), 'works');
    assert.equal(outcomeOf([visit], [finding('fetch.spam-folder')]), 'works');
  });

  test('fails with anything that stays, or with a server whose probe fails', () => {
    assert.equal(outcomeOf([visit], [finding('auth.temporary'), finding('send.rejected')]), 'fails');
    assert.equal(outcomeOf([{ ...visit, verdict: { code: 'tls.expired', ok: false, says: '' } }], []), 'fails');
  });

  test('is undecided with what may pass, and where nothing was tried', () => {
    assert.equal(outcomeOf([visit], [finding('fetch.timeout')]), 'inconclusive');
    assert.equal(outcomeOf([], []), 'inconclusive');
  });
});

describe('what signed in', () => {
  const at = '2026-11-23T10:00:00.000Z';
  const visitTo = (name: string, level?: 'L2' | 'L3' | 'L4') => ({
    endpoint: `imap://${name}.example:993?security=tls` as EndpointKey,
    protocol: 'imap' as const,
    verdict: { code: 'ok' as const, ok: true, says: '' },
    ...(level && { level }),
    steps: [],
  });
  const report = (...visits: ReturnType<typeof visitTo>[]): AccountReport => ({
    address: 'fred@mail.example',
    at,
    outcome: 'works',
    visits,
    deliveries: [],
    findings: [],
  });

  test('is told of the server at its best, and of nobody else', () => {
    const reports = [
      report(visitTo('a', 'L4'), visitTo('b', 'L3'), visitTo('c', 'L2'), visitTo('d')),
      report(visitTo('a', 'L3'), visitTo('b', 'L4')),
    ];
    assert.deepEqual(
      [...signInsOf(reports)].map(([key, { level }]) => `${key} ${level}`),
      ['imap://a.example:993?security=tls L4', 'imap://b.example:993?security=tls L4'],
    );
    assert.doesNotMatch(JSON.stringify([...signInsOf(reports)]), /fred/);
  });
});

describe('sentences', () => {
  for (const code of Object.keys(loginFindings) as LoginCode[])
    for (const more of [{}, { heard: '550 no', bounced: true as const }])
      test(`${code}${'heard' in more ? ', in the server’s words' : ''}: in English and German, about the host`, () => {
        const [en, de] = (['en', 'de'] as const).map((language) => sayFinding({ code, endpoint, ...more }, language));
        assert.notEqual(en, de);
        for (const text of [en, de]) assert.match(text ?? '', /imap\.mail\.example:993.*[.“”]$/);
        assert.equal(/550 no/.test(en ?? ''), 'heard' in more);
      });

  test('repeat what the open list explains', () => {
    const explained = {
      id: 'x',
      meaning: { en: 'Ask the administrator.', de: 'Fragen Sie nach.' },
      cure: 'none',
    } as const;
    assert.match(sayFinding({ code: 'auth.failed', endpoint, explained }, 'de'), / Fragen Sie nach\.$/);
  });

  test('say why nothing was tried, and why not everything', () => {
    for (const skip of ['unknown', 'dns', 'closed', 'no-servers', 'username'] as const)
      assert.notEqual(saySkip(skip, 'en'), saySkip(skip, 'de'));
    assert.equal(sayStopped({}, 'en'), undefined);
    assert.match(sayStopped({ stopped: endpoint }, 'de') ?? '', /sperren/);
  });
});
