/** Bundles, as a client gets them from anybody, and as somebody with the key might make them. */
import assert from 'node:assert/strict';
import { bundleFile } from '../../../src/atlas/bundle-write.ts';
import { BundleError, openBundle } from '../../../src/client/client.ts';
import { bundleOf, madeAt, ours } from '../../bundles.ts';
import { curated } from '../../web/records.ts';
import { assertHarmless } from '../holds.ts';
import type { Target } from '../target.ts';

const good = bundleOf(curated).toString('utf8');
const payload = good.slice(good.indexOf('\n\n') + 2);

export const bundle: Target = {
  name: 'bundle',
  holds:
    'no octet of a bundle can be changed; and one with a good signature and a bad payload is opened, or refused by a code',
  form: 'lines',
  most: 24 * 1024,
  seeds: () => [
    good,
    good.slice(0, 3000),
    payload.slice(0, 4000),
    `${payload.split('\n').slice(0, 3).join('\n')}\n{"end":3}\n`,
  ],
  words: [
    'mailatlas-bundle 1\n',
    'mailatlas-bundle 2\n',
    'signature ',
    '{"end":1}',
    'null',
    '[]',
    '1',
    '{"provider":null}',
    '{"mailatlas":{}}',
    '{"endpoint":"a"}',
    '{"quarantine":{}}',
  ],
  async run(input) {
    const given = Buffer.from(input);
    const opened = await openOrRefused(given);
    assert.ok(!opened || input.endsWith(`\n\n${payload}`), 'only what was signed is opened');
    // Whoever has the key can sign anything; a client must live to say so.
    const lines = input.startsWith('mailatlas-bundle') ? input.slice(input.indexOf('\n\n') + 2) : input;
    const atlas = await openOrRefused(Buffer.from(bundleFile(lines, [ours])));
    return atlas?.providers;
  },
};

async function openOrRefused(file: Uint8Array) {
  try {
    return await openBundle(file, { keys: [ours.publicKey], now: madeAt });
  } catch (error) {
    assert.ok(error instanceof BundleError, String(error instanceof Error ? error.stack : error));
    assertHarmless(error.message, 'the refusal');
    return undefined;
  }
}
