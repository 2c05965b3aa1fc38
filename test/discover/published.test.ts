/** Rung 5: which of the findings becomes the answer, and what keeps strangers from asking the world through us. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { discover, type Tell } from '../../src/discover/discover.ts';
import { discoveries } from '../../src/discover/discovered.ts';
import type { Discovery, Finding } from '../../src/discover/model.ts';
import { publishedAnswer, publishedStep } from '../../src/discover/published.ts';
import { renderAutoconfig } from '../../src/formats/autoconfig/render.ts';
import { type Domain, parseDomain } from '../../src/name/domain.ts';
import { mechanisms, nothingKnown, type TrustLevel } from '../../src/provider/model.ts';
import { imap, smtp } from '../records.ts';
import { startWorld, type World } from './world.ts';

const domain = 'huber.zz' as Domain;

function finding(
  level: TrustLevel,
  facts: Partial<Finding['record']> = {},
  mechanism: Finding['mechanism'] = 'autoconfig',
): Finding {
  return {
    mechanism,
    where: `https://${level}.huber.zz/`,
    trust: { level, certified: [] },
    record: {
      id: domain,
      domains: [domain],
      incoming: [imap()],
      outgoing: [smtp()],
      sources: { import: {} },
      ...facts,
    },
    remarks: [],
  };
}

function discovery(...findings: Finding[]): Discovery {
  const mx = { kind: 'none', exists: true } as const;
  return { domain, at: '2026-11-20T10:00:00.000Z', placeholder: true, findings, attempts: [], srv: [], mx };
}

/** `tls autoconfig imap smtp` of the answer, or its kind. */
function pick(...findings: Finding[]): string {
  const answer = publishedAnswer(discovery(...findings));
  if (answer.kind !== 'found') return answer.kind;
  const { provider, publication } = answer;
  const servers = [...provider.incoming, ...provider.outgoing].map(({ protocol }) => protocol);
  return [publication.trust, publication.mechanism, ...servers].join(' ');
}

describe('the answer', () => {
  test('is the most trusted finding, whole', () => {
    assert.equal(pick(finding('tls'), finding('dns', {}, 'srv')), 'tls autoconfig imap smtp');
  });

  test('is one with which mail can be fetched and sent, if there is one', () => {
    assert.equal(pick(finding('tls', { outgoing: [] }), finding('dns', {}, 'srv')), 'dns srv imap smtp');
    assert.equal(pick(finding('tls', { outgoing: [] })), 'tls autoconfig imap');
  });

  test('is never one that came over plain HTTP', () => {
    assert.equal(pick(finding('insecure')), 'nothing');
    assert.equal(pick(finding('insecure'), finding('dns', {}, 'srv')), 'dns srv imap smtp');
  });

  test('has no server without encryption', () => {
    const plain = imap({ security: 'none', port: 143 });
    assert.equal(pick(finding('tls', { incoming: [plain, imap()] })), 'tls autoconfig imap smtp');
    assert.equal(pick(finding('tls', { incoming: [plain], outgoing: [] })), 'nothing');
  });

  test('says who signs in where only on certificates', () => {
    const oauth2 = {
      issuer: 'https://id.huber.zz',
      authorization: 'https://id.huber.zz/a',
      token: 'https://id.huber.zz/t',
      scopes: {},
      sources: ['import'],
    };
    const has = (level: TrustLevel) => {
      const answer = publishedAnswer(discovery(finding(level, { oauth2 })));
      return answer.kind === 'found' && answer.provider.oauth2 !== undefined;
    };
    assert.deepEqual([has('tls'), has('dns')], [true, false]);
  });

  test('has the domain’s name where it gives none', () => {
    const answer = publishedAnswer(discovery(finding('tls')));
    assert.ok(answer.kind === 'found');
    assert.deepEqual([answer.provider.name, answer.provider.short], ['huber.zz', 'huber.zz']);
  });

  test('has a name that no terminal obeys', () => {
    const answer = publishedAnswer(discovery(finding('tls', { name: 'Hub\u202eer\u001b[2J Mail' })));
    assert.ok(answer.kind === 'found');
    assert.equal(answer.provider.name, 'Huber[2J Mail');
  });

  test('that nobody could give is told from none', () => {
    const attempts = [{ mechanism: 'srv', asked: 'SRV', code: 'dns-failure' }] as const;
    assert.deepEqual(publishedAnswer({ ...discovery(), attempts }), { kind: 'failed', why: 'unanswered' });
  });
});

describe('the step', () => {
  const setUp = (limits = {}) => {
    let time = 0;
    const asked: string[] = [];
    const step = publishedStep(
      discoveries(
        (name) => {
          asked.push(name);
          return Promise.resolve(name.startsWith('known') ? discovery(finding('tls')) : discovery());
        },
        limits,
        () => time,
      ),
    );
    const pass = (milliseconds: number) => {
      time += milliseconds;
    };
    return { asked, pass, ask: async (name: string, asker?: string) => (await step(name as Domain, asker)).kind };
  };

  test('remembers: what was found for ten minutes, that there is nothing for five', async () => {
    const { ask, asked, pass } = setUp();
    for (const name of ['known.zz', 'empty.zz', 'known.zz', 'empty.zz']) await ask(name);
    assert.deepEqual(asked, ['known.zz', 'empty.zz']);
    pass(300_000);
    for (const name of ['known.zz', 'empty.zz']) await ask(name);
    assert.deepEqual(asked, ['known.zz', 'empty.zz', 'empty.zz']);
  });

  test('asks at most ten domains a minute for one network, and 300 for all', async () => {
    const { ask, asked, pass } = setUp();
    for (let i = 0; i < 12; i++) await ask(`a${i}.zz`, '192.0.2.0/24');
    assert.equal(asked.length, 10);
    assert.equal(await ask('b.zz', '192.0.2.0/24'), 'failed');
    assert.equal(await ask('b.zz', '198.51.100.0/24'), 'nothing');
    for (let i = 0; i < 400; i++) await ask(`c${i}.zz`, `10.${i}.0.0/24`);
    assert.equal(asked.length, 300);
    pass(60_000);
    assert.equal(await ask('d.zz', '192.0.2.0/24'), 'nothing');
  });
});

describe('whoever waits for a discovery', () => {
  test('hears of each mechanism as it is through, also who came later; and nobody afterwards', async () => {
    const tells: Tell[] = [];
    const end = Promise.withResolvers<Discovery>();
    const discovered = discoveries((_, tell) => {
      tells.push(tell);
      return end.promise;
    });
    const heard: string[] = [];
    const nothing = { findings: [], attempts: [] };
    const first = discovered(domain, 'a', (mechanism) => heard.push(`first ${mechanism}`));
    tells[0]?.('srv', nothing);
    const second = discovered(domain, 'b', (mechanism) => heard.push(`second ${mechanism}`));
    tells[0]?.('pacc', nothing);
    end.resolve(discovery(finding('tls')));
    assert.equal(await first, await second);
    tells[0]?.('autoconfig', nothing);
    assert.deepEqual(heard, ['first srv', 'first pacc', 'second pacc']);
    assert.equal(tells.length, 1, 'asked once for both');
  });
});

describe('over real sockets', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  test('each mechanism is told once, with what it brings home', async () => {
    const told: string[] = [];
    const tell: Tell = (mechanism, { attempts }) => {
      assert.ok(attempts.every((attempt) => attempt.mechanism === mechanism));
      told.push(mechanism);
    };
    await discover(parseDomain('hosted.zz'), world.ports, { timeout: 30_000, tell });
    assert.deepEqual(told.sort(), [...mechanisms].sort());
  });

  test('an answer can be rendered for mail clients', async () => {
    const name = parseDomain('hosted.zz');
    const answer = publishedAnswer(await discover(name, world.ports, { timeout: 30_000 }));
    assert.ok(answer.kind === 'found');
    const { provider } = answer;
    const xml = renderAutoconfig({ domain: name, provider, matchedBy: 'published' }, nothingKnown);
    assert.match(xml ?? '', /<emailProvider id="hosted.zz">[^]*<domain>hosted.zz<\/domain>[^]*imap\.hoster\.zz/);
  });
});
