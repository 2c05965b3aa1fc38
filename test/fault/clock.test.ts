/**
 * The machine's clock jumps, years at a time, to and fro, under a server that runs (libfaketime, for that process alone): answers
 * stay what they are, acts can be done and stand in their order, work that was leased in a wrong year is free, and budgets are
 * full again after a minute of real time.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type LyingDns, startLyingDns } from './lying-dns.ts';
import { dice, jsonOf, pause, Site } from './site.ts';
import { isFull, sized } from './size.ts';
import { steadyAnswers, submit } from './steady.ts';

const [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1');
const skip = library === undefined && 'no libfaketime: apt-get install libfaketime';
const random = dice(2038);
let dns: LyingDns;
before(async () => {
  dns = await startLyingDns();
});
after(() => dns.stop());

interface Timed {
  readonly site: Site;
  /** Sets the server's clock so many days off. */
  readonly jump: (days: number) => void;
}

async function timed(): Promise<Timed> {
  const env: Record<string, string> = { LD_PRELOAD: library ?? '', FAKETIME_NO_CACHE: '1', DONT_FAKE_MONOTONIC: '1' };
  const serve = ['--submissions', '--resolver', dns.address, '--proof-resolver', dns.address];
  const site = new Site({ env, serve: [...serve, '--trusted-proxy', '127.0.0.1'] });
  const file = join(site.folder, 'clock');
  env['FAKETIME_TIMESTAMP_FILE'] = file;
  const jump = (days: number) => writeFileSync(file, `${days < 0 ? '-' : '+'}${Math.abs(days)}d\n`);
  jump(0);
  await site.start();
  return { site, jump };
}

describe('a clock that jumps', { skip, timeout: 600_000 }, () => {
  test('to and fro changes no answer, and every act can be done, in its order', async (t) => {
    const { site, jump } = await timed();
    assert.ok(existsSync(site.db));
    const answers = await steadyAnswers(site);
    const reviewer = { Authorization: `Bearer ${await site.token('anna', 'reviewer')}` };
    const years = new Set<string>();
    const jumps = sized(8, 300);
    for (let i = 0; i < jumps; i++) {
      jump(Math.round((random() - 0.4) * 4000));
      const { status, json } = await submit(site, `No ${i}`);
      assert.equal(status, 201, JSON.stringify(json));
      jump(Math.round((random() - 0.4) * 4000));
      const path = `/api/v1/submissions/${String(json['number'])}`;
      for (let looks = 0; ; looks++) {
        const seen = jsonOf(await site.ask(path, { headers: reviewer }));
        if (seen['state'] === 'waiting') break;
        assert.ok(looks < 500, `it stays ${String(seen['state'])}`);
        await pause(10);
      }
      const declined = await site.ask(`${path}/decline`, {
        method: 'POST',
        headers: reviewer,
        body: { reason: 'Not so.' },
      });
      assert.equal(declined.status, 200, String(declined.body));
      const { events } = jsonOf(declined) as { events: { act: string; at: string }[] };
      assert.deepEqual(
        events.map(({ act }) => act),
        ['submit', 'checked', 'decline'],
      );
      for (const { at } of events) years.add(at.slice(0, 4));
      assert.deepEqual(await steadyAnswers(site), answers);
    }
    assert.ok(years.size > 3, `the clock did jump, into ${[...years].join(', ')}`);
    assert.equal(site.said, '');
    jump(0);
    await site.kill();
    assert.deepEqual(await steadyAnswers(await site.start()), answers, 'and after the next start');
    site.assertWhole();
    t.diagnostic(`${2 * jumps} jumps, into ${years.size} years`);
    await site.kill('SIGTERM');
  });

  test('leaves no work leased for years', async () => {
    const { site, jump } = await timed();
    const leases = async (name: string) => {
      const headers = { Authorization: `Bearer ${await site.token(name, 'agent')}` };
      const path = `/api/v1/agent/runs/${randomUUID()}.1/leases`;
      const answer = await site.ask(path, { method: 'POST', headers, body: { hold: 100, done: 0 } });
      assert.equal(answer.status, 200, String(answer.body));
      return (jsonOf(answer) as { endpoints: string[] }).endpoints;
    };
    jump(800);
    const ahead = await leases('ahead');
    assert.ok(ahead.length > 0);
    jump(0);
    assert.deepEqual((await leases('now')).sort(), ahead.sort());
    await site.kill('SIGTERM');
  });

  // Takes a minute.
  if (isFull)
    test('back does not make a minute’s budget last for years', async () => {
      const { site, jump } = await timed();
      let names = 0;
      const ask = async () => {
        const headers = { 'X-Forwarded-For': '192.0.2.7' };
        return (await site.ask(`/mx/v1.1/customer${++names}.de`, { headers })).status;
      };
      for (let i = 0; i < 60; i++) assert.equal(await ask(), 200);
      assert.equal(await ask(), 429);
      jump(-800);
      assert.equal(await ask(), 429, 'nor is it full again at once');
      jump(800);
      assert.equal(await ask(), 429);
      jump(-800);
      await pause(60_000);
      assert.equal(await ask(), 200);
      await site.kill('SIGTERM');
    });
});
