/** Hostile submissions, and what becomes of each: refused at the door, failed by a check, or left to people who are told. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as fc from 'fast-check';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import type { Atlas } from '../../src/atlas/tables.ts';
import type { Provider } from '../../src/provider/model.ts';
import { runChecks } from '../../src/submit/checks/checks.ts';
import { proofsOf } from '../../src/submit/checks/proof.ts';
import { readDraft, readXmlDraft } from '../../src/submit/draft/draft.ts';
import { takesAway } from '../../src/submit/losses.ts';
import type { CheckResult, Draft } from '../../src/submit/model.ts';
import { changesMx, movesTo } from '../../src/submit/parties.ts';
import { accept, type Case, defaultPolicy, publishesItself, toConfirm } from '../../src/submit/policy.ts';
import { type DnsServer, startDns } from '../dns-server.ts';
import { curated, imap, record, smtp } from '../records.ts';
import { tableInDocs } from './hostile-table.ts';
import { careful, context } from './world.ts';

const gmail = record({
  id: 'gmail.com',
  name: 'Google Mail',
  short: 'Gmail',
  incoming: [imap({ host: 'imap.gmail.com', auth: ['OAuth2', 'password-cleartext'] })],
  outgoing: [smtp({ host: 'smtp.gmail.com' })],
  oauth2: {
    issuer: 'https://accounts.gmail.com',
    authorization: 'https://accounts.gmail.com/auth',
    token: 'https://accounts.gmail.com/token',
    scopes: { imap: 'mail' },
    sources: ['help'],
  },
});
const hoster = record({
  id: 'hoster.example',
  domains: ['*.hoster.example', 'hoster.example'],
  mx: ['*.mx.hoster.example'],
});
const atlas: Atlas = compileAtlas(curated({ providers: [gmail, hoster] }));
const served = (id: string) => atlas.records.get(id);
const proved = { number: 1, receiptDigest: '00'.repeat(32) };
let dns: DnsServer;

before(async () => {
  dns = await startDns({
    'inside.evil.example': { A: ['192.168.1.1'] },
    'rebind.evil.example': { A: ['203.0.113.9', '127.0.0.1'] },
    'mapped.evil.example': { AAAA: ['::ffff:10.0.0.1'] },
  });
});
after(() => dns.stop());

/** A new provider without fault, and whatever is wrong with it here. */
function fresh(facts: object = {}): object {
  return { kind: 'new', record: { ...record({ id: 'evil.example', name: 'Evil Mail', short: 'Evil' }), ...facts } };
}
/** A change of a served record. */
function change(of: Provider, facts: object): object {
  return { kind: 'change', record: { ...of, ...facts } };
}

/** Everything that asks DNS or mail servers really does. A good server stands for those that evil has. */
async function check(draft: Draft, reachable: boolean): Promise<CheckResult[]> {
  const probes = { ...context().probes, ...(reachable ? {} : { probe: careful(dns.address) }) };
  return runChecks(
    draft,
    context(atlas, { proved, probes, texts: () => Promise.resolve([{ kind: 'none', exists: true }]) }),
  );
}

function caseOf(draft: Draft, checks: readonly CheckResult[]): Case {
  return {
    draft,
    checks,
    proofs: proofsOf(checks),
    movesTo: movesTo(draft, atlas),
    takesAway: takesAway(draft, atlas.records.get(draft.id), proofsOf(checks).held),
    changesMx: changesMx(draft, atlas),
  };
}

/**
 * What becomes of it, for a reviewer who accepts it with one click, and then confirms all that they are asked.
 *  - `refused …`: at the door, nothing is stored
 *  - `failed …`: nobody can publish it
 *  - `confirm …; then …`: what the reviewer must have looked at, and what follows
 */
async function fate(sent: object | string, reachable = true): Promise<string> {
  const read =
    typeof sent === 'string' && sent.startsWith('<')
      ? readXmlDraft(sent, { country: 'DE', provider: 'hosting', website: 'https://evil.example/' }, served)
      : readDraft(typeof sent === 'string' ? sent : JSON.stringify(sent), served);
  if ('mistakes' in read) return `refused ${read.mistakes.map(({ at, code }) => `${at} ${code}`).join(', ')}`;
  const checks = await check(read.draft, reachable);
  const subject = caseOf(read.draft, checks);
  assert.equal(publishesItself(subject, { ...defaultPolicy, publishes: 'proved' }), false, 'never by itself');
  const click = accept(subject, 'anna', [], [], defaultPolicy);
  if (click.result === 'failed') {
    const items = checks.flatMap(({ items: all }) => all.filter(({ state }) => state === 'failed'));
    return `failed ${[...new Set(items.map(({ code, about }) => `${code}:${about}`))].join(', ')}`;
  }
  if (click.result !== 'confirm') return click.result;
  const then = accept(subject, 'anna', [], toConfirm(checks), defaultPolicy).result;
  const boring = /^(unproved|proof|probe-late|published|probes)\b/;
  return `confirm ${click.missing.filter((word) => !boring.test(word)).join(', ')}; then ${then}`;
}

const evil = imap({ host: 'imap.evil.example' });
const bomb = '<!DOCTYPE c [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><clientConfig>&b;</clientConfig>';
const external =
  '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><clientConfig><emailProvider id="&x;"/></clientConfig>';

const attempts: [what: string, sent: object | string, fate: string][] = [
  // The passwords of a served domain.
  [
    'the passwords of gmail.com for another server',
    change(gmail, { incoming: [evil, ...gmail.incoming] }),
    'confirm moves-to:evil.example, foreign-host:imap.evil.example; then second',
  ],
  [
    'the same, with evil.example as its “operator”',
    change(gmail, { operator: 'evil.example', outgoing: [smtp({ host: 'smtp.evil.example' })] }),
    'confirm moves-to:evil.example, operator-host:smtp.evil.example; then second',
  ],
  [
    'the token endpoint',
    change(gmail, { oauth2: { ...gmail.oauth2, token: 'https://evil.example/token' } }),
    'confirm moves-to:evil.example, foreign-oauth2:evil.example; then second',
  ],
  [
    'the webmail',
    change(gmail, { webmail: 'https://gmail.com.evil.example/' }),
    'confirm moves-to:evil.example, foreign-sign-in:gmail.com.evil.example; then second',
  ],
  [
    'a page to make app passwords on',
    change(gmail, {
      setup: [{ kind: 'app-password', when: 'without-oauth2', url: 'https://evil.example/', sources: ['help'] }],
    }),
    'confirm moves-to:evil.example, foreign-sign-in:evil.example; then second',
  ],
  [
    'a calendar elsewhere',
    change(gmail, { services: [{ ...signIn(), protocol: 'caldav', url: 'https://dav.evil.example/' }] }),
    'confirm moves-to:evil.example, foreign-host:dav.evil.example; then second',
  ],
  [
    'customers of a hoster, by its MX pattern',
    fresh({ mx: ['*.mx.hoster.example'] }),
    'failed rule-broken:mx[0], taken-domain:*.mx.hoster.example',
  ],
  [
    'customers of a hoster, by a narrower MX pattern',
    fresh({ mx: ['a.mx.hoster.example'] }),
    'confirm moves-to:evil.example, mx-moves:a.mx.hoster.example, takes-over:evil.example, foreign-mx:a.mx.hoster.example; then second',
  ],
  [
    'one customer of a hoster, before its wildcard',
    fresh({ domains: ['evil.example', 'vip.hoster.example'] }),
    'confirm moves-to:evil.example, takes-over:evil.example, joint-host:evil.example; then second',
  ],
  [
    'whoever asks for the name of a hoster’s MX',
    fresh({ domains: ['evil.example', 'mx.hoster.example'] }),
    'confirm moves-to:evil.example, takes-over:evil.example, joint-host:evil.example; then second',
  ],
  [
    'a domain of another record',
    fresh({ domains: ['evil.example', 'gmail.com'] }),
    'failed rule-broken:domains[1], taken-domain:gmail.com',
  ],
  [
    'a domain that nobody has listed',
    fresh({ domains: ['evil.example', 'small.example'] }),
    'confirm joint-host:evil.example; then publish',
  ],
  [
    'everybody below co.uk',
    fresh({ domains: ['*.co.uk', 'evil.example'] }),
    'failed rule-broken:domains[0], no-name:*.co.uk',
  ],
  [
    'everybody at github.io',
    fresh({ domains: ['*.github.io', 'evil.example'] }),
    'confirm wildcard:*.github.io, private-suffix:*.github.io, joint-host:evil.example; then second',
  ],
  [
    'the MX of a stranger',
    fresh({ mx: ['*.mail.other.example'] }),
    'confirm mx-moves:*.mail.other.example, foreign-mx:*.mail.other.example; then second',
  ],
  [
    'a host made of what the customer’s MX says',
    fresh({ incoming: [imap({ host: '{mx}' })] }),
    'failed rule-broken:incoming[0].host',
  ],

  // Records and names of others.
  ['the id of another record, as a new one', { kind: 'new', record: gmail }, 'refused /kind served'],
  [
    'the removal of somebody else’s record',
    { kind: 'remove', id: 'gmail.com', reason: 'We are Google.' },
    'confirm record-gone:gmail.com, gives-up:gmail.com; then second',
  ],
  [
    'the end of somebody else’s service',
    change(gmail, {
      access: 'none',
      incoming: [],
      outgoing: [],
      restriction: { sources: ['help'] },
      oauth2: undefined,
    }),
    'confirm access-changes:access; then second',
  ],
  [
    'an old id, so that links lead here',
    fresh({ formerly: ['gmail.com'] }),
    'failed rule-broken:formerly[0], taken-id:gmail.com',
  ],
  [
    'a successor, so that people of a served domain go there',
    change(gmail, {
      access: 'none',
      incoming: [],
      outgoing: [],
      restriction: { successor: 'hoster.example', sources: ['help'] },
      oauth2: undefined,
    }),
    'confirm moves-to:hoster.example, access-changes:access, foreign-record:hoster.example; then second',
  ],
  [
    'an alternative, so that people of a served domain go there',
    change(gmail, {
      alternatives: [{ provider: 'hoster.example', when: { en: 'New accounts', de: 'Neue Konten' } }],
    }),
    'confirm moves-to:hoster.example, foreign-record:hoster.example; then second',
  ],
  ['the display name Gmail', fresh({ name: 'Gmail' }), 'confirm same-name:name; then publish'],
  ['Gmail with a Cyrillic letter', fresh({ name: 'Gm\u0430il' }), 'failed mixed-scripts:name'],
  [
    'a homograph of gmail.com',
    { kind: 'new', record: { ...record({ id: 'xn--gmil-63d.com' }), name: 'Mail', short: 'M' } },
    'failed mixed-scripts:xn--gmil-63d.com',
  ],
  [
    'gmial.com',
    { kind: 'new', record: { ...record({ id: 'gmial.com' }), name: 'Mail', short: 'M' } },
    'confirm near-domain:gmial.com; then publish',
  ],

  // What people read.
  ['HTML in the name', fresh({ name: '<img src=x onerror=alert(1)>' }), 'refused /record/name html'],
  ['a script as webmail', fresh({ webmail: 'javascript:alert(1)' }), 'refused /record/webmail link'],
  [
    'a script in a hint',
    fresh({ incoming: [{ ...evil, username: 'ask', hint: { en: 'javascript:alert(1)' } }] }),
    'refused /record/incoming/0/hint/en link',
  ],
  ['a name that is written backwards', fresh({ name: 'Evil \u202eliam\u202c' }), 'refused /record/name invisible'],
  ['NUL', fresh({ name: 'Evil\u0000Mail' }), 'refused /record/name broken'],
  [
    'an escape sequence for the reviewer’s terminal',
    { ...fresh(), reason: '\u001b]0;owned\u0007' },
    'refused /reason control',
  ],
  [
    'a phishing link for the reviewer',
    { ...fresh(), reason: 'Sign in at https://gmail.com.phish.example/ first.' },
    'confirm link-in-reason:gmail.com.phish.example; then publish',
  ],
  [
    'a link that looks like another one',
    fresh({ webmail: 'https://gmail.com@evil.example/' }),
    'failed url-credentials:evil.example',
  ],
  [
    'a phishing link in a hint',
    fresh({
      incoming: [
        {
          ...evil,
          username: 'ask',
          hint: { en: 'see https://gmail.com.phish.example/id', de: 'siehe https://gmail.com.phish.example/id' },
        },
      ],
      outgoing: [smtp({ host: 'smtp.evil.example' })],
    }),
    'confirm foreign-link:gmail.com.phish.example; then publish',
  ],
  [
    'a phishing link as a source',
    fresh({ sources: { help: { url: 'https://gmail.com.phish.example/' } } }),
    'confirm foreign-link:gmail.com.phish.example; then publish',
  ],
  [
    'its own file to be followed, somewhere else',
    change(gmail, { follow: { mechanism: 'autoconfig', url: 'https://evil.example/config.xml' } }),
    'failed rule-broken:follow.url',
  ],
  [
    'a help page of somebody else',
    fresh({ documentation: [{ url: 'https://gmail.com.phish.example/', lang: 'en', about: 'imap' }] }),
    'confirm foreign-link:gmail.com.phish.example; then publish',
  ],
  [
    'somebody else to write to',
    { ...fresh(), contact: 'a@b.example\r\nBcc: everybody@b.example' },
    'refused /contact contact',
  ],

  // Memory, parsers, prototypes.
  ['ten megabytes', `{"reason":"${'x'.repeat(10 * 1024 * 1024)}"}`, 'refused  too-large'],
  [
    'ten thousand domains',
    fresh({ domains: Array.from({ length: 10_000 }, (_, i) => `d${i}.xx`) }),
    'refused  too-large',
  ],
  [
    'a thousand domains',
    fresh({ domains: Array.from({ length: 1000 }, (_, i) => `d${i}.xx`) }),
    'refused /record/domains too-many',
  ],
  ['an XML bomb', bomb, 'refused  xml'],
  ['an external entity', external, 'refused  xml'],
  ['the prototype', '{"kind":"new","__proto__":{"kind":"remove"}}', 'refused /__proto__ forbidden-key'],
  ['two kinds at once', '{"kind":"report","kind":"new"}', 'refused /kind duplicate-key'],
  ['an id that is a path', { kind: 'remove', id: '../../../etc/passwd', reason: 'x' }, 'refused /id form'],
  [
    'a client secret',
    fresh({ oauth2: { ...gmail.oauth2, client_secret: 'x' } }),
    'refused /record/oauth2/client_secret unknown-field',
  ],
  [
    'its own acceptance',
    { ...fresh(), state: 'published', confirm: ['all'] },
    'refused /state unknown-field, /confirm unknown-field',
  ],
];

describe('what becomes of a submission that wants', () => {
  for (const [what, sent, expected] of attempts)
    test(what, async () => {
      assert.equal(await fate(sent), expected);
    });
});

test('docs/hostile.md says so', () => {
  tableInDocs(
    'drafts',
    ['a submission that wants', 'what becomes of it'],
    attempts.map(([what, , becomes]) => [what, becomes]),
  );
});

describe('what becomes of a submission that wants our prober to call', () => {
  const places: [what: string, host: object, fate: string][] = [
    [
      'this machine',
      { host: '127.0.0.1' },
      'failed rule-broken:incoming[0].host, no-name:127.0.0.1, policy.blocked-address:imap://127.0.0.1:993?security=tls',
    ],
    ['this machine by its name', { host: 'localhost' }, 'refused /record/incoming/0/host form'],
    ['an address inside, by IPv6', { host: '::ffff:10.0.0.1' }, 'refused /record/incoming/0/host form'],
    [
      'a name that leads inside',
      { host: 'inside.evil.example' },
      'failed policy.blocked-address:imap://inside.evil.example:993?security=tls',
    ],
    [
      'a name that leads inside, too',
      { host: 'rebind.evil.example' },
      'failed policy.blocked-address:imap://rebind.evil.example:993?security=tls',
    ],
    [
      'a mapped address',
      { host: 'mapped.evil.example' },
      'failed policy.blocked-address:imap://mapped.evil.example:993?security=tls',
    ],
    ['SSH', { port: 22 }, 'failed policy.port:imap://imap.evil.example:22?security=tls'],
    [
      'a mail server’s own port',
      { port: 25 },
      'failed rule-broken:incoming[0].port, policy.port:imap://imap.evil.example:25?security=tls',
    ],
    ['a database', { port: 6379 }, 'failed policy.port:imap://imap.evil.example:6379?security=tls'],
    [
      'anybody it likes, by a name that is a line',
      { host: 'imap.evil.example\r\nEHLO' },
      'refused /record/incoming/0/host control',
    ],
  ];
  test('docs/hostile.md says so', () => {
    tableInDocs(
      'probes',
      ['a submission that wants us to call', 'what becomes of it'],
      places.map(([what, , becomes]) => [what, becomes]),
    );
  });
  for (const [what, where, expected] of places)
    test(what, async () => {
      const sent = fresh({ incoming: [{ ...evil, ...where }], outgoing: [smtp({ host: 'smtp.evil.example' })] });
      const found = await fate(sent, false);
      // The other server of the draft is not there at all, which is not what this is about.
      assert.equal(found.replace(/(, )?dns\.nxdomain:[^,]*/g, '').replace('failed , ', 'failed '), expected);
    });
});

test('whatever is changed in a served record, one click never sends its people to strangers', async () => {
  const host = fc.constantFrom('imap.evil.example', 'gmail.com.evil.example', 'evil.co.uk', 'imap.xn--gmil-63d.com');
  const facts = fc.record(
    {
      incoming: host.map((name) => [imap({ host: name })]),
      outgoing: host.map((name) => [...gmail.outgoing, smtp({ host: name })]),
      services: host.map((name) => [{ ...signIn(), protocol: 'jmap' as const, url: `https://${name}/` }]),
      webmail: host.map((name) => `https://${name}/`),
      oauth2: host.map((name) => ({ ...gmail.oauth2, authorization: `https://${name}/auth` })),
      mx: host.map((name) => [`*.${name}`]),
      operator: fc.constantFrom('evil.example', 'evil.co.uk', 'gmail.com'),
      website: host.map((name) => `https://${name}/`),
      domains: host.map((name) => ['gmail.com', name].sort()),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(facts, async (changed) => {
      const read = readDraft(JSON.stringify(change(gmail, changed)), served);
      assert.ok('draft' in read, JSON.stringify(read));
      const checks = await check(read.draft, true);
      const subject = caseOf(read.draft, checks);
      const { result } = accept(subject, 'anna', [], [], defaultPolicy);
      assert.notEqual(result, 'publish');
      const people = ['incoming', 'outgoing', 'services', 'webmail', 'oauth2', 'mx'].some((field) => field in changed);
      if (people && result !== 'failed')
        assert.equal(accept(subject, 'anna', [], toConfirm(checks), defaultPolicy).result, 'second');
    }),
    { seed: 6, numRuns: 100 },
  );
});

function signIn() {
  const { username, auth, sources } = imap();
  return { username, auth, sources };
}
