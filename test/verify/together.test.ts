/**
 * What several vantages say together. A story is a list of what was seen, when and from where: `0m berlin ok`,
 * `+5m vienna tcp.timeout`; times add up, and beside each step stands what people are told after it. Whoever has looked in
 * the last day and a half is there; `+1h vienna arrives` and `+0m vienna leaves` say it of those who did not look.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { isWell, next, type Observation, type State } from '../../src/verify/status.ts';
import { type Telling, together } from '../../src/verify/together.ts';
import { type FindingCode, findings } from '../../src/verify/verdict.ts';

const start = Date.parse('2026-11-20T10:00:00.000Z');
const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const isoOf = (now: number) => new Date(now).toISOString();
const nothing: Telling = {
  status: 'unverified',
  reason: 'new',
  since: isoOf(start),
  checkedAt: null,
  staleAt: null,
};

type Story = readonly (readonly [seen: string, told: string])[];

const stories: Record<string, Story> = {
  'a vantage alone is believed': [
    ['0m berlin ok', 'verified: ok'],
    ['+1d berlin tls.expired', 'verified'],
    ['+1h berlin tls.expired', 'verified'],
    ['+1h berlin tls.expired', 'failing: tls.expired'],
  ],
  'a second vantage must agree before anything fails': [
    ['0m berlin ok', 'verified: ok'],
    ['+1m vienna ok', 'verified'],
    ['+1d berlin tcp.timeout', 'verified'],
    ['+4h berlin tcp.timeout', 'verified'],
    ['+4h berlin tcp.timeout', 'verified'],
    ['+1m vienna tcp.timeout', 'failing: tcp.timeout'],
  ],
  'one that works from one place works, however long it fails from another': [
    ['0m berlin ok', 'verified'],
    ['+1m vienna ok', 'verified'],
    ...Array.from(
      { length: 20 },
      () =>
        [
          ['+12h berlin tcp.refused', 'verified: ok'],
          ['+12h vienna ok', 'verified: ok'],
        ] as const,
    ).flat(),
  ],
  'one that works again from one place works again': [
    ['0m berlin tls.expired', 'unverified'],
    ['+1m vienna tls.expired', 'unverified'],
    ['+1h berlin tls.expired', 'unverified'],
    ['+1h berlin tls.expired', 'failing: tls.expired'],
    ['+1m vienna ok', 'verified: ok'],
    ['+15m berlin tls.expired', 'verified'],
  ],
  'the way back from failing is two passes, wherever': [
    ['0m berlin tls.expired', 'unverified'],
    ['+2m vienna tls.expired', 'unverified'],
    ['+2h berlin tls.expired', 'unverified'],
    ['+1m vienna tls.expired', 'unverified'],
    ['+2h berlin tls.expired', 'failing'],
    ['+1m vienna tls.expired', 'failing'],
    ['+1h vienna ok', 'failing'],
    ['+15m vienna ok', 'verified: ok'],
  ],
  'what was seen before the failures began is no say for who is gone': [
    ['0m vienna ok', 'verified'],
    ['+2h vienna leaves', 'verified'],
    ['+23h berlin tcp.timeout', 'verified'],
    ['+4h berlin tcp.timeout', 'verified'],
    ['+4h berlin tcp.timeout', 'failing'],
  ],
  'who is there is waited for, though it has not looked yet': [
    ['0m berlin tls.expired', 'unverified: new'],
    ['+1h vienna arrives', 'unverified'],
    ['+0m berlin tls.expired', 'unverified'],
    ['+1h vienna arrives', 'unverified'],
    ['+0m berlin tls.expired', 'unverified'],
    ['+5m vienna tls.expired', 'failing: tls.expired'],
  ],
  'who came and went without looking is not': [
    ['0m berlin tls.expired', 'unverified'],
    ['+1m vienna arrives', 'unverified'],
    ['+1m vienna leaves', 'unverified'],
    ['+1h berlin tls.expired', 'unverified'],
    ['+1h berlin tls.expired', 'failing'],
  ],
  'who cannot tell has no say': [
    ['0m vienna limit.blocked', 'unverified: new'],
    ['+1m berlin ok', 'verified'],
    ['+1d berlin tls.expired', 'verified'],
    ['+1m vienna limit.blocked', 'verified'],
    ['+1h berlin tls.expired', 'verified'],
    ['+1h berlin tls.expired', 'failing'],
  ],
  'it is dead only where it is dead from everywhere': [
    ...days(16, 'berlin dns.nxdomain', ['unverified', 'unverified', 'failing']),
    ['+0m vienna tls.expired', 'failing: dns.nxdomain'],
    ['+1d berlin dns.nxdomain', 'dead'],
    ['+1h vienna tls.expired', 'dead'],
    ['+2h vienna tls.expired', 'failing: tls.expired'],
  ],
  'three days without anything conclusive from anywhere are stale': [
    ['0m berlin ok', 'verified'],
    ['+1d vienna ok', 'verified'],
    ['+2d berlin limit.rate', 'verified'],
    ['+1d berlin limit.rate', 'unverified: stale'],
  ],
};

describe('the story in which', () => {
  for (const [name, story] of Object.entries(stories)) test(name, () => tell(story));
});

describe('whatever several vantages see', () => {
  const codes = Object.keys(findings) as FindingCode[];
  const step = fc.record({
    minutes: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 3000 })),
    from: fc.constantFrom('berlin', 'vienna', 'zurich'),
    code: fc.oneof(fc.constant('ok' as const), fc.constantFrom('tcp.timeout' as const, ...codes)),
    present: fc.subarray(['berlin', 'vienna', 'zurich']),
  });
  const life = fc.array(step, { minLength: 1, maxLength: 60 });

  function holds(
    promise: (
      told: Telling,
      after: Telling,
      states: ReadonlyMap<string, State>,
      present: readonly string[],
      at: string,
    ) => void,
    places: readonly string[] = ['berlin', 'vienna', 'zurich'],
  ): void {
    fc.assert(
      fc.property(life, (steps) => {
        const world = new World();
        for (const { minutes, from, code, present } of steps) {
          const before = world.told;
          const here = places.includes(from) ? from : places[0]!;
          world.pass(minutes * units.m);
          world.see(here, code);
          const there = new Set([here, ...present.filter((name) => places.includes(name))]);
          world.tell(there);
          promise(before, world.told, world.states, [...there], isoOf(world.now));
        }
      }),
      { numRuns: 300 },
    );
  }

  test('it is what the only one says, where there is one', () =>
    holds(
      (_, { status, reason, checkedAt }, states) => {
        const [state] = [...states.values()];
        assert.deepEqual([status, reason, checkedAt], [state?.status, state?.reason, state?.decidedAt ?? null]);
      },
      ['berlin'],
    ));

  test('nothing turns failing while it works from where somebody is', () =>
    holds((before, { status }, states, present, at) => {
      if (status !== 'failing' || before.status === 'failing' || before.status === 'dead') return;
      for (const name of present) {
        const state = states.get(name);
        const isFresh = state?.decidedAt !== undefined && Date.parse(at) - Date.parse(state.decidedAt) < 3 * units.d;
        assert.ok(!isFresh || !isWell(state), `${name} says that it works`);
      }
    }));

  test('nothing is failing that nobody has proven', () =>
    holds((_, { status }, states) => {
      if (status === 'failing' || status === 'dead')
        assert.ok([...states.values()].some((state) => state.status === 'failing' || state.status === 'dead'));
    }));

  test('a status lasts since it began', () =>
    holds((before, after, _, __, at) => {
      assert.ok(after.since <= at);
      if (before.status === after.status) assert.equal(after.since, before.since);
    }));
});

/** What each vantage makes of one endpoint, and what is told. */
class World {
  now = start;
  told: Telling = nothing;
  readonly states = new Map<string, State>();

  pass(milliseconds: number): void {
    this.now += milliseconds;
  }

  see(from: string, code: 'ok' | FindingCode): void {
    const outcome = code === 'ok' ? 'works' : findings[code] === 'inconclusive' ? 'inconclusive' : 'fails';
    const seen: Observation = { verdict: { code, outcome, warnings: [] }, at: isoOf(this.now) };
    this.states.set(
      from,
      next(this.states.get(from), seen, () => 0.5),
    );
  }

  tell(present: ReadonlySet<string>): void {
    const names = new Set([...this.states.keys(), ...present]);
    const voices = [...names].map((name) => ({ state: this.states.get(name), present: present.has(name) }));
    this.told = together(this.told, voices, isoOf(this.now));
  }
}

/** So many days on each of which the same is seen; what is told at first, and then the last of it. */
function days(count: number, seen: string, told: readonly string[]): Story {
  return Array.from({ length: count }, (_, i) => [`+1d ${seen}`, told[i] ?? told.at(-1) ?? ''] as const);
}

function tell(story: Story): void {
  const world = new World();
  const there = new Map<string, number>();
  const lines: string[] = [];
  for (const [text, expected] of story) {
    const { length, unit, from, what } =
      /^\+?(?<length>\d+)(?<unit>[mhd]) (?<from>\w+) (?<what>\S+)$/.exec(text)?.groups ?? {};
    assert.ok(from && what, text);
    world.pass(Number(length) * units[unit as keyof typeof units]);
    if (what === 'leaves') there.delete(from);
    else there.set(from, world.now);
    if (what !== 'leaves' && what !== 'arrives') world.see(from, what as 'ok' | FindingCode);
    world.tell(new Set([...there].flatMap(([name, at]) => (at > world.now - 1.5 * units.d ? [name] : []))));
    lines.push(`${text} -> ${expected}`);
    const [status, reason] = expected.split(': ');
    assert.equal(world.told.status, status, lines.join('\n'));
    if (reason !== undefined) assert.equal(world.told.reason, reason, lines.join('\n'));
  }
}
