/** Clients at domains of every habit (../world.ts): what they ask, what they end with, and what is not asked for them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { compileAtlas } from '../../../src/atlas/atlas.ts';
import { fromAtlas } from '../../../src/discover/clients/from-atlas.ts';
import type { ClientName } from '../../../src/discover/clients/model.ts';
import { sayDifference, sayReplayed, sayStep } from '../../../src/discover/clients/sentences.ts';
import {
  type ClientReplay,
  type SimulateOptions,
  type Simulation,
  simulate,
} from '../../../src/discover/clients/simulate.ts';
import { simulatedStep } from '../../../src/discover/clients/simulated.ts';
import { parseDomain } from '../../../src/name/domain.ts';
import { nothingKnown, type Provider } from '../../../src/provider/model.ts';
import { record } from '../../records.ts';
import { autoconfig, startWorld, type World } from '../world.ts';

const mail = 'mail/config-v1.1.xml';
const pox = 'autodiscover/autodiscover.xml';

/** Records beside what the domains publish themselves. */
const providers: Provider[] = [
  record({ id: 'ours.zz', domains: ['ours.zz', 'other.zz'] }),
  record({ id: 'shut.zz', domains: ['shut.zz'], access: 'none', incoming: [], outgoing: [] }),
  record({ id: 'hoster.example', domains: ['hoster.example'], mx: ['*.mx.hoster.example'] }),
];

let world: World;
before(async () => {
  world = await startWorld({
    sites: {
      // Says the same as our record, and something else.
      [`https://autoconfig.other.zz/${mail}`]: autoconfig('elsewhere.zz'),
      [`https://autoconfig.shut.zz/${mail}`]: autoconfig('shut.zz'),
      // XML that is none to those who look at the type.
      [`https://autoconfig.typed.zz/${mail}`]: { type: 'application/octet-stream', body: autoconfig('typed.zz') },
      // Beside SRV records that say something else; in one of them the user name is of the domain's own making.
      [`http://autoconfig.race.zz/${mail}`]: autoconfig('by-http.zz'),
      [`https://autoconfig.named.zz/${mail}`]: autoconfig('named.zz', 'mail-%EMAILLOCALPART%'),
      [`https://autodiscover.endless.zz/${pox}`]: ({ url }) =>
        `<Autodiscover><Response><Account><Action>redirectUrl</Action><RedirectUrl>${url}x</RedirectUrl></Account></Response></Autodiscover>`,
      [`https://autoconfig.mx.hoster.example/${mail}`]: autoconfig('hoster.example'),
    },
    zone: {
      '_imaps._tcp.race.zz': { SRV: ['0 1 993 imap.by-srv.zz'] },
      '_submissions._tcp.race.zz': { SRV: ['0 1 465 smtp.by-srv.zz'] },
      '_imaps._tcp.named.zz': { SRV: ['0 1 993 imap.by-srv.zz'] },
      '_submissions._tcp.named.zz': { SRV: ['0 1 465 smtp.by-srv.zz'] },
      'tenant.zz': { MX: ['10 a.mx.hoster.example', '20 backup.zz'] },
      'labels.zz': { MX: [`10 ${'a.'.repeat(60)}hoster.example`] },
      'suffix.zz': { MX: ['10 co.uk'] },
    },
  });
});
after(() => world.stop());

function ask(name: string, options: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const own = fromAtlas({
    index: compileAtlas({ providers, others: [], leftOut: [], noProbe: [] }),
    knowledgeOf: () => nothingKnown,
  });
  return simulate(parseDomain(name), { ...world.ports, ...own }, { timeout: 8000, ...options });
}

async function replayOf(client: ClientName, name: string): Promise<ClientReplay> {
  const { clients } = await ask(name, { only: [client] });
  assert.equal(clients.length, 1);
  return clients[0] as ClientReplay;
}

/** `imap.both.zz:993 tls`, `smtp.both.zz:465 tls` */
function ends({ settings }: ClientReplay): string[] {
  return [settings?.incoming[0], settings?.outgoing[0]].flatMap((server) =>
    server ? [`${server.host}:${server.port} ${server.security}`] : [],
  );
}

/** The steps that were asked, with how they ended. */
function trace({ steps }: ClientReplay): string[] {
  return steps
    .filter(({ asked, code }) => asked !== undefined && code !== 'not-needed')
    .map(({ asked, code }) => `${asked} ${code}`);
}

const at = (host: string) => [`imap.${host}:993 tls`, `smtp.${host}:465 tls`];

describe('a client', () => {
  test('takes the first place that has something, in its own order', async () => {
    assert.deepEqual(trace(await replayOf('thunderbird', 'both.zz')), [
      'https://autoconfig.both.zz/mail/config-v1.1.xml?emailaddress=EMAILADDRESS found',
    ]);
    const geary = await replayOf('geary', 'known.zz');
    assert.deepEqual([geary.verdict, ends(geary)], ['nothing', []]);
    const aerc = await replayOf('aerc', 'known.zz');
    assert.deepEqual(ends(aerc), at('known.zz'));
    assert.equal(
      trace(aerc).at(-1),
      'https://known.zz/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=EMAILADDRESS found',
    );
  });

  test('is told our answer where the domain has none, and ends with what the record means', async () => {
    const { clients, record: id } = await ask('ours.zz');
    assert.equal(id, 'ours.zz');
    const verdicts = Object.fromEntries(clients.map(({ client, verdict }) => [client, verdict]));
    assert.deepEqual(verdicts, {
      thunderbird: 'as-meant',
      'thunderbird-android': 'as-meant',
      'delta-chat': 'as-meant',
      fairemail: 'as-meant',
      aerc: 'as-meant',
      geary: 'as-meant',
      kmail: 'as-meant',
      // Nothing leads it here.
      outlook: 'nothing',
      'apple-mail': 'as-meant',
      emailengine: 'as-meant',
    });
  });

  test('believes the domain, or us: which differs by client', async () => {
    const bird = await replayOf('thunderbird', 'other.zz');
    assert.deepEqual([bird.verdict, ends(bird)], ['differs', at('elsewhere.zz')]);
    assert.deepEqual(
      bird.differences.map(({ which, field }) => `${which} ${field}`),
      ['incoming server', 'outgoing server'],
    );
    const kmail = await replayOf('kmail', 'other.zz');
    assert.equal(kmail.verdict, 'as-meant', 'asks the central database first');
  });

  test('that finds settings where nobody is let in is told', async () => {
    assert.equal((await replayOf('thunderbird', 'shut.zz')).verdict, 'not-meant');
    assert.equal((await replayOf('kmail', 'shut.zz')).verdict, 'nothing-meant');
  });

  test('looks at the media type, or does not', async () => {
    const [first] = (await replayOf('thunderbird', 'typed.zz')).steps;
    assert.deepEqual(
      [first?.code, first?.refused, first?.detail],
      ['refused', 'content-type', 'application/octet-stream'],
    );
    assert.deepEqual(ends(await replayOf('thunderbird-android', 'typed.zz')), at('typed.zz'));
  });

  test('asks by the MX only where nothing before has anything', async () => {
    const hosted = await replayOf('thunderbird', 'tenant.zz');
    assert.deepEqual(
      trace(hosted).filter((line) => line.includes('hoster')),
      ['https://autoconfig.mx.hoster.example/mail/config-v1.1.xml?emailaddress=EMAILADDRESS found'],
    );
    assert.equal(hosted.verdict, 'as-meant');
    const earlier = world.web.asked.length;
    await replayOf('thunderbird', 'both.zz');
    assert.ok(!world.web.asked.slice(earlier).some(({ url }) => url.includes('mx.both.zz')));
  });

  test('without a way to us or to the domain would guess, and that is said, not done', async () => {
    const { steps, verdict } = await replayOf('delta-chat', 'nothing.zz');
    assert.deepEqual([steps.at(-1)?.kind, steps.at(-1)?.code, verdict], ['guess', 'not-replayed', 'nothing']);
  });
});

describe('by SRV', () => {
  test('clients that read it differ about the same zone', async () => {
    assert.deepEqual(ends(await replayOf('aerc', 'srv.zz')), ['jmap.srv.zz:443 tls']);
    assert.deepEqual(ends(await replayOf('fairemail', 'srv.zz')), ['big.srv.zz:993 tls', 'smtp.srv.zz:465 tls']);
    assert.deepEqual(ends(await replayOf('thunderbird', 'srv.zz')), []);
  });

  test('one of them ranks it above autoconfig, unless that has a user name of its own', async () => {
    assert.deepEqual(ends(await replayOf('fairemail', 'race.zz')), at('by-srv.zz'));
    const named = await replayOf('fairemail', 'named.zz');
    assert.deepEqual([ends(named), named.settings?.incoming[0]?.username], [at('named.zz'), 'mail-%EMAILLOCALPART%']);
  });
});

describe('by Autodiscover', () => {
  test('a client asks with the address, and is given what is filled in for it', async () => {
    const bird = await replayOf('thunderbird', 'pox.zz');
    assert.deepEqual(ends(bird), ['imap.pox.zz:993 tls', 'smtp.pox.zz:587 starttls']);
    assert.equal(bird.settings?.incoming[0]?.username, 'mailatlas-discovery@pox.zz');
  });

  test('redirects are followed by those who follow them', async () => {
    assert.deepEqual(ends(await replayOf('outlook', 'by-url.zz')), [
      'imap.pox-host.zz:993 tls',
      'smtp.pox-host.zz:587 starttls',
    ]);
    assert.deepEqual(ends(await replayOf('fairemail', 'by-url.zz')), []);
    assert.deepEqual(ends(await replayOf('outlook', 'by-address.zz')), [
      'imap.pox.zz:993 tls',
      'smtp.pox.zz:587 starttls',
    ]);
    const http = await replayOf('outlook', 'by-http.zz');
    assert.equal(http.steps[http.by ?? -1]?.trust, 'insecure');
    const srv = await replayOf('emailengine', 'by-srv.zz');
    assert.equal(srv.steps[srv.by ?? -1]?.trust, 'dns');
    assert.deepEqual(ends(await replayOf('outlook', 'pox-down.zz')), [], 'never from https to http');
  });

  test('rings and chains without end are given up', async () => {
    for (const name of ['pox-ring.zz', 'endless.zz']) {
      const earlier = world.web.asked.length;
      assert.deepEqual(ends(await replayOf('outlook', name)), []);
      assert.ok(world.web.asked.length - earlier < 15, name);
    }
  });
});

describe('what is uncertain is said', () => {
  test('a list of its own, a race, a question without an answer', async () => {
    assert.deepEqual((await replayOf('delta-chat', 'both.zz')).unsure, ['own-list']);
    assert.ok((await replayOf('fairemail', 'broken.zz')).unsure.includes('unanswered'));
    const engine = await replayOf('emailengine', 'race.zz');
    assert.deepEqual([engine.unsure, ends(engine)], [['race'], at('by-srv.zz')]);
    assert.deepEqual((await replayOf('emailengine', 'ours.zz')).unsure, []);
  });
});

describe('nobody is harmed', () => {
  test('by whom clients would ask: no private address, no public suffix, nothing downgraded', async () => {
    const inside = await replayOf('thunderbird', 'leads-inside.zz');
    assert.equal(inside.steps[0]?.code, 'blocked-address');
    const earlier = world.web.asked.length;
    const { clients } = await ask('co.uk');
    const codes = new Set(
      clients.flatMap(({ steps }) => steps.flatMap(({ asked, code }) => (asked?.startsWith('http') ? [code] : []))),
    );
    assert.deepEqual([...codes], ['public-suffix']);
    assert.equal((await replayOf('thunderbird', 'suffix.zz')).settings, undefined);
    assert.deepEqual(world.web.asked.slice(earlier), []);
  });

  test('by documents that harm those who read them', async () => {
    for (const name of ['bomb.zz', 'comments.zz', 'huge.zz', 'parked.zz', 'ring.zz', 'downgrade.zz', 'latin.zz']) {
      const { clients } = await ask(name);
      assert.equal(clients.length, 10, name);
    }
    const [first, second] = (await replayOf('thunderbird', 'bomb.zz')).steps;
    assert.deepEqual([first?.code, second?.code], ['unreadable', 'unreadable']);
  });

  test('by names with a hundred labels, and by slow servers', async () => {
    const asked = trace(await replayOf('fairemail', 'labels.zz')).filter((line) =>
      line.startsWith('https://autoconfig.a.'),
    );
    assert.ok(asked.length <= 4, asked.join('\n'));
    const slow = await ask('slow.zz', { timeout: 1000 });
    assert.equal(slow.clients.length, 10);
  });

  test('one question is asked once for all clients', async () => {
    const earlier = world.web.asked.length;
    await ask('both.zz');
    const urls = world.web.asked.slice(earlier).map(({ url, method }) => `${method} ${url}`);
    assert.deepEqual(urls, [...new Set(urls)]);
  });

  test('no address of a person is told unless somebody wants it', async () => {
    const { address, told } = await ask('personal.zz');
    assert.deepEqual([address, told], ['mailatlas-discovery@personal.zz', true]);
    const own = await ask('personal.zz', { local: 'max+lists', only: ['thunderbird'] });
    assert.deepEqual(
      [own.address, own.clients[0]?.settings?.incoming[0]?.username],
      ['max+lists@personal.zz', 'max+lists@personal.zz'],
    );
    assert.ok(!JSON.stringify(own.clients[0]?.steps.map(({ asked }) => asked)).includes('max'));
  });
});

describe('sentences', () => {
  test('say every step in both languages, and no control character of a stranger', async () => {
    const { clients } = await ask('other.zz');
    for (const language of ['en', 'de'] as const)
      for (const { steps, differences } of clients) {
        for (const step of steps) assert.match(sayReplayed(step, language), /: \S/);
        for (const difference of differences) assert.match(sayDifference(difference, language), /\(/);
        for (const { kind } of steps) assert.notEqual(sayStep(kind, language), '');
      }
    const evil = { kind: 'autoconfig', asked: 'https://x/\u001b[2J', code: 'found', detail: '\u001b' } as const;
    assert.doesNotMatch(sayReplayed(evil, 'en'), /\p{Cc}/u);
  });
});

describe('simulations for strangers', () => {
  test('are remembered for a minute, and budgeted', async () => {
    let [now, asked] = [0, 0];
    const simulation: Simulation = { domain: parseDomain('a.zz'), at: '', address: '', told: false, clients: [] };
    const step = simulatedStep(
      () => {
        asked += 1;
        return Promise.resolve(simulation);
      },
      { perMinute: 2, totalPerMinute: 3 },
      () => now,
    );
    const names = ['a.zz', 'a.zz', 'b.zz', 'c.zz'].map(parseDomain);
    const answers = [];
    for (const name of names) answers.push((await step(name, 'block')) !== undefined);
    assert.deepEqual([answers, asked], [[true, true, true, false], 2]);
    assert.ok(await step(parseDomain('c.zz'), 'another'));
    assert.equal(await step(parseDomain('d.zz'), 'a third'), undefined, 'all together');
    now += 61_000;
    assert.ok(await step(parseDomain('a.zz'), 'block'));
    assert.equal(asked, 4);
  });
});
