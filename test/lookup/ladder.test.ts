/** The ladder (DESIGN section 4), rung by rung, with hand-made records; rung 4 asks a real DNS server on loopback. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type AtlasIndex, compileAtlas } from '../../src/atlas/atlas.ts';
import { type Lookup, lookup, type PublishedStep } from '../../src/lookup/ladder.ts';
import { isSpecialUse } from '../../src/lookup/special.ts';
import { parseDomain } from '../../src/name/domain.ts';
import type { Resolver } from '../../src/net/dns/resolver.ts';
import { nodeResolver } from '../../src/net/dns/resolver-node.ts';
import type { Curated } from '../../src/provider/model.ts';
import { type DnsServer, startDns } from '../dns-server.ts';
import { curated, handler, leftOut, record } from '../records.ts';

let dns: DnsServer;
let resolver: Resolver;

before(async () => {
  dns = await startDns({
    'huber.de': ['10 mx.hoster.example'],
    'mixed-case.de': ['10 MX.Hoster.Example'],
    'deep.de': ['10 mx1.eu.pool.hoster.example'],
    'exact-host.de': ['10 vip.hoster.example'],
    'fallback.de': ['20 mx.other.example', '10 mx.hoster.example'],
    'fallback-known.de': ['10 mx.nobody.example', '20 mx.hoster.example'],
    'fallback-unspeakable.de': ['10 mx_1.nobody.example', '20 mx.hoster.example'],
    'pair.de': ['10 mx2.hoster.example', '10 mx1.hoster.example'],
    'split.de': ['10 mx.hoster.example', '10 mx.other.example'],
    'guarded.de': ['10 mx.gateway.example'],
    'forwarded.de': ['10 mx.forwarder.example'],
    'sending.de': ['10 mx.sender.example'],
    'half-guarded.de': ['10 mx.gateway.example', '10 mx.hoster.example'],
    'unknown-host.de': ['10 mx.nobody.example'],
    'no-mail.de': 'null-mx',
    'web-only.de': 'nodata',
    'gone.de': 'nxdomain',
    'broken.de': 'servfail',
    'silent.de': 'silent',
    'exact.de': ['10 mx.other.example'],
    'covered.wild.de': ['10 mx.other.example'],
    'unsure.de': ['10 mx.hoster.example'],
    'unsure-elsewhere.de': ['10 mx.nobody.example'],
    'unsure-without-mail.de': 'null-mx',
    'unsure-now.de': 'servfail',
    'dead.de': ['10 mx.hoster.example'],
    'no-access.de': ['10 mx.hoster.example'],
    'asked-for.co.uk': ['10 mx.hoster.example'],
    'quiet.de': ['10 mx.hoster.example'],
  });
  resolver = nodeResolver(dns.address);
});
after(() => dns.stop());

const hoster = record({ id: 'hoster.example', domains: [], mx: ['*.hoster.example'] });
const other = record({ id: 'other.example', domains: [], mx: ['*.other.example'] });

/** What the ladder says in one line: “id by rung (trust)”, or “no: reason”. */
async function climb(facts: Partial<Curated>, name: string, by?: Resolver): Promise<string> {
  return say(await lookup(compileAtlas(curated(facts)), parseDomain(name), by));
}

function say(result: Lookup): string {
  if ('miss' in result) return `no: ${result.miss.reason}`;
  const { provider, matchedBy, trust } = result.answer;
  return `${provider.id} by ${matchedBy} (${trust})`;
}

describe('rung 1, the domain', () => {
  const mail = record({ id: 'mail.example', domains: ['mail.example', 'mail.de'] });

  test('each domain of a record leads to it', async () => {
    assert.equal(await climb({ providers: [mail] }, 'mail.example'), 'mail.example by domain (curated)');
    assert.equal(await climb({ providers: [mail] }, 'mail.de'), 'mail.example by domain (curated)');
  });

  test('a name below it does not, unless a wildcard says so', async () => {
    assert.equal(await climb({ providers: [mail] }, 'sub.mail.de'), 'no: unknown-domain');
  });

  test('the answer repeats the domain that was asked for', async () => {
    const result = await lookup(compileAtlas(curated({ providers: [mail] })), parseDomain('MAIL.de.'));
    assert.deepEqual(result, {
      answer: { domain: 'mail.de', provider: mail, matchedBy: 'domain', trust: 'curated' },
    });
  });

  test('a record without access is an answer, not a miss', async () => {
    const closed = record({ id: 'closed.example', access: 'closed', incoming: [], outgoing: [] });
    assert.equal(await climb({ providers: [closed] }, 'closed.example'), 'closed.example by domain (curated)');
  });
});

describe('rung 2, the wildcard', () => {
  const wild = record({ id: 'wild.example', domains: ['*.wild.de', 'wild.example'] });
  const deeper = record({ id: 'deeper.example', domains: ['*.schools.wild.de'] });
  const exact = record({ id: 'exact.example', domains: ['exact.wild.de'] });
  const providers = [wild, deeper, exact];

  test('covers any depth below its name, but not the name itself', async () => {
    assert.equal(await climb({ providers }, 'a.wild.de'), 'wild.example by wildcard (curated)');
    assert.equal(await climb({ providers }, 'a.b.c.wild.de'), 'wild.example by wildcard (curated)');
    assert.equal(await climb({ providers }, 'wild.de'), 'no: unknown-domain');
    assert.equal(await climb({ providers }, 'notwild.de'), 'no: unknown-domain');
  });

  test('gives way to the exact domain', async () => {
    assert.equal(await climb({ providers }, 'exact.wild.de'), 'exact.example by domain (curated)');
    assert.equal(await climb({ providers }, 'a.exact.wild.de'), 'wild.example by wildcard (curated)');
  });

  test('gives way to a longer wildcard', async () => {
    assert.equal(await climb({ providers }, 'a.schools.wild.de'), 'deeper.example by wildcard (curated)');
    assert.equal(await climb({ providers }, 'schools.wild.de'), 'wild.example by wildcard (curated)');
  });
});

describe('a domain that is left out on purpose', () => {
  test('is said so, with the entry that says why', async () => {
    const entry = leftOut('left-out.de');
    const result = await lookup(compileAtlas(curated({ leftOut: [entry] })), parseDomain('left-out.de'));
    assert.deepEqual(result, { miss: { domain: 'left-out.de', reason: 'left-out', leftOut: entry } });
  });

  test('is not looked for by MX where it is dead or lets nobody in', async () => {
    const facts = { providers: [hoster], leftOut: [leftOut('dead.de', 'dead'), leftOut('no-access.de', 'no-access')] };
    for (const name of ['dead.de', 'no-access.de']) {
      assert.equal(await climb(facts, name, resolver), 'no: left-out');
      assert.ok(!dns.questions.includes(name), name);
    }
  });

  test('may still be hosted by somebody we know, where only its own settings are unsure', async () => {
    const facts = { providers: [hoster], leftOut: [leftOut('unsure.de')] };
    assert.equal(await climb(facts, 'unsure.de'), 'no: left-out'); // nobody to ask
    assert.equal(await climb(facts, 'unsure.de', resolver), 'hoster.example by mx (dns)');
  });

  test('is left out whatever else its MX says, unless nobody knows now', async () => {
    const names = ['unsure-elsewhere.de', 'unsure-without-mail.de', 'unsure-now.de'];
    const facts = { providers: [hoster], leftOut: names.map((name) => leftOut(name)) };
    assert.equal(await climb(facts, 'unsure-elsewhere.de', resolver), 'no: left-out');
    assert.equal(await climb(facts, 'unsure-without-mail.de', resolver), 'no: left-out');
    assert.equal(await climb(facts, 'unsure-now.de', resolver), 'no: dns-timeout');
  });

  test('may be a wildcard, and may be an exception from one', async () => {
    const wild = record({ id: 'wild.example', domains: ['*.wild.de', 'fine.dead.de'] });
    const facts = { providers: [wild], leftOut: [leftOut('*.dead.de'), leftOut('bad.wild.de')] };
    assert.equal(await climb(facts, 'a.dead.de'), 'no: left-out');
    assert.equal(await climb(facts, 'fine.dead.de'), 'wild.example by domain (curated)');
    assert.equal(await climb(facts, 'bad.wild.de'), 'no: left-out');
    assert.equal(await climb(facts, 'good.wild.de'), 'wild.example by wildcard (curated)');
  });
});

describe('rung 3, the name of the MX hosts', () => {
  const protection = record({ id: 'office.example', domains: [], mx: ['*.mail.protection.office.example'] });

  test('is known without asking DNS: some clients look the name up themselves', async () => {
    const facts = { providers: [protection] };
    assert.equal(await climb(facts, 'mail.protection.office.example'), 'office.example by mx-name (curated)');
    assert.equal(await climb(facts, 'huber-de.mail.protection.office.example'), 'office.example by mx-name (curated)');
  });

  test('reaches up to the registrable domain of the pattern', async () => {
    const facts = { providers: [protection] };
    assert.equal(await climb(facts, 'protection.office.example'), 'office.example by mx-name (curated)');
    assert.equal(await climb(facts, 'office.example'), 'office.example by mx-name (curated)');
    assert.equal(await climb(facts, 'www.office.example'), 'no: unknown-domain'); // beside the hosts, not above
  });

  test('never reaches a public suffix, where strangers live', async () => {
    const british = record({ id: 'british.example', domains: [], mx: ['*.mx.hoster.co.uk'] });
    assert.equal(await climb({ providers: [british] }, 'hoster.co.uk'), 'british.example by mx-name (curated)');
    assert.equal(await climb({ providers: [british] }, 'co.uk'), 'no: unknown-domain');
    assert.equal(await climb({ providers: [british] }, 'other.co.uk'), 'no: unknown-domain');
  });

  test('stops at a private suffix: the customers of one hoster are strangers too', async () => {
    const region = record({ id: 'region.example', domains: [], mx: ['inbound-smtp.us-east-1.amazonaws.com'] });
    const facts = { providers: [region] };
    assert.equal(await climb(facts, 'inbound-smtp.us-east-1.amazonaws.com'), 'region.example by mx-name (curated)');
    assert.equal(await climb(facts, 'us-east-1.amazonaws.com'), 'no: unknown-domain');
    assert.equal(await climb(facts, 'amazonaws.com'), 'no: unknown-domain');
  });

  test('may be a private suffix where the pattern is its hoster’s own', async () => {
    const kas = record({ id: 'all-inkl.example', domains: [], mx: ['*.kasserver.com'] });
    assert.equal(await climb({ providers: [kas] }, 'kasserver.com'), 'all-inkl.example by mx-name (curated)');
    assert.equal(await climb({ providers: [kas] }, 'w0123.kasserver.com'), 'all-inkl.example by mx-name (curated)');
  });

  test('decides nothing where several have hosts below it', async () => {
    const east = record({ id: 'east.example', domains: [], mx: ['mx.east.cloud.example'] });
    const west = record({ id: 'west.example', domains: [], mx: ['mx.west.cloud.example'] });
    const facts = { providers: [east, west] };
    assert.equal(await climb(facts, 'cloud.example'), 'no: unknown-domain');
    assert.equal(await climb(facts, 'east.cloud.example'), 'east.example by mx-name (curated)');
    assert.equal(await climb(facts, 'mx.west.cloud.example'), 'west.example by mx-name (curated)');
  });

  test('decides nothing where a record and a gateway share it', async () => {
    const facts = {
      providers: [record({ domains: [], mx: ['mx.shared.example'] })],
      others: [handler('gateway', 'filter.shared.example')],
    };
    assert.equal(await climb(facts, 'shared.example'), 'no: unknown-domain');
  });

  test('is no answer where it is a gateway’s', async () => {
    assert.equal(
      await climb({ others: [handler('gateway', '*.gateway.example')] }, 'gateway.example'),
      'no: unknown-domain',
    );
  });

  test('gives way to a domain and a wildcard', async () => {
    const own = record({ id: 'own.example', domains: ['mx-and-mail.example', '*.mx-and-mail.example'] });
    const hosts = record({ id: 'hosts.example', domains: [], mx: ['*.mx-and-mail.example'] });
    const facts = { providers: [hosts, own] };
    assert.equal(await climb(facts, 'mx-and-mail.example'), 'own.example by domain (curated)');
    assert.equal(await climb(facts, 'a.mx-and-mail.example'), 'own.example by wildcard (curated)');
  });

  test('is preferred to asking DNS', async () => {
    const named = record({ id: 'named.example', domains: [], mx: ['*.huber.de'] });
    const asked = dns.questions.length;
    assert.equal(
      await climb({ providers: [named, hoster] }, 'huber.de', resolver),
      'named.example by mx-name (curated)',
    );
    assert.equal(dns.questions.length, asked);
  });
});

describe('rung 4, the MX of the domain', () => {
  test('leads to the record with the hosts’ pattern, and is trusted as far as DNS is', async () => {
    const result = await lookup(compileAtlas(curated({ providers: [hoster] })), parseDomain('huber.de'), resolver);
    assert.deepEqual(result, {
      answer: { domain: 'huber.de', provider: hoster, matchedBy: 'mx', trust: 'dns', mx: 'mx.hoster.example' },
    });
    assert.equal(await climb({ providers: [hoster] }, 'mixed-case.de', resolver), 'hoster.example by mx (dns)');
  });

  test('is not climbed without a resolver', async () => {
    assert.equal(await climb({ providers: [hoster] }, 'quiet.de'), 'no: unknown-domain');
    assert.ok(!dns.questions.includes('quiet.de'));
  });

  test('is not climbed where the atlas knows better', async () => {
    const providers = [other, record({ id: 'known.example', domains: ['exact.de', '*.wild.de'] })];
    assert.equal(await climb({ providers }, 'exact.de', resolver), 'known.example by domain (curated)');
    assert.equal(await climb({ providers }, 'covered.wild.de', resolver), 'known.example by wildcard (curated)');
    assert.ok(!dns.questions.includes('exact.de'));
    assert.ok(!dns.questions.includes('covered.wild.de'));
  });

  test('takes the most literal pattern', async () => {
    const pool = record({ id: 'pool.example', domains: [], mx: ['*.pool.hoster.example'] });
    const vip = record({ id: 'vip.example', domains: [], mx: ['vip.hoster.example'] });
    const providers = [hoster, pool, vip];
    assert.equal(await climb({ providers }, 'huber.de', resolver), 'hoster.example by mx (dns)');
    assert.equal(await climb({ providers }, 'deep.de', resolver), 'pool.example by mx (dns)');
    assert.equal(await climb({ providers }, 'exact-host.de', resolver), 'vip.example by mx (dns)');
    assert.equal(await climb({ providers: providers.toReversed() }, 'deep.de', resolver), 'pool.example by mx (dns)');
  });

  test('takes the most preferred hosts only', async () => {
    const providers = [hoster, other];
    assert.equal(await climb({ providers }, 'fallback.de', resolver), 'hoster.example by mx (dns)');
    assert.equal(await climb({ providers }, 'fallback-known.de', resolver), 'no: unknown-domain');
  });

  test('does not go on to a less preferred host where the first has a name that is no host name', async () => {
    assert.match(await climb({ providers: [hoster] }, 'fallback-unspeakable.de', resolver), /^no: /);
  });

  test('two hosts of one provider are one answer', async () => {
    const result = await lookup(compileAtlas(curated({ providers: [hoster] })), parseDomain('pair.de'), resolver);
    assert.equal(say(result), 'hoster.example by mx (dns)');
    assert.ok('answer' in result && result.answer.mx === 'mx1.hoster.example');
  });

  test('two hosts of one provider are one answer, also from an index that makes its owners anew each time', async () => {
    const atlas = compileAtlas(curated({ providers: [hoster] }));
    const database: AtlasIndex = {
      ownerOf: async (names) => structuredClone(atlas.ownerOf(names)),
      mxOwnerOf: async (patterns) => structuredClone(atlas.mxOwnerOf(patterns)),
      mxOwnersBelow: async (name) => structuredClone(atlas.mxOwnersBelow(name)),
    };
    assert.equal(say(await lookup(database, parseDomain('pair.de'), resolver)), 'hoster.example by mx (dns)');
  });

  test('two providers at equal preference are none: a guess would send a password astray', async () => {
    assert.equal(await climb({ providers: [hoster, other] }, 'split.de', resolver), 'no: unknown-domain');
  });

  test('nor is a provider beside a stranger at equal preference, unless the stranger is of the same house', async () => {
    const beside = (host: string): Resolver => ({
      mx: () =>
        Promise.resolve({
          kind: 'hosts',
          hosts: ['mx1.hoster.example', host].map((name) => ({ preference: 10, host: parseDomain(name) })),
        }),
    });
    const one = record({ id: 'hoster.example', domains: [], mx: ['mx1.hoster.example'] });
    assert.equal(await climb({ providers: [one] }, 'huber.de', beside('mx.stranger.example')), 'no: unknown-domain');
    assert.equal(
      await climb({ providers: [one] }, 'huber.de', beside('mx2.hoster.example')),
      'hoster.example by mx (dns)',
    );
  });

  test('is not climbed by those who have asked too much', async () => {
    const tired: Resolver = { mx: () => Promise.resolve({ kind: 'failed', why: 'budget' }) };
    assert.equal(await climb({ providers: [hoster] }, 'huber.de', tired), 'no: dns-budget');
  });

  test('a domain that was left out may still be hosted by somebody we know, unless it is dead', async () => {
    const unsure = { ...leftOut('huber.de'), reason: 'unsure' as const };
    const dead = { ...leftOut('huber.de'), reason: 'dead' as const };
    assert.equal(
      await climb({ providers: [hoster], leftOut: [unsure] }, 'huber.de', resolver),
      'hoster.example by mx (dns)',
    );
    assert.equal(await climb({ leftOut: [unsure] }, 'huber.de', resolver), 'no: left-out');
    assert.equal(await climb({ providers: [hoster], leftOut: [dead] }, 'huber.de', resolver), 'no: left-out');
  });

  test('a gateway hides where the mailboxes are', async () => {
    const gateway = handler('gateway', '*.gateway.example');
    const result = await lookup(compileAtlas(curated({ others: [gateway] })), parseDomain('guarded.de'), resolver);
    assert.deepEqual(result, {
      miss: {
        domain: 'guarded.de',
        reason: 'gateway',
        handler: gateway,
        mx: [{ preference: 10, host: 'mx.gateway.example' }],
      },
    });
    const both = { providers: [hoster], others: [gateway] };
    assert.equal(await climb(both, 'half-guarded.de', resolver), 'no: unknown-domain');
  });

  test('forwarders and senders have no mailboxes', async () => {
    const others = [handler('forwarder', '*.forwarder.example'), handler('sender', '*.sender.example')];
    assert.equal(await climb({ others }, 'forwarded.de', resolver), 'no: forwarder');
    assert.equal(await climb({ others }, 'sending.de', resolver), 'no: sender');
  });

  test('hosts that nobody in the atlas has are shown, most preferred first', async () => {
    const result = await lookup(compileAtlas(curated()), parseDomain('fallback.de'), resolver);
    assert.deepEqual(result, {
      miss: {
        domain: 'fallback.de',
        reason: 'unknown-domain',
        mx: [
          { preference: 10, host: 'mx.hoster.example' },
          { preference: 20, host: 'mx.other.example' },
        ],
      },
    });
    assert.equal(await climb({ providers: [hoster] }, 'unknown-host.de', resolver), 'no: unknown-domain');
  });

  test('a null MX, no MX and no such name are told apart from not knowing', async () => {
    const facts = { providers: [hoster] };
    assert.equal(await climb(facts, 'no-mail.de', resolver), 'no: null-mx');
    assert.equal(await climb(facts, 'web-only.de', resolver), 'no: no-mx');
    assert.equal(await climb(facts, 'gone.de', resolver), 'no: no-mx');
    assert.equal(await climb(facts, 'broken.de', resolver), 'no: dns-timeout');
  });

  test('silence ends after two seconds with “nobody knows now”', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const answer = climb({ providers: [hoster] }, 'silent.de', resolver);
    while (!dns.questions.includes('silent.de')) await setImmediate();
    t.mock.timers.tick(2000);
    assert.equal(await answer, 'no: dns-timeout');
  });

  test('a domain on a public suffix of two labels is a domain like any other', async () => {
    assert.equal(await climb({ providers: [hoster] }, 'asked-for.co.uk', resolver), 'hoster.example by mx (dns)');
  });
});

describe('special-use names', () => {
  const names = ['a.test', 'a.localhost', 'a.invalid', 'a.example', 'example.com', 'mail.example.net', 'example.org'];
  const more = ['printer.local', 'a.onion', 'a.alt', '1.168.192.in-addr.arpa', 'router.home.arpa', 'mail.internal'];

  test('are never asked about', async () => {
    for (const name of [...names, ...more]) {
      assert.equal(await climb({ providers: [hoster] }, name, resolver), 'no: unknown-domain', name);
      assert.ok(!dns.questions.includes(name), name);
    }
  });

  test('are found all the same where the atlas has them', async () => {
    assert.equal(await climb({ providers: [record()] }, 'mail.example', resolver), 'mail.example by domain (curated)');
  });

  test('are whole labels: a name that only ends alike is asked about', () => {
    for (const name of ['latest.de', 'contest.com', 'myexample.com', 'local.de', 'example.de', 'test.com'])
      assert.ok(!isSpecialUse(parseDomain(name)), name);
  });
});

describe('rung 5, what the domain publishes itself', () => {
  const asked: string[] = [];
  const own = record({ id: 'huber.de', domains: ['huber.de'] });
  const publication = { mechanism: 'autoconfig', where: 'https://huber.de/', trust: 'tls', certified: [] } as const;
  const found: PublishedStep = (domain) => {
    asked.push(domain);
    return Promise.resolve({ kind: 'found', provider: own, publication });
  };
  const climbAll = async (facts: Partial<Curated>, name: string, step: PublishedStep, by?: Resolver) =>
    say(await lookup(compileAtlas(curated(facts)), parseDomain(name), by, step));
  const silent = (): Resolver => ({ mx: () => Promise.resolve({ kind: 'none', exists: true }) });

  test('is an answer of its own trust, with what vouches for it', async () => {
    const result = await lookup(compileAtlas(curated()), parseDomain('huber.de'), undefined, found);
    assert.deepEqual(result, {
      answer: { domain: 'huber.de', provider: own, matchedBy: 'published', trust: 'self', publication },
    });
  });

  test('is climbed only where the atlas and the MX know nothing', async () => {
    asked.length = 0;
    assert.equal(await climbAll({ providers: [own] }, 'huber.de', found), 'huber.de by domain (curated)');
    assert.equal(await climbAll({ providers: [hoster] }, 'huber.de', found, resolver), 'hoster.example by mx (dns)');
    assert.deepEqual(asked, []);
    const others = [handler('gateway', '*.gateway.example')];
    assert.equal(await climbAll({ others }, 'guarded.de', found, resolver), 'huber.de by published (self)');
    assert.equal(await climbAll({ leftOut: [leftOut('left.de')] }, 'left.de', found), 'huber.de by published (self)');
    assert.equal(await climbAll({}, 'web-only.de', found, silent()), 'huber.de by published (self)');
  });

  test('is not climbed where it could change nothing, or nobody can be asked now', async () => {
    asked.length = 0;
    assert.equal(await climbAll({}, 'no-mail.de', found, resolver), 'no: null-mx');
    assert.equal(await climbAll({}, 'gone.de', found, resolver), 'no: no-mx');
    assert.equal(await climbAll({}, 'broken.de', found, resolver), 'no: dns-timeout');
    assert.equal(await climbAll({ leftOut: [leftOut('dead.de', 'dead')] }, 'dead.de', found), 'no: left-out');
    assert.equal(await climbAll({}, 'a.test', found), 'no: unknown-domain');
    assert.deepEqual(asked, []);
  });

  test('that gives nothing leaves the reason that was there before', async () => {
    const nothing: PublishedStep = () => Promise.resolve({ kind: 'nothing' });
    const unsure: PublishedStep = () => Promise.resolve({ kind: 'failed', why: 'unanswered' });
    assert.equal(await climbAll({}, 'web-only.de', nothing, resolver), 'no: no-mx');
    assert.equal(await climbAll({}, 'quiet.de', unsure), 'no: unknown-domain');
  });

  test('is not climbed by those who have asked too much', async () => {
    const tired: PublishedStep = () => Promise.resolve({ kind: 'failed', why: 'budget' });
    assert.equal(await climbAll({}, 'quiet.de', tired), 'no: dns-budget');
  });
});
