/**
 * A server that is killed (SIGKILL) at random moments, while people submit, withdraw and decide, and an agent reports what it
 * has seen. What was answered with 2xx is there when it is back, once; what was not is there once or not at all, and whoever
 * repeats it is served. `test/submit/kill.test.ts` kills at every write of one submission's life; here many are under way.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import Sqlite from 'better-sqlite3';
import type { EndpointKey } from '../../src/provider/model.ts';
import { parseEndpoint } from '../../src/verify/endpoint.ts';
import { nodeProber, type Prober } from '../../src/verify/probe/prober-node.ts';
import { type DnsServer, startDns } from '../dns-server.ts';
import { type Asking, dice, jsonOf, pause, Site } from './site.ts';
import { sized } from './size.ts';

const kills = sized(4, 500);
/** Of one database; then there is a new one, because a server looks at no more than a thousand open submissions. */
const killsOfSite = 10;
const people = 3;
const random = dice(1789);
let dns: DnsServer;
let prober: Prober;
before(async () => {
  dns = await startDns({});
  prober = nodeProber({ resolver: dns.address, vantage: 'far' });
});
after(() => dns.stop());

/** A submission as its submitter remembers it. */
interface Remembered {
  readonly key: string;
  readonly draft: object;
  /** Of the answer. */
  made?: { readonly number: number; readonly receipt: string };
  /** What was answered with 2xx. */
  readonly done: string[];
  /** What was asked and not answered. */
  pending?: string;
}

class House {
  readonly site = new Site({ serve: ['--submissions', '--resolver', dns.address, '--proof-resolver', dns.address] });
  readonly submissions: Remembered[] = [];
  /** Endpoints whose report was acknowledged. */
  readonly reported = new Set<EndpointKey>();
  readonly #run = `${randomUUID()}.1`;
  #reviewer = '';
  #agent = '';

  async begin(): Promise<void> {
    const { site } = this;
    const model = readFileSync(join(site.data, 'providers', 'post.example.yml'), 'utf8');
    for (let i = 0; i < 40; i++) {
      const file = join(site.data, 'providers', `post${i}.example.yml`);
      writeFileSync(file, model.replaceAll('post.example', `post${i}.example`));
    }
    await site.start();
    this.#reviewer = await site.token('anna', 'reviewer');
    this.#agent = await site.token('far', 'agent');
  }

  /** Everybody at once, until no answer comes any more. */
  async load(): Promise<void> {
    const everybody = [this.#reports(), ...Array.from({ length: people }, () => this.#person())];
    await Promise.all(everybody.map((one) => one.catch(mayBreak)));
  }

  async #person(): Promise<never> {
    for (;;) {
      const mine: Remembered = {
        key: randomUUID(),
        draft: this.site.draft(`Web ${this.submissions.length}`),
        done: [],
      };
      this.submissions.push(mine);
      await this.submit(mine);
      if (random() < 0.3) await this.#act(mine, 'withdraw');
      else await this.#decide(mine, (['accept', 'decline', 'ask'] as const)[Math.floor(random() * 3)] ?? 'ask');
    }
  }

  async submit(mine: Remembered): Promise<void> {
    const { key, draft } = mine;
    const asking = { method: 'POST', body: draft, headers: { 'Idempotency-Key': key } };
    const answer = await this.site.ask('/api/v1/submissions', asking);
    assert.ok([200, 201].includes(answer.status), String(answer.body));
    mine.made = jsonOf(answer) as unknown as NonNullable<Remembered['made']>;
  }

  /** A reviewer waits for the checks, looks and decides. */
  async #decide(mine: Remembered, what: 'accept' | 'decline' | 'ask'): Promise<void> {
    for (let looks = 0; looks < 40; looks++) {
      const seen = jsonOf(await this.site.ask(this.#path(mine), { headers: this.#asReviewer() })) as {
        state: string;
        version: number;
        needs?: { confirm: string[] };
      };
      if (seen.state === 'waiting') {
        const body = what === 'accept' ? { version: seen.version, confirm: seen.needs?.confirm } : { reason: 'So.' };
        return this.#act(mine, what, { method: 'POST', body, headers: this.#asReviewer() });
      }
      await pause(5);
    }
  }

  async #act(mine: Remembered, what: string, asking?: Asking): Promise<void> {
    const path = what === 'withdraw' ? this.#path(mine) : `${this.#path(mine)}/${what}`;
    mine.pending = what;
    const bearer = { Authorization: `Bearer ${mine.made?.receipt}` };
    const { status, body } = await this.site.ask(path, asking ?? { method: 'DELETE', headers: bearer });
    delete mine.pending;
    // Another one was published meanwhile: then this one is checked again.
    assert.ok(status === 200 || status === 204 || status === 409, `${what}: ${status} ${String(body)}`);
    if (status !== 409) mine.done.push(what);
  }

  #path({ made }: Remembered): string {
    return `/api/v1/submissions/${made?.number}`;
  }

  #asReviewer(): Record<string, string> {
    return { Authorization: `Bearer ${this.#reviewer}` };
  }

  async #reports(): Promise<void> {
    const headers = { Authorization: `Bearer ${this.#agent}` };
    const post = async (what: string, body: object) => {
      const answer = await this.site.ask(`/api/v1/agent/runs/${this.#run}/${what}`, { method: 'POST', headers, body });
      assert.equal(answer.status, 200, String(answer.body));
      return jsonOf(answer);
    };
    for (;;) {
      const { endpoints } = (await post('leases', { hold: 8, done: this.reported.size })) as {
        endpoints: EndpointKey[];
      };
      for (const key of endpoints.slice(0, 4)) {
        const evidence = await prober.probe(parseEndpoint(key));
        const { taken } = (await post('reports', { evidence: [evidence] })) as { taken: EndpointKey[] };
        assert.deepEqual(taken, [key]);
        this.reported.add(key);
      }
      if (endpoints.length === 0) await pause(50);
    }
  }

  /** Waits until something of each kind was acknowledged; for a minute at most. */
  async hasToLose(): Promise<void> {
    const isThere = () => this.reported.size > 0 && this.submissions.some(({ done }) => done.length > 0);
    for (let looks = 0; looks < 12_000 && !isThere(); looks++) await pause(5);
  }

  /** Holds what was answered against what the file says. */
  check(): void {
    this.site.assertWhole();
    const sqlite = new Sqlite(this.site.db);
    const one = (sql: string, ...values: unknown[]) =>
      sqlite
        .prepare(sql)
        .pluck()
        .get(...values);
    try {
      for (const { made, done, pending } of this.submissions) {
        if (!made) continue;
        const { number } = made;
        const events = sqlite.prepare('SELECT act FROM event WHERE submission = ?').pluck().all(number) as string[];
        const count = (act: string) => events.filter((each) => each === act).length;
        assert.equal(count('submit'), 1, `submission ${number}: ${events.join(', ')}`);
        for (const what of done) {
          const act = what === 'accept' ? 'publish' : what;
          assert.equal(count(act), 1, `submission ${number} was answered ${what}: ${events.join(', ')}`);
        }
        if (pending !== undefined && done.length === 0) {
          const act = pending === 'accept' ? 'publish' : pending;
          assert.ok(count(act) <= 1, `submission ${number}: ${events.join(', ')}`);
        }
        const state = one('SELECT state FROM submission WHERE number = ?', number);
        assert.equal(state, one('SELECT to_state FROM event WHERE submission = ? ORDER BY n DESC', number));
        const revisions = one('SELECT count(*) FROM revision WHERE cause = ?', `submission ${number}`);
        assert.equal(revisions, count('publish'), `submission ${number} is published as often as it is said`);
      }
      const checks = 'SELECT count(*) c FROM submission_check GROUP BY submission, name HAVING c <> 1';
      assert.deepEqual(sqlite.prepare(checks).all(), [], 'each check stands there once');
      for (const key of this.reported) {
        assert.equal(one('SELECT count(*) FROM "check" WHERE endpoint = ?', key), 1, `${key} was acknowledged`);
      }
      const twice = 'SELECT endpoint FROM "check" GROUP BY endpoint HAVING count(*) > 1';
      assert.deepEqual(sqlite.prepare(twice).all(), [], 'nothing was seen twice');
    } finally {
      sqlite.close();
    }
  }

  /** Whoever got no answer repeats it, and is served; then there is one of each. */
  async repeat(): Promise<number> {
    const unanswered = this.submissions.filter(({ made }) => made === undefined);
    for (const mine of unanswered) await this.submit(mine);
    const { made } = this.submissions[0] ?? assert.fail();
    const { receipt, number } = made ?? assert.fail();
    const headers = { Authorization: `Bearer ${receipt}` };
    assert.equal((await this.site.ask(`/api/v1/submissions/${number}`, { headers })).status, 200);
    const sqlite = new Sqlite(this.site.db, { readonly: true });
    assert.equal(sqlite.prepare('SELECT count(*) FROM submission').pluck().get(), this.submissions.length);
    sqlite.close();
    return unanswered.length;
  }
}

/** A connection breaks when a server dies; anything else is a wrong answer. */
function mayBreak(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException;
  if (!['ECONNRESET', 'ECONNREFUSED', 'EPIPE'].includes(code ?? '')) throw error;
}

test('a server that is killed loses nothing that it has acknowledged', { timeout: 3_600_000 }, async (t) => {
  const sum = { acknowledged: 0, repeated: 0, acts: 0, reports: 0, restart: [] as number[] };
  let begun = 0;
  const killOne = async () => {
    const house = new House();
    await house.begin();
    for (let i = 0; i < killsOfSite && begun < kills; i++) {
      begun += 1;
      const loading = house.load();
      // At any moment, but once in each house not before there is something to lose, however slow the machine is.
      if (i === 0) await house.hasToLose();
      await pause(50 + random() * 1000);
      await house.site.kill();
      await loading;
      house.check();
      const began = performance.now();
      await house.site.start();
      sum.restart.push(performance.now() - began);
      sum.repeated += await house.repeat();
    }
    sum.acknowledged += house.submissions.length;
    sum.acts += house.submissions.reduce((acts, { done }) => acts + done.length, 0);
    sum.reports += house.reported.size;
    await house.site.kill('SIGTERM');
    house.check();
    if (begun < kills) await killOne();
  };
  await Promise.all([killOne(), killOne()]);
  const median = Math.round(sum.restart.sort((a, b) => a - b)[Math.floor(sum.restart.length / 2)] ?? 0);
  t.diagnostic(
    `${kills} kills; ${sum.acknowledged} submissions, of which ${sum.repeated} had to be sent twice, ${sum.acts} acts, ${sum.reports} reports; back within ${median} ms`,
  );
  assert.ok(sum.acts > 0 && sum.reports > 0, 'there was something to lose');
});
