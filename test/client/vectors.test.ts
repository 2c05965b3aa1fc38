/**
 * Vectors for readers of bundles in other languages, in test/vectors/bundle/: files, and what becomes of them. They are made
 * here (Ed25519 signatures of the same octets are the same) and held against this library.
 * UPDATE_GOLDEN=1 writes them anew: that is a new version of the format, or a mistake.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { BundleError, openBundle } from '../../src/client/client.ts';
import type { Domain } from '../../src/name/domain.ts';
import { type EndpointKey, nothingKnown } from '../../src/provider/model.ts';
import { bundleOf, madeAt, ours, theirs } from '../bundles.ts';
import { handler, imap, leftOut, curated as of, record, smtp } from '../records.ts';

const world = of({
  providers: [
    record({
      name: 'Grüße & “Post”',
      domains: ['*.mail.example', 'mail.example'],
      sources: { help: { url: 'https://mail.example/help', seen: '2026-11-01', says: 'imap.mail.example 993' } },
    }),
    record({
      id: 'hoster.example',
      domains: [],
      mx: ['*.mx.hoster.co.uk'],
      incoming: [imap({ host: '{mx}' }), imap({ host: 'sold.hoster.co.uk' })],
      outgoing: [smtp({ host: 'smtp.{domain}' })],
    }),
  ],
  others: [handler('gateway', '*.gateway.example')],
  leftOut: [leftOut('nowhere.example', 'dead')],
});
const knowledge = {
  ...nothingKnown,
  statuses: new Map([
    [
      'imap://imap.mail.example:993?security=tls' as EndpointKey,
      { status: 'verified' as const, checkedAt: '2026-11-20T09:00:00.000Z' },
    ],
  ]),
  quarantine: new Map([['sold.hoster.co.uk' as Domain, { at: '2026-11-19T00:00:00.000Z', why: 'It was sold.' }]]),
};
const good = bundleOf(world, { knowledge });
const text = good.toString();
const files: Record<string, Buffer> = {
  'good.bundle': good,
  'good.bundle.gz': gzipSync(good, { level: 9 }),
  'two-signatures.bundle': bundleOf(world, { knowledge, signers: [theirs, ours] }),
  'unsigned.bundle': Buffer.from(text.replace(/signature .*\n/, '')),
  'altered.bundle': Buffer.from(text.replace('"port":993', '"port":994')),
  'other-key.bundle': bundleOf(world, { knowledge, signers: [theirs] }),
  'other-version.bundle': Buffer.from(text.replace('bundle 1', 'bundle 2')),
};

interface Vectors {
  /** Keys that are trusted: base64 of 32 octets. */
  keys: string[];
  /** Every file at `now`, unless a case says otherwise; `expect` is “opens” or the code of the refusal. */
  now: string;
  cases: { file: string; expect: string; seen?: number; now?: string }[];
  /** In good.bundle: the hosts that are given, in order, or why nothing is. */
  lookups: { ask: string; mx?: { preference: number; host: string }[]; expect: string[] | string }[];
}

const revision = madeAt.getTime() / 1000;
const vectors: Vectors = {
  keys: [ours.publicKey],
  now: madeAt.toISOString(),
  cases: [
    { file: 'good.bundle', expect: 'opens' },
    { file: 'good.bundle.gz', expect: 'opens' },
    { file: 'two-signatures.bundle', expect: 'opens' },
    { file: 'good.bundle', seen: revision, expect: 'opens' },
    { file: 'good.bundle', seen: revision + 1, expect: 'rolled-back' },
    { file: 'good.bundle', now: '2026-12-20T10:00:01.000Z', expect: 'expired' },
    { file: 'unsigned.bundle', expect: 'unsigned' },
    { file: 'altered.bundle', expect: 'altered' },
    { file: 'other-key.bundle', expect: 'unknown-key' },
    { file: 'other-version.bundle', expect: 'unknown-version' },
  ],
  lookups: [
    { ask: 'mail.example', expect: ['imap.mail.example:993', 'smtp.mail.example:465'] },
    { ask: 'any.mail.example', expect: ['imap.mail.example:993', 'smtp.mail.example:465'] },
    {
      ask: 'customer.example',
      mx: [
        { preference: 20, host: 'in.gateway.example' },
        { preference: 10, host: 'a1.mx.hoster.co.uk' },
      ],
      expect: ['a1.mx.hoster.co.uk:993', 'smtp.customer.example:465'],
    },
    { ask: 'customer.example', expect: 'unknown-domain' },
    { ask: 'customer.example', mx: [{ preference: 10, host: 'in.gateway.example' }], expect: 'gateway' },
    { ask: 'mx.hoster.co.uk', expect: [] },
    { ask: 'co.uk', expect: 'unknown-domain' },
    { ask: 'nowhere.example', expect: 'left-out' },
  ],
};

const at = (name: string) => new URL(`../vectors/bundle/${name}`, import.meta.url);
if (process.env['UPDATE_GOLDEN'] === '1') {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(name), bytes);
  writeFileSync(at('vectors.json'), `${JSON.stringify(vectors, null, 2)}\n`);
}
const kept = JSON.parse(readFileSync(at('vectors.json'), 'utf8')) as Vectors;

describe('The vectors for other readers', () => {
  test('are what the program writes today', () => {
    assert.deepEqual(kept, vectors);
    // What gzip makes of the same octets is the library's business.
    for (const [name, bytes] of Object.entries(files))
      if (!name.endsWith('.gz')) assert.ok(readFileSync(at(name)).equals(bytes), name);
  });

  for (const { file, expect, seen, now = kept.now } of kept.cases) {
    const when = [seen === undefined ? '' : `, ${seen} seen`, now === kept.now ? '' : `, at ${now}`].join('');
    test(`${file}${when}: ${expect}`, async () => {
      const opened = openBundle(readFileSync(at(file)), {
        keys: kept.keys,
        now: new Date(now),
        ...(seen !== undefined && { seen }),
      });
      const code = await opened.then(
        () => 'opens',
        (error: unknown) => (error instanceof BundleError ? error.code : String(error)),
      );
      assert.equal(code, expect);
    });
  }

  for (const { ask, mx = [], expect } of kept.lookups) {
    test(`${ask}${mx.length > 0 ? ` with ${mx.length} MX` : ''}: ${String(expect)}`, async () => {
      const atlas = await openBundle(readFileSync(at('good.bundle')), { keys: kept.keys, now: new Date(kept.now) });
      const result = await atlas.lookup(ask, { mx });
      const seen =
        'answer' in result
          ? [...result.answer.incoming, ...result.answer.outgoing].map(({ host, port }) => `${host}:${port}`)
          : result.miss.reason;
      assert.deepEqual(seen, expect);
    });
  }
});
