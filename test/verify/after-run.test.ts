/** What follows a run: verified by the hour on a clock that jumps, told to a notifier that only listens. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Domain } from '../../src/name/domain.ts';
import type { HostResolver, NameServerAnswer } from '../../src/net/dns/resolver.ts';
import { type Message, NotifyError } from '../../src/net/notify.ts';
import { readQuarantine } from '../../src/store/seen/quarantine.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { afterRun, watchedHosts } from '../../src/verify/after-run.ts';
import type { Endpoint } from '../../src/verify/endpoint.ts';
import { startSchedule } from '../../src/verify/schedule.ts';
import type { FindingCode } from '../../src/verify/verdict.ts';
import { curated, imap, record } from '../records.ts';
import { hoster, post } from '../web/records.ts';
import { JumpingClock, simulation } from './simulated.ts';

const hour = 3_600_000;
const day = 24 * hour;
const atlas = curated({ providers: Array.from({ length: 12 }, (_, i) => record({ id: `p${i}.example` })) });

interface House {
  readonly clock: JumpingClock;
  readonly store: ReturnType<typeof openSqlite>;
  readonly messages: Message[];
  readonly notes: string[];
  /** What is wrong with endpoints from now on; with `dns`, what is said of name servers. */
  wrong: (endpoint: Endpoint) => FindingCode | undefined;
  nameServers: (domain: Domain) => NameServerAnswer;
  readonly stop: () => Promise<void>;
}

function house(t: TestContext, { fails = false } = {}): House {
  const clock = new JumpingClock();
  const store = openSqlite(':memory:');
  const messages: Message[] = [];
  const notes: string[] = [];
  const world: Pick<House, 'wrong' | 'nameServers'> = {
    wrong: () => undefined,
    nameServers: (domain) => ({ kind: 'servers', servers: [`ns.${domain}` as Domain] }),
  };
  const sim = simulation({ clock, wrong: (endpoint) => world.wrong(endpoint) });
  const resolver: HostResolver = {
    addresses: () => Promise.resolve({ kind: 'none', exists: false }),
    nameServers: (domain) => Promise.resolve(world.nameServers(domain)),
  };
  const notifier = {
    name: 'the listener',
    send: (message: Message) => {
      messages.push(message);
      return fails ? Promise.reject(new NotifyError('it answered 500')) : Promise.resolve();
    },
  };
  const note = (text: string) => notes.push(text);
  const schedule = startSchedule({
    store,
    probe: sim.probe,
    judge: sim.judge,
    curated: () => atlas,
    clock,
    random: () => 0.5,
    note,
    onRun: (report, signal) =>
      afterRun(report, { store, resolver, curated: atlas, notifiers: [notifier], clock, signal, note }),
  });
  const stop = () => schedule.stop();
  t.after(async () => {
    await stop();
    store.close();
  });
  return Object.assign(world, { clock, store, messages, notes, stop });
}

describe('After a run', () => {
  test('the operator hears once that a server fails, and once that it is back', async (t) => {
    const world = house(t);
    await world.clock.sleep(hour);
    assert.equal(world.messages.length, 0, 'a first look is no news');
    world.wrong = ({ host }) => (host === 'imap.p3.example' ? 'tcp.refused' : undefined);
    await world.clock.sleep(4 * day);
    assert.deepEqual(
      world.messages.map(({ subject }) => subject),
      ['mailatlas: 1 server fails'],
    );
    assert.match(
      world.messages[0]?.text ?? '',
      /imap:\/\/imap\.p3\.example:993\S* {2}failing, tcp\.refused {2}\(p3\.example\)/,
    );
    world.wrong = () => undefined;
    await world.clock.sleep(2 * day);
    assert.deepEqual(
      world.messages.map(({ subject }) => subject),
      ['mailatlas: 1 server fails', 'mailatlas: 1 is back'],
    );
  });

  test('name servers are asked; a domain that changed hands is under quarantine and told', async (t) => {
    const world = house(t);
    await world.clock.sleep(hour);
    const before = world.nameServers;
    world.nameServers = (domain) =>
      domain === 'p5.example' ? { kind: 'servers', servers: ['ns.parking.example' as Domain] } : before(domain);
    await world.clock.sleep(3 * day);
    assert.deepEqual(
      (await readQuarantine(world.store.db)).map(({ name }) => name),
      ['p5.example'],
    );
    assert.deepEqual(
      world.messages.map(({ subject }) => subject),
      ['mailatlas: 1 under quarantine'],
    );
    assert.match(world.notes.join('\n'), /^under quarantine: All name servers of p5\.example are others: /);
  });

  test('nothing is believed of a network that is down, DNS included', async (t) => {
    const world = house(t);
    await world.clock.sleep(hour);
    world.wrong = () => 'dns.nxdomain';
    world.nameServers = () => ({ kind: 'none', exists: false });
    await world.clock.sleep(4 * day);
    assert.deepEqual(await readQuarantine(world.store.db), []);
    assert.deepEqual(world.messages, []);
  });

  test('a message that does not arrive is noted, and verification goes on', async (t) => {
    const world = house(t, { fails: true });
    await world.clock.sleep(hour);
    world.wrong = ({ host }) => (host === 'imap.p3.example' ? 'tls.expired' : undefined);
    await world.clock.sleep(3 * day);
    assert.match(world.notes.join('\n'), /^the listener could not be told what has changed: it answered 500$/);
  });
});

test('What is watched: everything that people are sent to, and the domains behind templates', () => {
  assert.deepEqual([...watchedHosts([hoster])], ['mx.hoster.example']);
  assert.deepEqual([...watchedHosts([post])].toSorted(), [
    'dav.post.example',
    'id.post.example',
    'imap.post.example',
    'pop.post.example',
    'sieve.post.example',
    'smtp.post.example',
  ]);
  assert.ok(watchedHosts([record({ incoming: [imap({ host: 'imap.other.example' })] })]).has('imap.other.example'));
});
