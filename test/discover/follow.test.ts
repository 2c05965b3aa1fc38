/** A provider's own file that is followed: what it takes to be heard, and what becomes of our record then. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { compare } from '../../src/discover/compare.ts';
import { followed, followedDomain } from '../../src/discover/follow.ts';
import type { Attempt, Discovery, Finding } from '../../src/discover/model.ts';
import type { Domain } from '../../src/name/domain.ts';
import type { Provider } from '../../src/provider/model.ts';
import { checkRules } from '../../src/submit/checks/rules.ts';
import { curated, imap, record, smtp } from '../records.ts';

const where = 'https://autoconfig.mail.zz/mail/config-v1.1.xml';
const help = { help: { url: 'https://mail.zz/help', seen: '2026-11-01', says: 'imap.mail.zz 993' } };
const base: Partial<Provider> = {
  id: 'mail.zz',
  domains: ['mail.zz', 'post.zz'],
  follow: { mechanism: 'autoconfig' },
  sources: help,
};
const ours = (facts: Partial<Provider> = {}) => record({ ...base, ...facts });

interface Facts {
  readonly incoming?: Finding['record']['incoming'];
  readonly outgoing?: Finding['record']['outgoing'];
  readonly finding?: Partial<Finding>;
  readonly attempts?: readonly Attempt[];
  readonly domain?: string;
}

/** What the domain publishes; by default what our record says. */
function published({ finding = {}, attempts = [], domain = 'mail.zz', ...lists }: Facts = {}): Discovery {
  const { incoming, outgoing } = { ...ours(), ...lists };
  const sources = { import: { autoconfig: where, seen: '2026-11-20' } };
  const one: Finding = {
    mechanism: 'autoconfig',
    where,
    trust: { level: 'tls', certified: [] },
    record: { id: domain, domains: [domain], incoming, outgoing, sources },
    remarks: [],
    ...finding,
  };
  const mx = { kind: 'none', exists: true } as const;
  return {
    domain: domain as Domain,
    at: '2026-11-20T10:00:00.000Z',
    placeholder: true,
    findings: [one],
    attempts,
    srv: [],
    mx,
  };
}

/** The proposal for a record, which the rules of the catalog must be content with. */
function proposed(mine: Provider, facts: Facts): Provider {
  const seen = followed(mine, published(facts));
  assert.equal(seen.kind, 'differs');
  assert.ok(seen.kind === 'differs');
  const draft = { kind: 'change', id: mine.id, record: seen.proposal, reason: '', language: 'en' } as const;
  const { state, items } = checkRules(draft, compileAtlas(curated({ providers: [mine] })), '2026-11-20');
  assert.equal(state, 'passed', JSON.stringify(items));
  // What is proposed is what the file says: held against it, it differs no more.
  assert.notEqual(compare(seen.proposal, published(facts)).verdict, 'differs');
  return seen.proposal;
}

describe('What is followed', () => {
  test('is heard at the main domain of the record, else at its first', () => {
    assert.equal(followedDomain(ours()), 'mail.zz');
    assert.equal(followedDomain(ours({ domains: ['*.mail.zz', 'post.zz'] })), 'post.zz');
    assert.equal(followedDomain(ours({ follow: undefined })), undefined);
    assert.deepEqual(followed(ours(), published({ domain: 'post.zz' })), { kind: 'silent' });
  });

  test('says the same as long as nothing differs', () => {
    assert.deepEqual(followed(ours(), published()), { kind: 'same' });
    assert.deepEqual(followed(ours({ follow: undefined }), published()), { kind: 'silent' });
  });

  const moved = { incoming: [imap({ host: 'imap2.mail.zz' })] };
  for (const [what, finding] of [
    ['over plain HTTP', { trust: { level: 'insecure', certified: [] } }],
    ['by way of DNS', { trust: { level: 'dns', certified: [] } }],
    ['by another mechanism', { mechanism: 'autodiscover' }],
  ] as const satisfies readonly (readonly [string, Partial<Finding>])[]) {
    test(`is not what came ${what}`, () => {
      assert.deepEqual(followed(ours(), published({ ...moved, finding })), { kind: 'silent' });
    });
  }

  test('is the file at the address that the record names, and no other one', () => {
    const pinned = (url: string) => ours({ follow: { mechanism: 'autoconfig', url } });
    assert.equal(followed(pinned(where), published(moved)).kind, 'differs');
    const known = 'https://mail.zz/.well-known/autoconfig/mail/config-v1.1.xml';
    assert.equal(followed(pinned(known), published(moved)).kind, 'silent');
    const same: Attempt = { mechanism: 'autoconfig', asked: known, code: 'found-same' };
    assert.equal(
      followed(pinned(known), published({ ...moved, attempts: [same] })).kind,
      'differs',
      'both say the same',
    );
  });
});

describe('A proposal', () => {
  test('moves a server, says where that is from, and leaves the rest alone', () => {
    const mine = ours({ webmail: 'https://web.mail.zz/' });
    const { incoming, outgoing, sources, ...rest } = proposed(mine, { incoming: [imap({ host: 'imap2.mail.zz' })] });
    assert.deepEqual(incoming, [imap({ host: 'imap2.mail.zz', sources: ['autoconfig'] })]);
    assert.deepEqual(outgoing, mine.outgoing);
    assert.deepEqual(sources, { ...help, autoconfig: { autoconfig: where, says: 'imap tls imap2.mail.zz:993' } });
    const { incoming: _in, outgoing: _out, sources: _sources, ...before } = mine;
    assert.deepEqual(rest, before);
  });

  test('is the same record however often it is made', () => {
    const facts = { incoming: [imap({ host: 'imap2.mail.zz' })] };
    assert.deepEqual(proposed(ours(), facts), proposed(ours(), facts));
  });

  test('keeps what the file knows nothing of: hints, better sign-in, servers that it leaves out', () => {
    const mine = ours({
      incoming: [imap({ host: 'imap.mail.zz' }), { ...imap({ host: 'pop.mail.zz', port: 995 }), protocol: 'pop3' }],
    });
    const facts = { incoming: [imap({ host: 'imap.mail.zz', port: 1993 })] };
    assert.deepEqual(
      proposed(mine, facts).incoming.map(({ protocol, host, port }) => `${protocol} ${host}:${port}`),
      ['imap imap.mail.zz:1993', 'pop3 pop.mail.zz:995'],
    );
    const asks = { username: 'ask', hint: { en: 'Your number', de: 'Ihre Nummer' } } as const;
    const numbered = ours({ incoming: [imap({ host: 'imap.mail.zz', ...asks })] });
    const [server] = proposed(numbered, { incoming: [imap({ host: 'imap2.mail.zz' })] }).incoming;
    assert.deepEqual([server?.username, server?.hint], ['ask', asks.hint]);
  });

  test('takes another user name, and sign-in where there is none in common; its own sources go on to speak', () => {
    const facts = {
      outgoing: [smtp({ host: 'smtp.mail.zz', username: '%EMAILLOCALPART%', auth: ['password-encrypted'] })],
    };
    assert.deepEqual(proposed(ours(), facts).outgoing, [
      smtp({
        host: 'smtp.mail.zz',
        username: '%EMAILLOCALPART%',
        auth: ['password-encrypted'],
        sources: ['autoconfig', 'help'],
      }),
    ]);
    const more = { outgoing: [smtp({ host: 'smtp.mail.zz', auth: ['OAuth2', 'password-cleartext'] })] };
    assert.deepEqual(followed(ours(), published(more)), { kind: 'same' });
  });

  test('adds a server that we do not know, where mail programs need it to be, and none without encryption', () => {
    const pop = { ...imap({ host: 'pop.mail.zz', port: 995 }), protocol: 'pop3' } as const;
    const backup = imap({ host: 'imap-b.mail.zz' });
    const mine = ours({ incoming: [imap({ host: 'imap.mail.zz' }), pop] });
    const plain = imap({ host: 'old.mail.zz', port: 143, security: 'none' });
    const { incoming } = proposed(mine, { incoming: [imap({ host: 'imap.mail.zz' }), backup, plain] });
    assert.deepEqual(
      incoming.map(({ host }) => host),
      ['imap.mail.zz', 'imap-b.mail.zz', 'pop.mail.zz'],
    );
    const second = imap({ host: 'imap.mail.zz', port: 143, security: 'starttls' });
    const way = { incoming: [imap({ host: 'imap.mail.zz' }), second, plain] };
    assert.deepEqual(followed(ours(), published(way)), { kind: 'same' }, 'a second way to a host is a choice');
  });

  test('drops a source that says nothing any more, and uses the key of the file where it is one', () => {
    const old = { autoconfig: where, seen: '2026-01-01', says: 'imap.mail.zz 993' };
    const mine = ours({
      incoming: [imap({ host: 'imap.mail.zz', sources: ['file'] })],
      sources: { ...help, file: { list: 'somebody/list', revision: '1234567' }, autoconfig: old },
      outgoing: [smtp({ host: 'smtp.mail.zz', sources: ['help', 'autoconfig'] })],
    });
    const { sources } = proposed(mine, { incoming: [imap({ host: 'imap2.mail.zz' })] });
    assert.deepEqual(Object.keys(sources).sort(), ['autoconfig', 'help']);
    const foreign = ours({ sources: { ...help, autoconfig: { autoconfig: 'https://elsewhere.zz/' } } });
    const { sources: both } = followedRecord(foreign, { incoming: [imap({ host: 'imap2.mail.zz' })] });
    assert.deepEqual(both['autoconfig-2'], { autoconfig: where, says: 'imap tls imap2.mail.zz:993' });
  });
});

function followedRecord(mine: Provider, facts: Facts): Provider {
  const seen = followed(mine, published(facts));
  assert.ok(seen.kind === 'differs');
  return seen.proposal;
}
