/**
 * DNS that is down, slow or lies: who asks for a known domain notices nothing, who asks for another one is told the truth or
 * that nobody knows.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Lie, type LyingDns, startLyingDns } from './lying-dns.ts';
import { jsonOf, pause, Site } from './site.ts';
import { sized } from './size.ts';

let dns: LyingDns;
let site: Site;
let names = 0;
before(async () => {
  dns = await startLyingDns();
  site = await new Site({ serve: ['--resolver', dns.address] }).start();
});
after(async () => {
  await site.kill('SIGTERM');
  await dns.stop();
});

/** A domain that nobody has asked for yet. */
async function askAnother(): Promise<string> {
  const { status, body } = await site.ask(`/mx/v1.1/customer${++names}.de`);
  if (status === 200) return String(body).includes('imap.hosting.example') ? '200, the truth' : '200, a lie';
  return `${status} ${String(jsonOf({ body })['code'])}`;
}

/** How many answers for a known domain four clients get in a while, with some questions for others beside them. */
async function rate(milliseconds: number): Promise<{ rate: number; others: Map<string, number> }> {
  const wanted = (await site.ask('/v1.1/post.example')).body;
  const others = new Map<string, number>();
  const end = performance.now() + milliseconds;
  let answers = 0;
  const asking = Array.from({ length: 4 }, async () => {
    while (performance.now() < end) {
      const { status, body } = await site.ask('/v1.1/post.example');
      assert.ok(status === 200 && body.equals(wanted));
      answers += 1;
    }
  });
  const waiting: Promise<unknown>[] = [];
  const timer = setInterval(() => {
    waiting.push(askAnother().then((what) => others.set(what, (others.get(what) ?? 0) + 1)));
  }, 50);
  await Promise.all(asking);
  clearInterval(timer);
  await Promise.all(waiting);
  return { rate: Math.round((answers / milliseconds) * 1000), others };
}

test('DNS that is down costs known domains nothing', { timeout: 300_000 }, async (t) => {
  const rates = { honest: [] as number[], silent: [] as number[] };
  const told = new Map<string, number>();
  await rate(500);
  // The most of several rounds, and more of them where it does not look well: what else the machine does only takes away.
  const most = (list: readonly number[]) => Math.max(...list);
  const isMuchLess = () => most(rates.silent) <= 0.5 * most(rates.honest);
  for (let round = 0; round < sized(2, 8) || (round < 12 && isMuchLess()); round++) {
    for (const lie of ['honest', 'silent'] as const) {
      dns.lie = lie;
      const found = await rate(sized(1000, 5000));
      rates[lie].push(found.rate);
      for (const [what, count] of found.others) told.set(`${lie}: ${what}`, (told.get(`${lie}: ${what}`) ?? 0) + count);
    }
  }
  const [usual, down] = [most(rates.honest), most(rates.silent)];
  t.diagnostic(`known domains: ${usual} a second with DNS, ${down} without (${(down / usual).toFixed(2)})`);
  t.diagnostic(`others: ${[...told].map(([what, count]) => `${what} ${count}`).join(', ')}`);
  assert.deepEqual([...told.keys()].sort(), ['honest: 200, the truth', 'silent: 503 dns-timeout']);
  assert.ok(down / usual > 0.5, `${down} instead of ${usual}`);
});

describe('DNS that', () => {
  const cases: readonly [Lie, string][] = [
    [{ after: 500 }, '200, the truth'],
    [{ after: 4000 }, '503 dns-timeout'],
    ['garbage', '503 dns-timeout'],
    ['nothing', '503 dns-timeout'],
    ['wrong id', '503 dns-timeout'],
    ['another question', '503 dns-timeout'],
    // c-ares takes its own question for an answer in which there is nothing.
    ['a question', '404 no-mx'],
    ['a loop of names', '503 dns-timeout'],
    ['cut off, and TCP answers', '200, the truth'],
    ['cut off, and TCP refuses', '503 dns-timeout'],
    ['cut off, and TCP says nothing', '503 dns-timeout'],
    ['cut off, and TCP promises more', '503 dns-timeout'],
    ['huge', '404 unknown-domain'],
    ['no host name', '404 no-mx'],
  ];
  for (const [lie, expected] of cases) {
    const what = typeof lie === 'object' ? `says the truth after ${lie.after} ms` : `says: ${lie}`;
    test(`${what}: ${expected}`, async () => {
      dns.lie = lie;
      const answers = await Promise.all(Array.from({ length: sized(3, 50) }, askAnother));
      assert.deepEqual([...new Set(answers)], [expected]);
      dns.lie = 'honest';
      assert.equal(await askAnother(), '200, the truth', 'and the next answer is the truth again');
      assert.equal(site.said, '');
    });
  }

  test('says a thousand things at once does not keep known domains waiting', async () => {
    dns.lie = 'silent';
    const waiting = Array.from({ length: 300 }, askAnother);
    await pause(100);
    assert.equal((await site.ask('/v1.1/post.example')).status, 200);
    const told = new Set(await Promise.all(waiting));
    // A hundred questions under way, and no more.
    assert.deepEqual([...told].sort(), ['429 dns-budget', '503 dns-timeout']);
  });
});
