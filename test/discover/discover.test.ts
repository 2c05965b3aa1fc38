/** What is found at domains of every habit (world.ts), and what is not asked. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { discover } from '../../src/discover/discover.ts';
import type { Discovery, Finding } from '../../src/discover/model.ts';
import { parseDomain } from '../../src/name/domain.ts';
import type { Mechanism } from '../../src/provider/model.ts';
import { plainWork } from '../quickly.ts';
import { startWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world.stop());

/** Milliseconds: what is not given up takes so long. */
const forEver = 60_000;

const ask = (name: string, timeout = 30_000, address?: string): Promise<Discovery> =>
  discover(parseDomain(name), world.ports, { timeout, ...(address !== undefined && { address }) });

/** `imap imap.both.zz 993 tls %EMAILADDRESS%`, … */
function serversOf({ record }: Finding): string[] {
  return [...record.incoming, ...record.outgoing].map(({ protocol, host, port, security, username }) =>
    [protocol, host, port, security, username].join(' '),
  );
}

/** How each question of one mechanism ended: `https://… code (detail)`. */
function endings({ attempts }: Discovery, mechanism: Mechanism): string[] {
  return attempts
    .filter((one) => one.mechanism === mechanism)
    .map(({ asked, code, detail }) => `${asked} ${code}${detail === undefined ? '' : ` (${detail})`}`);
}

/** The only thing that was found. */
async function only(name: string): Promise<Finding> {
  const { findings } = await ask(name);
  assert.equal(findings.length, 1, JSON.stringify(findings));
  return findings[0] as Finding;
}

const at = (host: string, username = '%EMAILADDRESS%') => [
  `imap imap.${host} 993 tls ${username}`,
  `smtp smtp.${host} 465 tls ${username}`,
];

describe('autoconfig', () => {
  test('is asked for in both places over HTTPS; the same facts are found once', async () => {
    const seen = await ask('both.zz');
    const [found, more] = seen.findings;
    assert.ok(found && !more);
    assert.equal(found.where, 'https://autoconfig.both.zz/mail/config-v1.1.xml');
    assert.deepEqual(serversOf(found), at('both.zz'));
    assert.deepEqual(found.trust, {
      level: 'tls',
      certified: [{ host: 'autoconfig.both.zz', issuer: 'Test Root' }],
    });
    assert.deepEqual(endings(seen, 'autoconfig'), [
      'https://autoconfig.both.zz/mail/config-v1.1.xml found',
      'https://both.zz/.well-known/autoconfig/mail/config-v1.1.xml found-same',
    ]);
    assert.ok(!world.web.asked.some(({ url }) => url.startsWith('http://autoconfig.both.zz')), 'nothing over HTTP');
  });

  test('may stand in the well-known place alone', async () => {
    assert.deepEqual(serversOf(await only('known.zz')), at('known.zz'));
  });

  test('over plain HTTP is taken last, and is insecure', async () => {
    const found = await only('plain.zz');
    assert.deepEqual(found.trust, { level: 'insecure', certified: [] });
    assert.deepEqual(found.record.sources, {
      import: { url: 'http://autoconfig.plain.zz/mail/config-v1.1.xml', seen: found.record.sources['import']?.seen },
    });
  });

  test('behind a redirect is vouched for by every host on the way, and is about the domain that was asked', async () => {
    const found = await only('hosted.zz');
    assert.equal(found.where, 'https://autoconfig.hoster.zz/mail/config-v1.1.xml');
    assert.deepEqual(
      found.trust.certified.map(({ host }) => host),
      ['autoconfig.hosted.zz', 'autoconfig.hoster.zz'],
    );
    assert.deepEqual([found.record.id, found.record.domains], ['hosted.zz', ['hosted.zz']]);
    assert.ok(found.remarks.some(({ says }) => says === 'names hoster.zz too'));
  });

  test('for one person is asked for with a placeholder, and the placeholder becomes everybody’s', async () => {
    const found = await only('personal.zz');
    assert.deepEqual(serversOf(found), at('personal.zz'));
    assert.ok(!found.where.includes('@') && !found.where.includes('emailaddress'));
    const asked = world.web.asked.filter(({ url }) => url.includes('personal.zz/mail'));
    assert.deepEqual(
      asked.map(({ url }) => new URL(url).searchParams.get('emailaddress')),
      [null, 'mailatlas-discovery@personal.zz'],
    );
  });

  test('sees a real address only where the caller gives one', async () => {
    const { told, placeholder, findings } = await ask('personal.zz', 8000, 'max@personal.zz');
    assert.deepEqual([told, placeholder], ['max@personal.zz', false]);
    assert.deepEqual(serversOf(findings[0] as Finding), at('personal.zz'));
  });

  test('in another encoding and under another type is read, with a remark for each', async () => {
    const found = await only('latin.zz');
    assert.equal(found.record.name, 'Büro latin.zz');
    assert.deepEqual(
      found.remarks.slice(0, 2).map(({ where, says }) => `${where} ${says}`),
      ['file is not utf-8; read as Windows-1252', 'Content-Type “text/plain” is none that Thunderbird reads XML under'],
    );
  });

  test('is not a page for people', async () => {
    const seen = await ask('parked.zz');
    assert.deepEqual(seen.findings, []);
    assert.deepEqual(
      seen.attempts.filter(({ code }) => code === 'html').map(({ mechanism }) => mechanism),
      ['autoconfig', 'autoconfig', 'autoconfig', 'pacc', 'autodiscover'],
    );
  });

  test('that would harm a reader is not read', async () => {
    const seen = await ask('bomb.zz');
    assert.deepEqual(seen.findings, []);
    assert.match(endings(seen, 'autoconfig')[0] ?? '', /unreadable \(the file has a document type declaration/);
    assert.match(endings(seen, 'autoconfig')[1] ?? '', / unreadable \(/);
    assert.match(endings(seen, 'autodiscover')[0] ?? '', /unreadable \(the file has a document type declaration/);
    assert.match(endings(await ask('huge.zz'), 'autoconfig')[0] ?? '', / too-large$/);
  });

  test('that was written against our own expressions costs no time', async () => {
    const taken = plainWork();
    assert.match(endings(await ask('comments.zz'), 'autoconfig')[0] ?? '', / unreadable /);
    const took = taken();
    assert.ok(took < 300, `it took ${Math.round(took)} pieces of plain work`);
  });

  test('that comes too slowly is given up, and everything else with it at the deadline', {
    timeout: forEver,
  }, async () => {
    const seen = await ask('slow.zz', 1000);
    assert.deepEqual(endings(seen, 'autoconfig').slice(0, 2), [
      'https://autoconfig.slow.zz/mail/config-v1.1.xml timeout',
      'https://slow.zz/.well-known/autoconfig/mail/config-v1.1.xml timeout',
    ]);
  });

  test('is not looked for where a redirect leads to plain HTTP, inside, or in a ring', async () => {
    assert.deepEqual(endings(await ask('downgrade.zz'), 'autoconfig').slice(0, 2), [
      'https://autoconfig.downgrade.zz/mail/config-v1.1.xml insecure-redirect (http://autoconfig.downgrade.zz/mail/config-v1.1.xml)',
      'https://downgrade.zz/.well-known/autoconfig/mail/config-v1.1.xml blocked-address (https://inside.zz/: private)',
    ]);
    assert.match(endings(await ask('ring.zz'), 'autoconfig')[0] ?? '', / too-many-redirects /);
    assert.match(endings(await ask('leads-inside.zz'), 'autoconfig')[0] ?? '', / blocked-address \(private\)/);
  });

  test('is not believed without a good certificate', async () => {
    const expired = await startWorld({
      sites: { 'https://autoconfig.expired.zz/mail/config-v1.1.xml': 'x' },
      zone: { 'autoconfig.expired.zz': { A: ['127.0.0.1'] } },
    });
    const seen = await discover(parseDomain('expired.zz'), expired.ports, { timeout: 30_000 });
    assert.equal(
      endings(seen, 'autoconfig')[0],
      'https://autoconfig.expired.zz/mail/config-v1.1.xml certificate (CERT_HAS_EXPIRED)',
    );
    await expired.stop();
  });
});

describe('names that belong to nobody in particular', () => {
  test('a public suffix is not asked at all', async () => {
    const seen = await ask('co.uk');
    assert.deepEqual([...new Set(seen.attempts.map(({ code }) => code))], ['public-suffix']);
    assert.ok(!world.dns.questions.some((name) => name.endsWith('co.uk')));
  });

  test('of a hoster’s suffix nothing below is asked, where every customer may have a name', async () => {
    await ask('github.io');
    assert.ok(world.dns.questions.includes('_imaps._tcp.github.io'));
    for (const label of ['autoconfig', 'autodiscover', 'ua-auto-config'])
      assert.ok(!world.dns.questions.includes(`${label}.github.io`), label);
  });
});

describe('PACC', () => {
  test('counts with its digest in DNS', async () => {
    const found = await only('pacc.zz');
    assert.deepEqual([found.mechanism, found.trust.level, found.record.name], ['pacc', 'tls', 'Mail of pacc.zz']);
    assert.deepEqual(serversOf(found), at('pacc.zz'));
  });

  test('does not count without it, or with that of another document', async () => {
    for (const [name, code] of [
      ['stale.zz', 'wrong-digest'],
      ['undigested.zz', 'no-digest'],
    ] as const) {
      const seen = await ask(name);
      assert.deepEqual(seen.findings, []);
      assert.deepEqual(endings(seen, 'pacc'), [
        `https://ua-auto-config.${name}/.well-known/user-agent-configuration.json ${code} (TXT _ua-auto-config.${name})`,
      ]);
    }
  });
});

describe('SRV', () => {
  test('gives servers by priority and services with their paths, and rests on DNS', async () => {
    const found = await only('srv.zz');
    assert.deepEqual(found.trust, { level: 'dns', certified: [] });
    assert.deepEqual(serversOf(found), [
      'imap big.srv.zz 993 tls %EMAILADDRESS%',
      'imap imap.srv.zz 993 tls %EMAILADDRESS%',
      'imap imap.srv.zz 143 starttls %EMAILADDRESS%',
      'pop3 pop.srv.zz 995 tls %EMAILADDRESS%',
      'smtp smtp.srv.zz 465 tls %EMAILADDRESS%',
    ]);
    assert.deepEqual(
      found.record.services?.map(({ protocol, url, host, port }) => `${protocol} ${url ?? `${host}:${port}`}`),
      [
        'jmap https://jmap.srv.zz/.well-known/jmap',
        'caldav https://dav.srv.zz:8443/calendars/',
        'carddav https://dav.srv.zz/.well-known/carddav',
        'managesieve imap.srv.zz:4190',
      ],
    );
    assert.ok(found.remarks.some(({ says }) => says.includes('both are assumed')));
  });

  test('is looked at as a zone: aliases, targets without an address, services that are not offered', async () => {
    const { srv } = await ask('srv.zz');
    const of = (label: string) => srv.find((one) => one.label === label);
    assert.deepEqual(of('_imaps._tcp')?.aliases, ['big.srv.zz']);
    assert.deepEqual(of('_pop3s._tcp')?.dead, ['pop.srv.zz']);
    assert.deepEqual(of('_pop3._tcp')?.answer, {
      kind: 'records',
      records: [{ priority: 0, weight: 0, port: 0, target: '' }],
    });
  });

  test('that leads nowhere is nothing', async () => {
    const seen = await ask('odd-srv.zz');
    assert.deepEqual(seen.findings, []);
    assert.deepEqual(endings(seen, 'srv'), ['SRV _imaps._tcp.odd-srv.zz unusable']);
  });

  test('has as many servers as anybody needs', async () => {
    assert.equal(serversOf(await only('many.zz')).length, 10);
  });

  test('that leads to a name of which DNS says nothing does not hold everything up', async () => {
    const begun = performance.now();
    const { findings } = await ask('late.zz', 2000);
    assert.equal(findings.length, 1);
    assert.ok(performance.now() - begun < 9000, 'the resolver has ten seconds for such a name');
  });

  test('and whatever else DNS does not tell is said to be unknown', async () => {
    const seen = await ask('broken.zz');
    assert.deepEqual(endings(seen, 'srv'), ['SRV _imaps._tcp.broken.zz dns-failure (server-failure)']);
    assert.match(endings(seen, 'autoconfig')[0] ?? '', / dns-failure /);
    assert.match(endings(seen, 'mailconf')[0] ?? '', / dns-failure$/);
  });
});

describe('Autodiscover', () => {
  test('is asked with a placeholder, which is taken out of the answer again', async () => {
    const found = await only('pox.zz');
    assert.deepEqual(serversOf(found), [
      'imap imap.pox.zz 993 tls %EMAILADDRESS%',
      'smtp smtp.pox.zz 587 starttls %EMAILADDRESS%',
    ]);
    const asked = world.web.asked.find(
      ({ url }) => url === 'https://autodiscover.pox.zz/autodiscover/autodiscover.xml',
    );
    assert.match(asked?.body ?? '', /<EMailAddress>mailatlas-discovery@pox\.zz</);
    assert.equal(asked?.headers['content-type'], 'text/xml; charset=utf-8');
  });

  test('may send us on to another URL', async () => {
    const found = await only('by-url.zz');
    assert.deepEqual(
      found.trust.certified.map(({ host }) => host),
      ['by-url.zz', 'pox-host.zz'],
    );
    assert.deepEqual(serversOf(found)[0], 'imap imap.pox-host.zz 993 tls %EMAILLOCALPART%');
  });

  test('may send us on to another address', async () => {
    const found = await only('by-address.zz');
    assert.equal(found.where, 'https://autodiscover.pox.zz/autodiscover/autodiscover.xml');
    assert.equal(found.record.id, 'by-address.zz');
  });

  test('reached through plain HTTP is insecure, through SRV it rests on DNS, and on port 443 alone', async () => {
    assert.equal((await only('by-http.zz')).trust.level, 'insecure');
    const found = await only('by-srv.zz');
    assert.deepEqual([found.trust.level, found.where], ['dns', 'https://pox-host.zz/autodiscover/autodiscover.xml']);
  });

  test('that asks for a login, knows nobody, goes round in circles or leaves HTTPS ends there', async () => {
    const ending = async (name: string) => endings(await ask(name), 'autodiscover').map((line) => line.split(' ')[1]);
    assert.ok((await ending('login.zz')).includes('needs-login'));
    assert.ok((await ending('pox-error.zz')).includes('error-reply'));
    assert.ok((await ending('pox-ring.zz')).includes('too-many-redirects'));
    assert.ok((await ending('pox-down.zz')).includes('bad-url'));
  });
});

describe('TXT mailconf', () => {
  test('names a file, and is trusted as DNS is', async () => {
    const found = await only('mailconf.zz');
    assert.deepEqual([found.mechanism, found.trust.level], ['mailconf', 'dns']);
    assert.deepEqual(serversOf(found), at('mailconf.zz'));
  });

  test('that is no proper URL is asked for as it is, and harms nobody', async () => {
    const [line = ''] = endings(await ask('odd-mailconf.zz'), 'mailconf');
    assert.match(line, /^https:\/\/files\.mailconf\.zz\/%\?%EMAILADDRESS% not-found \(404\)$/);
  });

  test('with another scheme than https is not followed', async () => {
    assert.deepEqual(endings(await ask('bad-mailconf.zz'), 'mailconf'), [
      'TXT bad-mailconf.zz bad-url (http://files.mailconf.zz/mail.xml)',
    ]);
  });
});

describe('a domain that publishes nothing', () => {
  test('has a report of what was asked', async () => {
    const seen = await ask('nothing.zz');
    assert.deepEqual(seen.findings, []);
    assert.deepEqual(
      [...new Set(seen.attempts.map(({ mechanism, code }) => `${mechanism} ${code}`))],
      ['autoconfig no-host', 'pacc no-host', 'mailconf no-record', 'autodiscover no-host', 'srv no-record'],
    );
    assert.deepEqual(seen.mx, { kind: 'none', exists: false });
    assert.equal(seen.told, undefined, 'and nobody was told an address');
  });

  test('may say that it has no mail', async () => {
    assert.deepEqual((await ask('no-mail.zz')).mx, { kind: 'null' });
    assert.deepEqual((await ask('both.zz')).mx, { kind: 'hosts', hosts: [{ preference: 10, host: 'mx.both.zz' }] });
  });
});
