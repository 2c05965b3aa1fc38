import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { compileAtlas } from '../../../src/atlas/atlas.ts';
import { nodeResolver } from '../../../src/net/dns/resolver-node.ts';
import {
  type AskTexts,
  checkProof,
  proofLine,
  proofName,
  proofsOf,
  proofValue,
} from '../../../src/submit/checks/proof.ts';
import type { Draft } from '../../../src/submit/model.ts';
import { type DnsServer, startDns, type ZoneEntry } from '../../dns-server.ts';
import { curated, record } from '../../records.ts';

const proved = { number: 12, receiptDigest: createHash('sha256').update('a receipt').digest('hex') };
const value = proofValue(proved);
const atlas = compileAtlas(curated());
const draft: Draft = {
  kind: 'new',
  id: 'mail.example',
  record: record({ domains: ['mail.example', 'mail.other.example'] }),
  reason: '',
  language: 'en',
};

/** Two resolvers, each with its own view of the world. */
const zones: [Record<string, ZoneEntry>, Record<string, ZoneEntry>] = [{}, {}];
let servers: DnsServer[];
let ask: AskTexts;

before(async () => {
  servers = await Promise.all(zones.map(startDns));
  const resolvers = servers.map(({ address }) => nodeResolver(address));
  ask = (name) => Promise.all(resolvers.map((resolver) => resolver.txt(name)));
});
after(() => Promise.all(servers.map((server) => server.stop())));

/** What is said of mail.example when the resolvers have these records for `_mailatlas.mail.example`. */
async function said(...entries: [ZoneEntry, ZoneEntry?]): Promise<string | undefined> {
  for (const [i, zone] of zones.entries()) {
    zone[proofName('mail.example')] = entries[i] ?? entries[0];
    zone[proofName('other.example')] = 'nxdomain';
  }
  const { items } = await checkProof(draft, atlas, proved, ask, performance.now() + 60_000);
  const found = items.find(({ about }) => about === 'mail.example');
  return found && `${found.state} ${found.code}`;
}
const txt = (...texts: string[]): ZoneEntry => ({ TXT: texts });

describe('a proof of control', () => {
  test('has a name and a value that anybody can compute from number and receipt', () => {
    const digest = '2f73b85f2c0dbb5f07e3f0ec45b41d7c2d7d4a1a8a8a5e5d5b6b6f0a7f4f9a10';
    assert.equal(proofName('mail.example'), '_mailatlas.mail.example');
    assert.match(value, /^mailatlas=12\.[\w-]{43}$/);
    const text = `mailatlas proof 7 ${digest}`;
    const hash = createHash('sha256').update(text).digest('base64url');
    assert.equal(proofValue({ number: 7, receiptDigest: digest }), `mailatlas=7.${hash}`);
    assert.equal(proofLine('mail.example', proved), `_mailatlas.mail.example. IN TXT "${value}"`);
    assert.equal(value.includes(proved.receiptDigest), false);
  });

  test('is held where every resolver shows it, among other texts or cut into pieces', async () => {
    assert.equal(await said(txt(value)), 'passed proved');
    assert.equal(await said(txt('v=spf1 -all', `"${value}"`, 'mailatlas=11.other')), 'passed proved');
  });

  test('is not held by another submission’s value, a part of it, or a zone that answers everything', async () => {
    for (const text of ['mailatlas=', value.slice(0, -1), `${value}x`, value.replace('12', '13'), `x ${value}`, '*'])
      assert.equal(await said(txt(text)), 'attention unproved', text);
    assert.equal(await said('nxdomain'), 'attention unproved');
    assert.equal(await said('nodata'), 'attention unproved');
  });

  test('is not held by one resolver against another', async () => {
    assert.equal(await said(txt(value), txt('mailatlas=12.forged')), 'unknown proof-disagrees');
    assert.equal(await said('nxdomain', txt(value)), 'unknown proof-disagrees');
  });

  test('is unknown while DNS does not answer', async () => {
    assert.equal(await said('servfail'), 'unknown proof-unknown');
    assert.equal(await said('silent', txt(value)), 'unknown proof-unknown');
    assert.equal(await said('servfail', 'nxdomain'), 'attention unproved');
  });

  test('is asked for once a registrable domain, and tells the line for the zone', async () => {
    await said(txt(value));
    const { state, items } = await checkProof(draft, atlas, proved, ask, performance.now() + 60_000);
    assert.equal(state, 'attention');
    assert.deepEqual(
      items.map(({ about }) => about),
      ['mail.example', 'other.example'],
    );
    assert.ok(items[1]?.says.de.includes(proofLine('other.example', proved)));
    const checks = [{ name: 'proof' as const, state, says: { en: '', de: '' }, items }];
    assert.deepEqual(proofsOf(checks), { needed: ['mail.example', 'other.example'], held: ['mail.example'] });
    assert.deepEqual(proofsOf([]), { needed: [], held: [] });
  });

  test('cannot be had for a dry run, nor without a resolver', async () => {
    for (const [number, through] of [
      [undefined, ask],
      [proved, undefined],
    ] as const) {
      const { state, items } = await checkProof(draft, atlas, number, through, performance.now() + 100);
      assert.equal(state, 'unknown');
      assert.deepEqual(
        items.map(({ code }) => code),
        ['proof-unasked', 'proof-unasked'],
      );
    }
  });

  test('does not wait for ever', async () => {
    const never = () => new Promise<never>(() => {});
    const { state, items } = await checkProof(draft, atlas, proved, never, performance.now() + 20);
    assert.deepEqual([state, ...items.map(({ code }) => code)], ['unknown', 'proof-unknown', 'proof-unknown']);
  });

  test('is asked of a hundred domains, and no more', async () => {
    const domains = Array.from({ length: 130 }, (_, i) => `d${i}.example`).sort();
    const asked: string[] = [];
    const count: AskTexts = (name) => {
      asked.push(name);
      return Promise.resolve([{ kind: 'texts', texts: [value] }]);
    };
    const many = { ...draft, record: record({ domains }) };
    const { items } = await checkProof(many, atlas, proved, count, performance.now() + 60_000);
    assert.equal(asked.length, 100);
    assert.deepEqual(items.filter(({ code }) => code === 'not-asked').length, 31);
  });
});
