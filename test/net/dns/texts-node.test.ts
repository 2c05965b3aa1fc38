import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { nodeResolver } from '../../../src/net/dns/resolver-node.ts';
import { textsOfAll } from '../../../src/net/dns/texts-node.ts';
import { noGuard } from '../../../src/net/guard.ts';
import { addressGuard } from '../../../src/net/guard-node.ts';
import { type DnsServer, startDns, type ZoneEntry } from '../../dns-server.ts';

const name = '_mailatlas.mail.example';
/** What the resolver knows, and what the domain's own server says. */
const known: Record<string, ZoneEntry> = {};
const own: Record<string, ZoneEntry> = {};
let resolver: DnsServer;
let authority: DnsServer;

before(async () => {
  [resolver, authority] = await Promise.all([startDns(known), startDns(own)]);
});
after(() => Promise.all([resolver.stop(), authority.stop()]));

function ask(zone: Record<string, ZoneEntry>, direct: Record<string, ZoneEntry>, guard = noGuard, asked = name) {
  for (const map of [known, own]) for (const key of Object.keys(map)) delete map[key];
  Object.assign(known, zone);
  Object.assign(own, direct);
  const port = Number(authority.address.split(':')[1]);
  return textsOfAll({ resolvers: [nodeResolver(resolver.address)], guard, port })(asked);
}
const texts = (...said: string[]) => ({ kind: 'texts', texts: said });
const servers = { 'mail.example': { NS: ['ns.mail.example'] }, 'ns.mail.example': { A: ['127.0.0.1'] } };

describe('TXT records', () => {
  test('are asked of the resolver and of the domain’s own name server', async () => {
    const zone = { ...servers, [name]: { TXT: ['from the resolver'] } };
    const found = await ask(zone, { [name]: { TXT: ['from the zone', 'another'] } });
    assert.deepEqual(found, [texts('from the resolver'), texts('from the zone', 'another')]);
  });

  test('of a name below a private suffix are asked of whoever has the zone above it', async () => {
    const below = '_mailatlas.me.mail.example';
    const zone = { ...servers, 'me.mail.example': 'nodata', [below]: { TXT: ['a'] } } as const;
    const found = await ask(zone, { [below]: { TXT: ['b'] } }, noGuard, below);
    assert.deepEqual(found, [texts('a'), texts('b')]);
  });

  test('that are an alias are followed by the resolver alone', async () => {
    const zone = { ...servers, [name]: { CNAME: ['proof.other.example'], TXT: ['a'] } };
    assert.deepEqual(await ask(zone, {}), [texts('a')]);
  });

  test('are not asked of a server inside the operator’s network', async () => {
    const asked = authority.questions.length;
    const zone = { ...servers, [name]: { TXT: ['a'] } };
    assert.deepEqual(await ask(zone, { [name]: { TXT: ['b'] } }, addressGuard), [texts('a')]);
    assert.equal(authority.questions.length, asked);
  });

  test('of a lame server count for nothing where another one answers, and are a failure where none does', async () => {
    const failed = { kind: 'failed', why: 'server-failure' };
    assert.deepEqual(await ask({ ...servers, [name]: { TXT: ['a'] } }, { [name]: 'servfail' }), [texts('a'), failed]);
  });

  test('that are nowhere are none, everywhere', async () => {
    const found = await ask({ ...servers }, {});
    assert.deepEqual(
      found.map(({ kind }) => kind),
      ['none', 'none'],
    );
    assert.deepEqual((await ask({}, {})).length, 1);
  });
});
