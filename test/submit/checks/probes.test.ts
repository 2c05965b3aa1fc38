import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Provider } from '../../../src/provider/model.ts';
import { ProbeBudget } from '../../../src/submit/checks/budget.ts';
import { checkProbes, type ProbePorts } from '../../../src/submit/checks/probes.ts';
import type { CheckResult, Draft } from '../../../src/submit/model.ts';
import { systemClock } from '../../../src/verify/clock.ts';
import type { Endpoint } from '../../../src/verify/endpoint.ts';
import { Pace } from '../../../src/verify/pace.ts';
import { sayFindingPlainly } from '../../../src/verify/sentences.ts';
import { findings } from '../../../src/verify/verdict.ts';
import { type DnsServer, startDns } from '../../dns-server.ts';
import { imap as imapServer, record, smtp as smtpServer } from '../../records.ts';
import { type MailServer, startMailServer } from '../../verify/mail-server.ts';
import { host, probeOptions } from '../../verify/prober.ts';
import { imap, smtp } from '../../verify/well-behaved.ts';
import { careful, prober } from '../world.ts';

const noisy = 'Welcome, SECRET-BANNER 10.20.30.40';
let good: MailServer;
let mail: MailServer;
let wrong: MailServer;
let dns: DnsServer;

before(async () => {
  good = await startMailServer(imap({ security: 'tls', greeting: [`* OK ${noisy}`] }));
  mail = await startMailServer(smtp({ security: 'starttls' }));
  wrong = await startMailServer(smtp({ security: 'tls', greeting: [`220 ${noisy}`] }));
  dns = await startDns({
    'imap.inside.example': { A: ['10.0.0.1'] },
    'imap.both.example': { A: ['198.18.0.1', '127.0.0.1'] },
    'imap.mapped.example': { AAAA: ['::ffff:192.168.0.1'] },
  });
});
after(async () => {
  await Promise.all([good.stop(), mail.stop(), wrong.stop(), dns.stop()]);
});

const draft = (facts: Partial<Provider>): Draft => ({
  kind: 'new',
  id: 'mail.example',
  record: record(facts),
  reason: '',
  language: 'en',
});
const at = (server: MailServer, facts: Parameters<typeof imapServer>[0] = {}) =>
  imapServer({ host, port: server.port, ...facts });

async function check(
  facts: Partial<Provider>,
  ports: Partial<ProbePorts> = {},
  patience = 20_000,
): Promise<CheckResult> {
  return checkProbes(
    draft(facts),
    { pace: new Pace(0), clock: systemClock, allow: () => true, noProbe: [], probe: prober(), ...ports },
    performance.now() + patience,
  );
}
const said = ({ items }: CheckResult) => items.map(({ state, code }) => `${state} ${code}`);

describe('the servers of a draft', () => {
  test('answer, and offer the sign-in that it names', async () => {
    const found = await check({
      incoming: [at(good)],
      outgoing: [smtpServer({ host, port: mail.port, security: 'starttls' })],
    });
    assert.equal(found.state, 'passed');
    assert.deepEqual(said(found), ['passed probe-works', 'passed probe-works']);
    const everything = [...good.received, ...mail.received].join('\n');
    assert.doesNotMatch(everything, /\b(AUTH|AUTHENTICATE|LOGIN|MAIL|RCPT)\b/);
  });

  test('do not offer the sign-in that it names', async () => {
    const found = await check({ incoming: [at(good, { auth: ['OAuth2'] })], outgoing: [] });
    assert.deepEqual(said(found), ['passed probe-works', 'attention auth-contradicted']);
  });

  test('are something else: that is told without a word of theirs', async () => {
    const found = await check({ incoming: [at(wrong)], outgoing: [] });
    assert.deepEqual([found.state, ...said(found)], ['failed', 'failed greeting.wrong-protocol']);
    assert.doesNotMatch(JSON.stringify(found), /SECRET|10\.20|127\.0\.0\.1/);
  });

  test('are at addresses or ports where nobody is sent: nothing is dialled', async () => {
    const bad: [Partial<Endpoint>, string][] = [
      [{ host: 'imap.inside.example' }, 'failed policy.blocked-address'],
      [{ host: 'imap.both.example' }, 'failed policy.blocked-address'],
      [{ host: 'imap.mapped.example' }, 'failed policy.blocked-address'],
      [{ host: '127.0.0.1' }, 'failed policy.blocked-address'],
      [{ port: 22 }, 'failed policy.port'],
      [{ port: 25 }, 'failed policy.port'],
      [{ port: 6379 }, 'failed policy.port'],
      [{ host: 'imap.missing.example' }, 'failed dns.nxdomain'],
    ];
    for (const [where, expected] of bad) {
      const server = imapServer({ host: 'imap.inside.example', ...(where as object) });
      const found = await check({ incoming: [server], outgoing: [] }, { probe: careful(dns.address) });
      assert.deepEqual([...said(found), found.state], [expected, 'failed'], JSON.stringify(where));
      assert.doesNotMatch(JSON.stringify(found), /10\.0\.0|192\.168|198\.18/);
    }
  });

  test('cannot be reached just now: that is to be asked again', async () => {
    const free = await startMailServer(imap({ security: 'tls' }));
    await free.stop();
    const found = await check({ incoming: [at(free)], outgoing: [] });
    assert.deepEqual([found.state, ...said(found)], ['unknown', 'unknown tcp.refused']);
  });

  test('are probed once, however often they are named, and not where a template stands', async () => {
    const asked: string[] = [];
    const probe: ProbePorts['probe'] = (endpoint) => {
      asked.push(endpoint.host);
      return prober()(endpoint);
    };
    const facts = { domains: [], mx: ['*.mx.mail.example'], outgoing: [smtpServer({ host: '{mx}' })] };
    await check({ ...facts, incoming: [at(good), at(good)] }, { probe });
    assert.deepEqual(asked, [host]);
  });

  test('of one owner are called one after another', async () => {
    let open = 0;
    const probe: ProbePorts['probe'] = async (endpoint) => {
      assert.equal(++open, 1);
      const evidence = await prober()(endpoint);
      open--;
      return evidence;
    };
    const incoming = [at(good), at(good, { security: 'starttls' })];
    assert.equal((await check({ incoming, outgoing: [] }, { probe })).items.length, 2);
  });

  test('are left alone where their owner asked for it, or the budget is spent', async () => {
    const noProbe = [{ name: 'example.test', since: '2026-11-01', note: 'asked' }];
    const connections = good.connections.length;
    assert.deepEqual(said(await check({ incoming: [at(good)], outgoing: [] }, { noProbe })), ['attention no-probe']);
    const allow = () => false;
    assert.deepEqual(said(await check({ incoming: [at(good)], outgoing: [] }, { allow })), ['unknown probe-quota']);
    assert.equal(good.connections.length, connections);
  });

  test('are not waited for beyond the deadline', async () => {
    const probe = () => new Promise<never>(() => {});
    assert.deepEqual(said(await check({ incoming: [at(good)], outgoing: [] }, { probe }, 50)), ['unknown probe-late']);
    const busy = new Pace();
    busy.enter(host, 'example.test');
    assert.deepEqual(said(await check({ incoming: [at(good)], outgoing: [] }, { pace: busy }, 50)), [
      'unknown probe-late',
    ]);
  });

  test('cannot be probed from everywhere, and need not be there', async () => {
    const { probe: _, ...nobody } = { pace: new Pace(0), clock: systemClock, allow: () => true, noProbe: [], probe: 0 };
    const found = await checkProbes(draft({ incoming: [at(good)] }), nobody, performance.now() + 100);
    assert.equal(found.state, 'unknown');
    assert.match(found.says.en, /cannot probe/);
    assert.equal((await check({ access: 'none', incoming: [], outgoing: [] })).state, 'passed');
  });
});

test('what strangers are told of a finding has neither gaps nor addresses', () => {
  const endpoint = { protocol: 'imap', host: 'imap.mail.example', port: 993, security: 'tls' } as const;
  for (const code of Object.keys(findings) as (keyof typeof findings)[])
    for (const language of ['en', 'de'] as const) {
      const text = sayFindingPlainly(code, endpoint, language);
      assert.match(text, /imap\.mail\.example/, code);
      assert.doesNotMatch(text, /: [.:;]|\(\)| {2}|:\.|“”|„“| [.,;]/, `${code}: ${text}`);
    }
  assert.equal(probeOptions.vantage, 'test');
});

describe('the budget of probes', () => {
  const endpoint = (name: string): Endpoint => ({ protocol: 'imap', host: name, port: 993, security: 'tls' });
  const block = '192.0.2.0/24';

  test('has a share for each owner, each address block, and all', () => {
    const budget = new ProbeBudget({ perOwner: 2, perBlock: 3, total: 5 }, () => 0);
    const take = (name: string, who?: string) => budget.take(endpoint(name), who);
    assert.deepEqual(
      [take('a.one.example', block), take('b.one.example', block), take('c.one.example', block)],
      [true, true, false],
    );
    assert.deepEqual([take('two.example', block), take('three.example', block)], [true, false]);
    assert.deepEqual([take('three.example'), take('four.example'), take('five.example')], [true, true, false]);
  });

  test('begins anew every hour', () => {
    let now = 0;
    const budget = new ProbeBudget({ total: 1 }, () => now);
    assert.deepEqual(
      [budget.take(endpoint('a.example'), block), budget.take(endpoint('b.example'), block)],
      [true, false],
    );
    now = 3_600_000;
    assert.equal(budget.take(endpoint('b.example'), block), true);
  });
});
