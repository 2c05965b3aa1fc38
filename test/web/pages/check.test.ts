/** `GET /check/{domain}`, over domains of different habits on loopback. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { compileAtlas } from '../../../src/atlas/atlas.ts';
import { fromAtlas } from '../../../src/discover/clients/from-atlas.ts';
import { simulate } from '../../../src/discover/clients/simulate.ts';
import { simulatedStep } from '../../../src/discover/clients/simulated.ts';
import { discover } from '../../../src/discover/discover.ts';
import { discoveries } from '../../../src/discover/discovered.ts';
import type { Discovery } from '../../../src/discover/model.ts';
import type { Domain } from '../../../src/name/domain.ts';
import { nothingKnown } from '../../../src/provider/model.ts';
import { gzipParts } from '../../../src/web/http/gzip-node.ts';
import { startWorld, type World } from '../../discover/world.ts';
import { curated, imap, record, smtp } from '../../records.ts';
import { type TestApp, testApp } from '../app.ts';

const browser = { Accept: 'text/html' };
const german = { ...browser, 'Accept-Language': 'de' };

/** Has another server than both.zz publishes. */
const both = record({
  id: 'both.zz',
  name: 'Both <b>',
  incoming: [imap({ host: 'mail.both.zz' })],
  outgoing: [smtp({ host: 'smtp.both.zz', port: 587, security: 'starttls' })],
});
const all = curated({ providers: [both] });

describe('Checking a domain', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  function site(limits = {}): TestApp {
    const index = compileAtlas(all);
    const { ports } = world;
    return testApp({
      curated: all,
      setUp: {
        discovered: discoveries((domain, tell) => discover(domain, ports, { timeout: 4000, tell }), limits),
        simulated: simulatedStep((domain) =>
          simulate(domain, { ...ports, ...fromAtlas({ index, knowledgeOf: () => nothingKnown }) }, { timeout: 4000 }),
        ),
      },
    });
  }

  async function read(path: string, headers = browser): Promise<string> {
    const response = await site().get(path, headers);
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    assert.equal(response.headers.get('X-Robots-Tag'), 'noindex');
    return await response.text();
  }

  test('shows each mechanism with its questions, and what was found', async () => {
    const body = await read('/check/both.zz');
    for (const name of ['autoconfig', 'PACC', 'SRV', 'Autodiscover', 'TXT mailconf'])
      assert.equal(body.split(`<strong>${name}</strong>`).length, 2, `${name} once`);
    assert.match(body, /<strong>autoconfig<\/strong>.*?mark good.*?found/s);
    assert.match(body, /autoconfig\.both\.zz\/mail\/config-v1\.1\.xml.*?imap\.both\.zz/s);
  });

  test('holds that against our entry', async () => {
    const body = await read('/check/both.zz');
    assert.match(body, /The entry for Both &lt;b&gt;<\/span>: <a href="\/provider\/both\.zz">/);
    assert.match(body, /id="comparison".*?differs from our record.*?mail\.both\.zz.*?imap\.both\.zz.*?another host/s);
  });

  test('says where each mail program would end', async () => {
    const body = await read('/check/both.zz');
    assert.match(body, /id="clients".*?<h3>Thunderbird<\/h3>.*?imap\.both\.zz:993/s);
    assert.equal(body.match(/<li><h3>/g)?.length, 10);
  });

  test('speaks German', async () => {
    const body = await read('/check/both.zz', german);
    assert.match(body, /<html lang="de">/);
    assert.match(body, /weicht von unserem Datensatz ab/);
    assert.match(body, /Was die Domain selbst veröffentlicht/);
  });

  test('of a domain that publishes nothing, and that the atlas does not know', async () => {
    const body = await read('/check/nothing.zz');
    assert.match(body, /Nothing that a mail program could use/);
    assert.match(body, /There is no entry to compare with/);
  });

  test('dials no private address', async () => {
    const body = await read('/check/leads-inside.zz');
    assert.match(body, /leads to an address that nobody is sent to/);
  });

  test('comes part by part: the entry before anybody has answered', async () => {
    const end = Promise.withResolvers<never>();
    const { get } = testApp({ curated: all, setUp: { discovered: () => end.promise } });
    const response = await get('/check/both.zz', browser);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('being asked')) text += new TextDecoder().decode((await reader.read()).value);
    assert.match(text, /The entry for Both/);
    end.reject(new Error('a defect'));
    for (let part = await reader.read(); !part.done; part = await reader.read())
      text += new TextDecoder().decode(part.value);
    assert.match(text, /Something went wrong here.*<\/html>/s, 'and ends in an orderly way, whatever happens');
  });

  test('comes compressed to those who take it, each part as it is there', async () => {
    const end = Promise.withResolvers<Discovery>();
    const { get } = testApp({ curated: all, setUp: { gzipParts, discovered: () => end.promise } });
    const response = await get('/check/both.zz', { ...browser, 'Accept-Encoding': 'gzip' });
    assert.equal(response.headers.get('Content-Encoding'), 'gzip');
    const text = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
      .pipeThrough(new DecompressionStream('gzip'))
      .pipeThrough(new TextDecoderStream());
    let whole = '';
    for await (const part of text) {
      whole += part;
      // Before this there is nothing to wait for.
      if (part.includes('being asked'))
        end.resolve(await discover('both.zz' as Domain, world.ports, { timeout: 4000 }));
    }
    assert.match(whole, /imap\.both\.zz.*<\/html>/s);
  });

  test('is stopped by a budget', async () => {
    const { get } = site({ perMinute: 1 });
    assert.equal((await get('/check/both.zz', browser)).status, 200);
    const refused = await get('/check/other.zz', german);
    assert.equal(refused.status, 429);
    assert.match(await refused.text(), /Zu viele Fragen auf einmal/);
  });

  test('asks nobody where the operator serves domains of their own', async () => {
    const { get } = testApp({ setUp: { hosting: { only: true } } });
    assert.equal((await get('/check/both.zz', browser)).status, 404);
  });

  for (const [typed, at] of [
    ['/check?domain=both.zz', '/check/both.zz'],
    ['/check?domain=Fred.Bloggs%40BOTH.zz&lang=de', '/check/both.zz?lang=de'],
    ['/check/fred@both.zz', '/check/both.zz'],
    ['/check/BOTH.ZZ.', '/check/both.zz'],
  ] as const)
    test(`leads from ${typed} to ${at}, and nobody keeps what was typed`, async () => {
      const response = await site().get(typed, browser);
      assert.deepEqual([response.status, response.headers.get('Location')], [303, at]);
      assert.equal(response.headers.get('Cache-Control'), 'no-store');
    });

  test('tells what is no domain, at the field', async () => {
    const response = await site().get('/check?domain=nonsense', browser);
    assert.equal(response.status, 400);
    assert.match(await response.text(), /aria-invalid="true".*The dot is missing/s);
    assert.equal((await site().get('/check/nonsense', browser)).status, 400);
  });

  test('begins with a form that says what will happen', async () => {
    const response = await site().get('/check', german);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /Kein Mailserver wird angerufen/);
  });
});
