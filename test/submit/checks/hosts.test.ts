import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileAtlas } from '../../../src/atlas/atlas.ts';
import type { Provider } from '../../../src/provider/model.ts';
import { checkHosts } from '../../../src/submit/checks/hosts.ts';
import type { Draft } from '../../../src/submit/model.ts';
import { changesMx, movesTo, toProve } from '../../../src/submit/parties.ts';
import { curated, imap, record, smtp } from '../../records.ts';

const served = record({ domains: ['mail.example', 'mail-two.example'], webmail: 'https://web.mail.example/' });
const hoster = record({
  id: 'hoster.example',
  domains: ['hoster.example', '*.customers.hoster.example'],
  mx: ['*.mx.hoster.example'],
  operator: 'machines.example',
});
const atlas = compileAtlas(curated({ providers: [served, hoster] }));

const draft = (made: Provider, more: Partial<Draft> = {}): Draft => ({
  kind: atlas.records.has(made.id) ? 'change' : 'new',
  id: made.id,
  record: made,
  reason: '',
  language: 'en',
  ...more,
});
const fresh = (facts: Partial<Provider> = {}) => draft(record({ id: 'new.example', ...facts }));
const change = (facts: Partial<Provider>) => draft({ ...served, ...facts });

/** What is not settled by itself, as `state code about`. */
function said(it: Draft, held: readonly string[] = []): string[] {
  return checkHosts(it, atlas, new Set(held))
    .items.filter(({ state }) => state !== 'passed')
    .map(({ state, code, about }) => `${state} ${code} ${about}`);
}
const oauth2 = (url: string): Provider['oauth2'] => ({
  issuer: 'https://id.new.example',
  authorization: 'https://id.new.example/auth',
  token: url,
  scopes: { imap: 'mail' },
  sources: ['help'],
});

describe('the hosts of a draft', () => {
  test('under its own domain are its own', () => {
    const it = fresh({ webmail: 'https://web.new.example/', oauth2: oauth2('https://id.new.example/token') });
    assert.deepEqual(said(it), []);
    assert.equal(checkHosts(it, atlas, new Set()).state, 'passed');
  });

  const strangers: [what: string, facts: Partial<Provider>, ...said: string[]][] = [
    ['a server', { incoming: [imap({ host: 'mail.evil.example' })] }, 'attention foreign-host mail.evil.example'],
    [
      'a server of the operator that the draft names',
      { operator: 'evil.example', incoming: [imap({ host: 'mail.evil.example' })] },
      'attention operator-host mail.evil.example',
    ],
    [
      'a server under a name that looks like its own',
      { outgoing: [smtp({ host: 'smtp.new.example.evil.example' })] },
      'attention foreign-host smtp.new.example.evil.example',
    ],
    ['a token endpoint', { oauth2: oauth2('https://evil.example/token') }, 'attention foreign-oauth2 evil.example'],
    [
      'a calendar',
      { services: [{ ...signIn(), protocol: 'caldav', url: 'https://dav.evil.example/' }] },
      'attention foreign-host dav.evil.example',
    ],
    ['webmail', { webmail: 'https://evil.example/login' }, 'attention foreign-sign-in evil.example'],
    [
      'a page to make a password on',
      { setup: [{ kind: 'app-password', when: 'always', url: 'https://evil.example/', sources: ['help'] }] },
      'attention foreign-sign-in evil.example',
    ],
    ['a site', { website: 'https://evil.example/' }, 'attention foreign-link evil.example'],
    [
      'a help page',
      { documentation: [{ url: 'https://help.evil.example/', lang: 'en', about: 'imap' }] },
      'attention foreign-link help.evil.example',
    ],
    ['an MX pattern', { mx: ['*.mx.evil.example'] }, 'attention foreign-mx *.mx.evil.example'],
  ];
  for (const [what, facts, ...expected] of strangers)
    test(`are named where they are a stranger’s: ${what}`, () => {
      const it = fresh(facts);
      assert.deepEqual(said(it), expected);
      assert.deepEqual(said(it, ['new.example']), expected, 'its own word does not make a stranger’s host its own');
      const both = what === 'an MX pattern' ? [] : expected;
      assert.deepEqual(said(it, ['evil.example']), both, 'nor does the stranger’s: they want the passwords');
      assert.deepEqual(said(it, ['new.example', 'evil.example']), []);
      assert.deepEqual(toProve(it, atlas), ['evil.example', 'new.example']);
    });

  test('are known by the other records of the same operator, which is shown', () => {
    const it = fresh({ operator: 'machines.example', incoming: [imap({ host: 'imap.machines.example' })] });
    const item = checkHosts(it, atlas, new Set()).items.find(({ code }) => code === 'operator-host');
    assert.match(item?.says.en ?? '', /as hoster\.example do/);
    assert.match(item?.says.de ?? '', /wie bei hoster\.example/);
  });

  test('under one of its domains are not those of its other domains', () => {
    const it = fresh({ domains: ['new.example', 'victim.example'], incoming: [imap({ host: 'imap.new.example' })] });
    assert.deepEqual(said(it), ['attention joint-host new.example']);
    assert.deepEqual(said(it, ['new.example']), ['attention joint-host new.example']);
    assert.deepEqual(said(it, ['new.example', 'victim.example']), []);
  });

  test('that are no names, or disguised, can never be published', () => {
    const urls: [string, string][] = [
      ['https://127.0.0.1/', 'failed no-name 127.0.0.1'],
      ['https://[::1]/', 'failed no-name [::1]'],
      ['https://localhost/', 'failed no-name localhost'],
      ['https://0x7f000001/', 'failed no-name 127.0.0.1'],
      ['https://co.uk/', 'failed no-name co.uk'],
      ['https://gmail.com@new.example/', 'failed url-credentials new.example'],
      ['https://new.example:8443/', 'attention url-port new.example'],
    ];
    for (const [webmail, expected] of urls) assert.deepEqual(said(fresh({ webmail })), [expected], webmail);
    assert.deepEqual(said(fresh({ incoming: [imap({ host: '127.0.0.1' })] })), ['failed no-name 127.0.0.1']);
    assert.deepEqual(said(fresh({ domains: ['new.example', '*.co.uk'] })), ['failed no-name *.co.uk']);
    assert.deepEqual(said(fresh({ mx: ['com.au'] })), ['failed no-name com.au']);
  });

  test('and wildcards need a word of their owner; below a private suffix that is somebody else’s', () => {
    assert.deepEqual(said(fresh({ domains: ['*.new.example', 'new.example'] })), ['attention wildcard *.new.example']);
    assert.deepEqual(said(fresh({ domains: ['*.new.example', 'new.example'] }), ['new.example']), []);
    const pages = record({ id: 'me.github.io', domains: ['*.github.io', 'me.github.io'] });
    assert.deepEqual(said(draft(pages)), [
      'attention wildcard *.github.io',
      'attention private-suffix *.github.io',
      'attention joint-host me.github.io',
    ]);
    assert.deepEqual(toProve(draft(pages), atlas), ['github.io', 'me.github.io']);
  });

  test('with a template are the customer’s own', () => {
    const it = fresh({ domains: [], mx: ['*.mx.new.example'], incoming: [imap({ host: 'mail.{domain}' })] });
    const { items } = checkHosts(it, atlas, new Set(['new.example']));
    assert.ok(
      items.some(({ code, about, state }) => `${state} ${code} ${about}` === 'passed customer-host mail.{domain}'),
    );
  });

  test('that are served already stay what they are, for the domains that they are served to', () => {
    assert.deepEqual(said(change({})), []);
    assert.deepEqual(said(change({ name: 'Another' })), []);
    const more = { domains: ['mail-two.example', 'mail.example', 'victim.example'] };
    assert.deepEqual(said(change(more)), ['attention joint-host mail.example']);
  });

  test('in the submitter’s own words are links that a reviewer should not follow blindly', () => {
    const reason = 'See https://mail.example.evil.example/x and https://help.mail.example/ and https://127.0.0.1/.';
    const expected = ['attention link-in-reason mail.example.evil.example', 'attention link-in-reason 127.0.0.1'];
    assert.deepEqual(said({ kind: 'report', id: 'mail.example', reason, language: 'en' }), expected);
    assert.deepEqual(said({ ...change({}), reason }), expected);
  });
});

function signIn() {
  const { username, auth, sources } = imap();
  return { username, auth, sources };
}

describe('people of a served domain would be sent elsewhere', () => {
  const cases: [what: string, it: Draft, ...to: string[]][] = [
    ['not by another port', change({ incoming: [imap({ port: 143, security: 'starttls' })] })],
    ['not by a new record', fresh({ incoming: [imap({ host: 'mail.evil.example' })] })],
    ['by another host', change({ incoming: [imap({ host: 'mail.evil.example' })] }), 'evil.example'],
    [
      'by another token endpoint',
      change({ oauth2: oauth2('https://evil.example/token') }),
      'evil.example',
      'new.example',
    ],
    ['by another MX pattern', change({ mx: ['*.evil.example'] }), 'evil.example'],
    ['by another webmail', change({ webmail: 'https://evil.example/' }), 'evil.example'],
    [
      'by another service',
      change({ services: [{ ...signIn(), protocol: 'jmap', url: 'https://evil.example/' }] }),
      'evil.example',
    ],
    [
      'by a record before their wildcard',
      fresh({ domains: ['vip.customers.hoster.example', 'new.example'] }),
      'new.example',
    ],
    ['by a narrower wildcard', fresh({ domains: ['*.de.customers.hoster.example', 'new.example'] }), 'new.example'],
    ['by a narrower MX pattern', fresh({ mx: ['a.mx.hoster.example'] }), 'new.example'],
    [
      'by a domain that is the name of an MX host',
      fresh({ domains: ['mx.hoster.example', 'new.example'] }),
      'new.example',
    ],
  ];
  for (const [what, it, ...to] of cases) test(what, () => assert.deepEqual(movesTo(it, atlas), to));

  test('where a record goes and a wildcard of another one remains', () => {
    const vip = record({ id: 'vip.customers.hoster.example' });
    const both = compileAtlas(curated({ providers: [record({ ...hoster, incoming: [imap()] }), vip] }));
    const removal = { kind: 'remove', id: vip.id } as const;
    assert.deepEqual(movesTo(removal, both), ['mail.example']);
    assert.deepEqual(movesTo(removal, compileAtlas(curated({ providers: [vip] }))), []);
    assert.deepEqual(movesTo({ kind: 'report', id: vip.id }, both), []);
  });
});

test('MX patterns that come or go are seen, in whatever order', () => {
  assert.equal(changesMx(change({ mx: ['*.mail.example'] }), atlas), true);
  assert.equal(changesMx(change({}), atlas), false);
  assert.equal(changesMx({ kind: 'remove', id: 'hoster.example' }, atlas), true);
  assert.equal(changesMx({ kind: 'report', id: 'hoster.example' }, atlas), false);
  assert.equal(changesMx(draft(hoster), atlas), false);
});

describe('what has to be proved', () => {
  test('of a new record: every name in it', () => {
    const facts = { domains: ['*.new.example', 'new.example', 'x.co.uk'], webmail: 'https://a.b.web.example/' };
    assert.deepEqual(toProve(fresh(facts), atlas), ['new.example', 'web.example', 'x.co.uk']);
  });

  test('of a change of servers: every mail domain, since all their passwords are meant', () => {
    assert.deepEqual(toProve(change({ incoming: [imap({ port: 143, security: 'starttls' })] }), atlas), [
      'mail-two.example',
      'mail.example',
    ]);
  });

  test('of a change of words: the main domain; of one more domain: that one, too', () => {
    assert.deepEqual(toProve(change({ name: 'Another' }), atlas), ['mail.example']);
    const domains = ['mail-two.example', 'mail.example', 'more.example'];
    assert.deepEqual(toProve(change({ domains }), atlas), ['mail.example', 'more.example']);
    assert.deepEqual(toProve(change({ domains: ['mail.example'] }), atlas), ['mail-two.example', 'mail.example']);
  });

  test('of a removal: every domain; of a report: nothing', () => {
    assert.deepEqual(toProve({ kind: 'remove', id: 'mail.example' }, atlas), ['mail-two.example', 'mail.example']);
    assert.deepEqual(toProve({ kind: 'report', id: 'mail.example' }, atlas), []);
  });
});
