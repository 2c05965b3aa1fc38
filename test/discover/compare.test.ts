/** Our record held against what a domain publishes: every state, and what it takes for a difference. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Comparison, compare, type State, states } from '../../src/discover/compare.ts';
import { stateSentences } from '../../src/discover/compare-sentences.ts';
import { discover } from '../../src/discover/discover.ts';
import type { Discovery, Finding, SrvSeen } from '../../src/discover/model.ts';
import { type Domain, parseDomain } from '../../src/name/domain.ts';
import type { SrvRecord } from '../../src/net/dns/resolver.ts';
import { imap, record, smtp } from '../records.ts';
import { startWorld, type World } from './world.ts';

const domain = 'mail.example' as Domain;
const ours = record();
const pop3 = { ...imap({ host: 'pop.mail.example', port: 995 }), protocol: 'pop3' } as const;
const seen: State[] = [];

type Facts = Partial<Finding['record']>;

/** What was found: by default the very servers of our record. */
function published(more: Facts = {}, mechanism: Finding['mechanism'] = 'autoconfig'): Finding {
  const { incoming, outgoing } = ours;
  const facts = { id: domain, domains: [domain], incoming, outgoing, sources: {}, ...more };
  return {
    mechanism,
    where: 'https://mail.example/',
    trust: { level: 'tls', certified: [] },
    record: facts,
    remarks: [],
  };
}

function discovery(findings: readonly Finding[], more: Partial<Discovery> = {}): Discovery {
  const at = '2026-11-20T10:00:00.000Z';
  const mx = { kind: 'none', exists: true } as const;
  return { domain, at, placeholder: true, findings, attempts: [], srv: [], mx, ...more };
}

/** The verdict, and every row but matches: `host-differs imap tls: ours | theirs`. */
function say({ verdict, rows }: Comparison): string[] {
  seen.push(...rows.map(({ state }) => state));
  const lines = rows
    .filter(({ state }) => state !== 'match')
    .map(({ state, service, ours: own = '-', theirs = '-' }) => `${state} ${service}: ${own} | ${theirs}`);
  return [verdict, ...lines];
}
const against = (facts: Facts, provider = ours) => say(compare(provider, discovery([published(facts)])));

describe('a finding', () => {
  test('with our servers agrees', () => {
    assert.deepEqual(against({}), ['agrees']);
  });

  test('with another host or port differs', () => {
    assert.deepEqual(against({ incoming: [imap({ host: 'mx.mail.example' })] }), [
      'differs',
      'host-differs imap tls: imap.mail.example:993 | mx.mail.example:993',
    ]);
    assert.deepEqual(against({ outgoing: [smtp({ port: 2465 })] }), [
      'differs',
      'port-differs smtp tls: smtp.mail.example:465 | smtp.mail.example:2465',
    ]);
  });

  test('that leaves something out does not differ', () => {
    assert.deepEqual(against({ incoming: [] }), ['agrees', 'missing imap tls: imap.mail.example:993 | -']);
  });

  test('with one more way to our hosts does not differ, with another host it does', () => {
    const more = imap({ port: 143, security: 'starttls' });
    assert.deepEqual(against({ incoming: [imap(), more] }), [
      'agrees',
      'extra imap starttls: - | imap.mail.example:143',
    ]);
    assert.deepEqual(against({ incoming: [imap(), pop3] }), ['differs', 'extra pop3 tls: - | pop.mail.example:995']);
  });

  test('with another user name or sign-in differs', () => {
    assert.deepEqual(against({ incoming: [imap({ username: '%EMAILLOCALPART%', auth: ['GSSAPI'] })] }), [
      'differs',
      'username-differs imap tls: %EMAILADDRESS% | %EMAILLOCALPART%',
      'auth-differs imap tls: password-cleartext | GSSAPI',
    ]);
    const asks = record({ incoming: [imap({ username: 'ask', hint: { en: 'Your number', de: 'Ihre Nummer' } })] });
    assert.deepEqual(against({}, asks), ['agrees']);
  });

  test('that prefers what begins without TLS, has nothing else, or is not encrypted is worth a note', () => {
    const starttls = imap({ port: 143, security: 'starttls' });
    const both = record({ incoming: [imap(), starttls] });
    assert.deepEqual(against({ incoming: [starttls, imap()] }, both), [
      'agrees',
      'insecure-preferred imap: - | imap.mail.example:143, imap.mail.example:993',
    ]);
    assert.deepEqual(against({ incoming: [starttls] }, both), [
      'agrees',
      'missing imap tls: imap.mail.example:993 | -',
      'tls-only-missing imap: imap.mail.example:993 | -',
    ]);
    assert.deepEqual(against({ incoming: [imap(), imap({ port: 143, security: 'none' })] }), [
      'agrees',
      'plaintext-offered imap none: - | imap.mail.example:143',
    ]);
  });

  test('of a provider that, we say, lets no mail program in is a conflict', () => {
    const closed = record({ access: 'none', incoming: [], outgoing: [], restriction: { sources: ['help'] } });
    assert.deepEqual(against({ outgoing: [] }, closed), [
      'differs',
      'not-offered-conflict imap tls: - | imap.mail.example:993',
    ]);
  });

  test('has services by their host; those that it leaves out say nothing', () => {
    const service = (protocol: 'caldav' | 'carddav', url: string) => {
      const { username, auth, sources } = imap();
      return { protocol, url, username, auth, sources };
    };
    const dav = record({
      services: [service('caldav', 'https://dav.mail.example/c/'), service('carddav', 'https://dav.mail.example/a/')],
    });
    assert.deepEqual(against({ services: [service('caldav', 'https://dav.mail.example/.well-known/caldav')] }, dav), [
      'agrees',
    ]);
    assert.deepEqual(against({ services: [service('caldav', 'https://old.mail.example/')] }, dav), [
      'differs',
      'host-differs caldav: https://dav.mail.example/c/ | https://old.mail.example/',
    ]);
  });

  test('that contradicts another one is worth a note', () => {
    const other = published({ incoming: [imap({ host: 'other.mail.example' })] }, 'autodiscover');
    const [verdict, ...lines] = say(compare(ours, discovery([published(), other])));
    assert.equal(verdict, 'differs');
    assert.equal(
      lines.at(-1),
      'inconsistent imap: - | autoconfig imap.mail.example:993 tls, autodiscover other.mail.example:993 tls',
    );
  });
});

describe('the zone', () => {
  const srv = (label: SrvSeen['label'], facts: Partial<SrvSeen>): SrvSeen => ({
    label,
    answer: { kind: 'none', exists: false },
    aliases: [],
    dead: [],
    ...facts,
  });
  const records = (...targets: SrvRecord[]) => ({ kind: 'records', records: targets }) as const;
  const root = { priority: 0, weight: 0, port: 0, target: '' };
  const zone = (...all: SrvSeen[]) => say(compare(ours, discovery([], { srv: all })));

  test('may say that a service is not offered, as we do, or against us', () => {
    assert.deepEqual(zone(srv('_pop3s._tcp', { answer: records(root) })), [
      'nothing',
      'not-offered pop3 tls: - | _pop3s._tcp SRV .',
    ]);
    assert.deepEqual(zone(srv('_imaps._tcp', { answer: records(root) })), [
      'differs',
      'not-offered-conflict imap tls: imap.mail.example:993 | _imaps._tcp SRV .',
    ]);
  });

  test('may lead to an alias, or to nothing', () => {
    const answer = records({ ...root, port: 993, target: 'imap.mail.example' });
    const alias = srv('_imaps._tcp', { answer, aliases: ['imap.mail.example'] });
    assert.deepEqual(zone(alias), ['nothing', 'alias-target imap tls: - | imap.mail.example']);
    const dead = srv('_imaps._tcp', { answer, dead: ['imap.mail.example'] });
    assert.deepEqual(zone(dead), ['differs', 'unresolvable-target imap tls: - | imap.mail.example']);
  });

  test('that cannot be asked proves nothing', () => {
    const failed = srv('_imaps._tcp', { answer: { kind: 'failed', why: 'timeout' } });
    assert.deepEqual(zone(failed), ['unknown', 'lookup-error imap tls: - | _imaps._tcp: timeout']);
  });
});

describe('a domain that publishes nothing', () => {
  test('is told from one that could not be asked', () => {
    assert.deepEqual(say(compare(ours, discovery([]))), ['nothing']);
    const attempts = [{ mechanism: 'autoconfig', asked: 'https://…', code: 'timeout' }] as const;
    assert.deepEqual(say(compare(ours, discovery([], { attempts }))), ['unknown']);
  });
});

describe('over real sockets', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  test('a whole zone against a record', async () => {
    const provider = record({
      id: 'srv.zz',
      incoming: [imap({ host: 'imap.srv.zz' }), imap({ host: 'imap.srv.zz', port: 143, security: 'starttls' })],
      outgoing: [smtp({ host: 'smtp.srv.zz' }), smtp({ host: 'smtp.srv.zz', port: 587, security: 'starttls' })],
    });
    const found = await discover(parseDomain('srv.zz'), world.ports, { timeout: 30_000 });
    assert.deepEqual(say(compare(provider, found)), [
      'differs',
      'extra imap tls: - | big.srv.zz:993',
      'missing smtp starttls: smtp.srv.zz:587 | -',
      'extra pop3 tls: - | pop.srv.zz:995',
      'extra jmap: - | https://jmap.srv.zz/.well-known/jmap',
      'extra caldav: - | https://dav.srv.zz:8443/calendars/',
      'extra carddav: - | https://dav.srv.zz/.well-known/carddav',
      'extra managesieve starttls: - | imap.srv.zz:4190',
      'alias-target imap tls: - | big.srv.zz',
      'unresolvable-target pop3 tls: - | pop.srv.zz',
      'not-offered pop3 starttls: - | _pop3._tcp SRV .',
    ]);
  });
});

test('every state was seen in these tests, and has its sentences', () => {
  assert.deepEqual(
    [...states].filter((state) => !seen.includes(state)),
    [],
  );
  for (const state of states)
    for (const sentence of Object.values(stateSentences[state])) assert.ok(sentence.length > 0);
});
