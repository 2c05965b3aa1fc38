/** The client library: which bundles it opens, and that it answers from them what a server answers. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { bundleFile } from '../../src/atlas/bundle-write.ts';
import { curatedOf, parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { shippedData } from '../../src/cli/options.ts';
import { BundleError, NameError, type OpenAtlas, type OpenOptions, openBundle } from '../../src/client/client.ts';
import { answerJson } from '../../src/formats/json.ts';
import { lookup } from '../../src/lookup/ladder.ts';
import { type Domain, parseDomain } from '../../src/name/domain.ts';
import { stem } from '../../src/name/pattern.ts';
import type { EndpointKey, Knowledge } from '../../src/provider/model.ts';
import { bundleOf, madeAt, ours, theirs } from '../bundles.ts';
import { curated as of, record } from '../records.ts';
import { scriptedMx } from '../web/app.ts';
import { curated } from '../web/records.ts';

const knowledge: Knowledge = {
  statuses: new Map([
    [
      'imap://imap.post.example:993?security=tls' as EndpointKey,
      { status: 'verified', checkedAt: '2026-11-20T09:00:00.000Z', since: '2026-11-01T00:00:00.000Z' },
    ],
    ['imap://imap.village.example:993?security=tls' as EndpointKey, { status: 'failing' }],
  ]),
  signIns: new Map([
    ['imap://pop.post.example:995?security=tls' as EndpointKey, { at: '2026-11-19T00:00:00.000Z', level: 'L3' }],
    ['pop3://pop.post.example:995?security=tls' as EndpointKey, { at: '2026-11-19T00:00:00.000Z', level: 'L4' }],
  ]),
  quarantine: new Map([
    ['dav.post.example' as Domain, { at: '2026-11-19T00:00:00.000Z', why: 'The name is gone.' }],
    ['mail.shop.zz' as Domain, { at: '2026-11-19T00:00:00.000Z', why: 'A customer’s own server was sold.' }],
  ]),
};
const bundle = bundleOf(curated, { knowledge });
const revision = madeAt.getTime() / 1000;
const open = (file: Uint8Array, options: Partial<OpenOptions> = {}) =>
  openBundle(file, { keys: [ours.publicKey], now: madeAt, ...options });

/** The code with which a bundle is refused. */
async function refusal(file: Uint8Array, options: Partial<OpenOptions> = {}): Promise<string> {
  try {
    await open(file, options);
    return 'opened';
  } catch (error) {
    assert.ok(error instanceof BundleError, String(error));
    assert.match(error.message, /^[A-Z].*\.$/, 'it is a sentence');
    return error.code;
  }
}

/** The same bytes with one of them changed. */
function altered(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

describe('A bundle is opened', () => {
  test('where one of the keys that are trusted has signed it', async () => {
    const atlas = await open(bundle);
    assert.equal(atlas.providers, curated.providers.length);
    assert.deepEqual(
      [atlas.revision, atlas.changes, atlas.at, atlas.expires],
      [revision, 7, '2026-11-20T10:00:00.000Z', '2026-12-20T10:00:00.000Z'],
    );
    await open(bundle, { keys: [theirs.publicKey, ours.publicKey] });
  });

  test('with two signatures by who trusts either key: keys can be changed over', async () => {
    const both = bundleOf(curated, { signers: [theirs, ours] });
    for (const { publicKey } of [ours, theirs]) await open(both, { keys: [publicKey] });
  });

  test('compressed as well', async () => {
    assert.equal((await open(gzipSync(bundle))).revision, revision);
  });

  test('where it is as new as one that was seen, to the last second before it expires, and in its grace', async () => {
    await open(bundle, { seen: revision });
    await open(bundle, { now: new Date('2026-12-20T10:00:00Z') });
    await open(bundle, { now: new Date('2026-12-21T10:00:00Z'), grace: 86_400 });
    await open(bundle, { now: new Date('2036-01-01T00:00:00Z'), grace: Number.POSITIVE_INFINITY });
  });

  test('with lines and fields in it that this program does not know', async () => {
    const payload = bundle.toString().split('\n\n')[1] ?? '';
    const newer = payload
      .replace('{"mailatlas":{', '{"mailatlas":{"colour":"blue",')
      .replace(/\{"end":(\d+)\}/, (_, n: string) => `{"weather":{}}\n{"end":${Number(n) + 1}}`);
    assert.equal((await open(Buffer.from(bundleFile(newer, [ours])))).providers, curated.providers.length);
  });
});

describe('A bundle is refused', () => {
  const text = bundle.toString();
  const header = text.indexOf('\n\n');

  test('without a signature, or with one that is none', async () => {
    assert.equal(await refusal(Buffer.from(text.replace(/signature .*\n/, ''))), 'unsigned');
    assert.equal(await refusal(Buffer.from(text.replace(/signature .*\n/, 'signature x y\n'))), 'unsigned');
    assert.equal(await refusal(Buffer.from(text.slice(0, header))), 'unsigned');
  });

  test('by a key that is not trusted', async () => {
    assert.equal(await refusal(bundle, { keys: [theirs.publicKey] }), 'unknown-key');
    assert.equal(await refusal(bundle, { keys: [] }), 'unknown-key');
  });

  test('with another’s signature under a trusted name', async () => {
    const forged = bundleOf(curated, { knowledge, signers: [{ ...theirs, id: ours.id }] });
    assert.equal(await refusal(forged), 'altered');
  });

  test('with any byte of the payload changed, cut off or added', async () => {
    const start = header + 2;
    for (let at = start; at < bundle.length; at += 1 + Math.floor((bundle.length - start) / 50))
      assert.equal(await refusal(altered(bundle, at)), 'altered');
    assert.equal(await refusal(bundle.subarray(0, -1)), 'altered');
    assert.equal(await refusal(Buffer.concat([bundle, Buffer.from('\n')])), 'altered');
  });

  test('after it has expired', async () => {
    assert.equal(await refusal(bundle, { now: new Date('2026-12-20T10:00:01Z') }), 'expired');
    assert.equal(await refusal(bundle, { now: new Date('2026-12-21T10:00:01Z'), grace: 86_400 }), 'expired');
  });

  test('where a newer one was seen: nobody may hand out an old one', async () => {
    assert.equal(await refusal(bundle, { seen: revision + 1 }), 'rolled-back');
  });

  test('of another version, or where it is something else', async () => {
    assert.equal(await refusal(Buffer.from(text.replace('bundle 1', 'bundle 2'))), 'unknown-version');
    assert.equal(await refusal(Buffer.from('<html>')), 'not-a-bundle');
    assert.equal(await refusal(new Uint8Array()), 'not-a-bundle');
    assert.equal(await refusal(Buffer.from([0x1f, 0x8b, 8, 0])), 'not-a-bundle');
    assert.equal(await refusal(gzipSync(bundle).subarray(0, -20)), 'not-a-bundle');
  });

  test('before it fills the memory', async () => {
    const bomb = gzipSync(Buffer.alloc(70 * 1024 * 1024));
    assert.ok(bomb.length < 100_000);
    assert.equal(await refusal(bomb), 'too-large');
  });

  test('with a key that is no key: that is the program’s mistake', async () => {
    await assert.rejects(open(bundle, { keys: ['AAAA'] }), TypeError);
  });
});

describe('A lookup in a bundle', () => {
  const atlas = compileAtlas(curated);
  let offline: OpenAtlas;
  before(async () => {
    offline = await open(bundle);
  });

  /** What the server's ladder says. */
  async function served(domain: string, mx: readonly { preference: number; host: Domain }[] = []): Promise<unknown> {
    const resolver = { mx: () => Promise.resolve({ kind: 'hosts' as const, hosts: [...mx] }) };
    const found = await lookup(atlas, parseDomain(domain), mx.length === 0 ? undefined : resolver);
    return 'answer' in found ? { answer: answerJson(found.answer, knowledge) } : found;
  }

  const names = [
    ...curated.providers.flatMap(({ domains, mx = [] }) => [...domains, ...mx]),
    ...curated.others.flatMap(({ mx }) => mx),
    ...curated.leftOut.map(({ domain }) => domain),
    'unknown.zz',
    'protection.office.example',
    'hoster.example',
  ];
  for (const name of new Set(names.flatMap((pattern) => [stem(pattern), `below.${stem(pattern)}`]))) {
    test(`says of ${name} what the server says, with statuses, sources and what is withheld`, async () => {
      assert.deepEqual(plain(await offline.lookup(name)), plain(await served(name)));
    });
  }

  for (const [domain, seen] of Object.entries(scriptedMx)) {
    if (seen.kind !== 'hosts') continue;
    test(`says of ${domain} what the server says, when it is told the MX hosts`, async () => {
      const mx = seen.hosts.toSorted((a, b) => b.preference - a.preference);
      assert.deepEqual(plain(await offline.lookup(domain, { mx })), plain(await served(domain, seen.hosts)));
    });
  }

  test('takes what people type, and fills the user names in', async () => {
    const result = await offline.lookup(' Fred@BRIEFE.example. ');
    assert.ok('answer' in result);
    assert.deepEqual(
      result.answer.incoming.map(({ username }) => username),
      ['Fred@briefe.example', 'Fred@briefe.example', 'Fred'],
    );
  });

  test('tells what is no domain apart from what is not known', async () => {
    await assert.rejects(offline.lookup('fred@post..example'), NameError);
    assert.deepEqual(await offline.lookup('nowhere.zz'), { miss: { domain: 'nowhere.zz', reason: 'unknown-domain' } });
  });

  test('leads nobody to a host under quarantine, whoever reads the lines alone included', () => {
    const lines = bundle.toString().split('\n');
    const line = lines.find((one) => one.includes('"id":"post.example"')) ?? '';
    assert.doesNotMatch(line, /"url":"https:\/\/dav\.post\.example/);
    assert.match(line, /"withheld":\[\{"host":"dav\.post\.example"/);
  });
});

describe('The shipped data in a bundle', () => {
  test('give every domain and every name of MX hosts the answer that the server gives', async () => {
    const shipped = curatedOf(parseCatalog(readDataDir(shippedData)));
    const atlas = compileAtlas(shipped);
    const offline = await open(bundleOf(shipped));
    const patterns = [...shipped.providers, ...shipped.others].flatMap(({ mx = [] }) => mx);
    const names = [...shipped.providers.flatMap(({ domains }) => domains), ...patterns].map(stem);
    const parents = names.flatMap((name) => [name, name.split('.').slice(1).join('.')]).filter((n) => n.includes('.'));
    for (const name of new Set(parents)) {
      const [here, there] = [await offline.lookup(name), await lookup(atlas, parseDomain(name))];
      const ids = [here, there].map((found) => ('answer' in found ? found.answer.provider.id : found.miss.reason));
      assert.equal(ids[0], ids[1], name);
    }
  });
});

describe('The lines of a bundle', () => {
  test('are the same bytes whatever the order of the facts was', () => {
    const { providers, others, leftOut } = curated;
    const turned = {
      providers: providers.toReversed(),
      others: others.toReversed(),
      leftOut: leftOut.toReversed(),
      noProbe: [],
    };
    assert.ok(bundleOf(turned, { knowledge }).equals(bundle));
  });

  test('that are signed and say nothing are refused as everything else is', async () => {
    const head = '{"mailatlas":{"revision":9,"at":"2026-11-20T10:00:00Z","expires":"2099-01-01T00:00:00Z"}}';
    for (const line of [
      'null',
      '7',
      '{"provider":null}',
      '{"provider":{"id":"a"}}',
      '{"registrable":1}',
      '{"quarantine":null}',
    ]) {
      const text = `${head}\n${line}\n{"end":2}\n`;
      assert.equal(await refusal(Buffer.from(bundleFile(text, [ours]))), 'not-a-bundle', line);
    }
    const noText = Buffer.from(bundleFile(`${head}\n`, [ours]));
    assert.equal(await refusal(noText), 'not-a-bundle');
  });

  test('hold names that a line could not', async () => {
    const odd = of({ providers: [record({ name: 'B “Post” \\ 🐌' })] });
    const result = await (await open(bundleOf(odd))).lookup('mail.example');
    assert.ok('answer' in result);
    assert.equal(result.answer.provider.name, 'B “Post” \\ 🐌');
  });
});

/** As JSON goes over the wire. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
