import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { withHosted } from '../../src/atlas/hosted.ts';
import { lookup } from '../../src/lookup/ladder.ts';
import { parseDomain } from '../../src/name/domain.ts';
import { curated, leftOut, record } from '../records.ts';

const base = compileAtlas(
  curated({
    providers: [
      record({ id: 'mail.example' }),
      record({ id: 'other.example', domains: ['other.example', '*.wild.de'] }),
    ],
    leftOut: [leftOut('left.de')],
  }),
);
const hosted = (...domains: string[]) =>
  withHosted(base, new Map(domains.map((domain) => [parseDomain(domain), 'mail.example'])));

async function found(domain: string, atlas = hosted('customer.de', 'a.wild.de', 'left.de')): Promise<string> {
  const result = await lookup(atlas, parseDomain(domain));
  return 'answer' in result ? `${result.answer.provider.id} by ${result.answer.matchedBy}` : result.miss.reason;
}

test('a listed domain leads to its record', async () => {
  assert.equal(await found('customer.de'), 'mail.example by list');
  assert.equal(await found('Customer.DE.'), 'mail.example by list');
});

test('the operator’s list goes before wildcards and before what is left out', async () => {
  assert.equal(await found('a.wild.de'), 'mail.example by list');
  assert.equal(await found('left.de'), 'mail.example by list');
  assert.equal(await found('b.wild.de'), 'other.example by wildcard');
});

test('a list says nothing of the domains below and above', async () => {
  assert.equal(await found('sub.customer.de'), 'unknown-domain');
  assert.equal(await found('wild.de'), 'unknown-domain');
  assert.equal(await found('other.example'), 'other.example by domain');
});

test('a listed domain whose record has gone is as if it were not listed', async () => {
  const stale = withHosted(base, new Map([[parseDomain('customer.de'), 'gone.example']]));
  assert.equal(await found('customer.de', stale), 'unknown-domain');
});

test('the record does not tell who is listed', () => {
  assert.deepEqual(hosted('customer.de').records.get('mail.example')?.domains, ['mail.example']);
});
