/**
 * How a status moves, as one vantage sees it (several: together.test.ts). A story is a list of what was seen and when:
 * `0m ok`, `+5m tcp.timeout`, `+1d ok cert.expires`; times add up, and beside each step stands what follows from it.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { isWell, next, type Observation, type State, staleAt, unknown } from '../../src/verify/status.ts';
import { type FindingCode, findings, type WarningCode, warningCodes } from '../../src/verify/verdict.ts';

const start = Date.parse('2026-11-20T10:00:00.000Z');
const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const middle = () => 0.5;

type Told = State['status'] | `${State['status']}: ${string}`;
type Story = readonly (readonly [seen: string, told: Told])[];

const stories: Record<string, Story> = {
  'one pass verifies': [['0m ok', 'verified: ok']],
  'one failure moves nothing that anybody sees': [
    ['0m ok', 'verified'],
    ['+1d tcp.timeout', 'verified: ok'],
    ['+5m ok', 'verified: ok'],
  ],
  'a new endpoint that fails once is still unverified': [
    ['0m dns.nxdomain', 'unverified: new'],
    ['+5m ok', 'verified'],
  ],
  'what may pass by itself must last six hours': [
    ['0m ok', 'verified'],
    ['+1d tcp.timeout', 'verified'],
    ['+5m tcp.timeout', 'verified'],
    ['+30m tcp.timeout', 'verified'],
    ['+2h tcp.timeout', 'verified'],
    ['+8h tcp.timeout', 'failing: tcp.timeout'],
  ],
  'what does not change by itself must last one hour': [
    ['0m ok', 'verified'],
    ['+1d tls.expired', 'verified'],
    ['+5m tls.expired', 'verified'],
    ['+30m tls.expired', 'verified'],
    ['+2h tls.expired', 'failing: tls.expired'],
  ],
  'one hour is enough only for the same answer': [
    ['0m tls.expired', 'unverified'],
    ['+30m tls.hostname', 'unverified'],
    ['+30m tls.expired', 'unverified'],
    ['+30m tls.expired', 'unverified'],
    ['+30m tls.expired', 'failing: tls.expired'],
  ],
  'six hours are enough for any answers': [
    ['0m ok', 'verified'],
    ['+1d tls.expired', 'verified'],
    ['+3h tcp.reset', 'verified'],
    ['+3h greeting.timeout', 'failing: greeting.timeout'],
  ],
  'two failures are never enough, however far apart': [
    ['0m ok', 'verified'],
    ['+1d tcp.refused', 'verified'],
    ['+2d tcp.refused', 'verified'],
  ],
  'a pass in between begins the count anew': [
    ['0m ok', 'verified'],
    ['+1d tcp.refused', 'verified'],
    ['+4h tcp.refused', 'verified'],
    ['+4h ok', 'verified'],
    ['+1d tcp.refused', 'verified'],
    ['+4h tcp.refused', 'verified'],
    ['+4h tcp.refused', 'failing'],
  ],
  'a double report counts once': [
    ['0m ok', 'verified'],
    ['+1d tls.expired', 'verified'],
    ['+1m tls.expired', 'verified'],
    ['+1m tls.expired', 'verified'],
    ['+2h tls.expired', 'verified'],
    ['+5m tls.expired', 'failing'],
  ],
  'two passes lead back, ten minutes apart': [
    ['0m tls.expired', 'unverified'],
    ['+1h tls.expired', 'unverified'],
    ['+1h tls.expired', 'failing'],
    ['+8h ok', 'failing: tls.expired'],
    ['+5m ok', 'failing'],
    ['+5m ok', 'verified: ok'],
  ],
  'a warning twice degrades, and two clean passes lead back': [
    ['0m ok cert.expires', 'verified'],
    ['+1d ok cert.expires', 'degraded: cert.expires'],
    ['+1d ok cert.expires', 'degraded'],
    ['+1d ok', 'degraded'],
    ['+15m ok', 'verified: ok'],
  ],
  'a warning once is nothing': [
    ['0m ok address.some-fail', 'verified'],
    ['+1d ok', 'verified'],
    ['+1d ok address.some-fail', 'verified'],
  ],
  'a remark for the operator degrades nothing': [
    ['0m ok quit.impolite', 'verified'],
    ['+1d ok quit.impolite', 'verified'],
    ['+1d ok auth.plaintext-offered', 'verified'],
  ],
  'who comes back with a warning is degraded': [
    ['0m tls.expired', 'unverified'],
    ['+1h tls.expired', 'unverified'],
    ['+1h tls.expired', 'failing'],
    ['+8h ok cert.expires', 'failing'],
    ['+15m ok cert.expires', 'degraded: cert.expires'],
  ],
  'four changes of mind in a day are unsteady': [
    ['0m ok', 'verified'],
    ['+1d tcp.reset', 'verified'],
    ['+5m ok', 'verified'],
    ['+5h tcp.reset', 'verified'],
    ['+5m ok', 'degraded: unsteady'],
    ['+23h ok', 'verified'],
  ],
  'four changes of mind in four days are not': [
    ['0m ok', 'verified'],
    ['+1d tcp.reset', 'verified'],
    ['+1d ok', 'verified'],
    ['+1d tcp.reset', 'verified'],
    ['+1d ok', 'verified'],
  ],
  'what is degraded can fail': [
    ['0m ok cert.expires', 'verified'],
    ['+1d ok cert.expires', 'degraded'],
    ['+10d tls.expired', 'unverified: stale'],
    ['+1h tls.expired', 'unverified'],
    ['+1h tls.expired', 'failing: tls.expired'],
  ],
  'a limit, or our own fault, neither counts nor undoes': [
    ['0m ok', 'verified'],
    ['+1d tls.expired', 'verified'],
    ['+30m limit.rate', 'verified'],
    ['+30m tls.expired', 'verified'],
    ['+30m tcp.no-ipv6', 'verified'],
    ['+30m tls.expired', 'failing'],
    ['+1d limit.connections', 'failing: tls.expired'],
  ],
  'three days without anything conclusive are stale': [
    ['0m ok', 'verified'],
    ['+1d limit.rate', 'verified'],
    ['+1d limit.rate', 'verified'],
    ['+1d limit.rate', 'unverified: stale'],
    ['+1d ok', 'verified'],
  ],
  'a verifier that slept for a week trusts nothing it knew, until it has looked again': [
    ['0m ok', 'verified'],
    ['+7d tcp.timeout', 'unverified: stale'],
    ['+7d tcp.timeout', 'unverified'],
    ['+7d tcp.timeout', 'failing'],
  ],
  'a server that keeps answering wrongly does not die': [
    ['0m tls.expired', 'unverified'],
    ['+1d tls.expired', 'unverified'],
    ...days(21, 'tls.expired', 'failing'),
  ],
  'two weeks of silence are death; it comes back by two passes': [
    ['0m dns.nxdomain', 'unverified'],
    ['+1d dns.nxdomain', 'unverified'],
    ...days(14, 'dns.nxdomain', 'failing'),
    ['+1d tcp.timeout', 'dead: tcp.timeout'],
    ['+7d dns.nxdomain', 'dead'],
    ['+7d ok', 'dead'],
    ['+15m ok', 'verified'],
  ],
  'two weeks of which one day was not silent are not': [
    ['0m dns.nxdomain', 'unverified'],
    ['+1d dns.nxdomain', 'unverified'],
    ...days(7, 'dns.nxdomain', 'failing'),
    ['+1d tls.handshake', 'failing'],
    ...days(14, 'dns.nxdomain', 'failing'),
    ['+1d dns.nxdomain', 'dead'],
  ],
  'ten checks are needed for a death certificate': [
    ['0m dns.nxdomain', 'unverified'],
    ['+1d dns.nxdomain', 'unverified'],
    ['+2d dns.nxdomain', 'failing'],
    ['+2d dns.nxdomain', 'failing'],
    ['+2d dns.nxdomain', 'failing'],
    ['+2d dns.nxdomain', 'failing'],
    ['+2d dns.nxdomain', 'failing'],
    ['+2d dns.nxdomain', 'failing'],
    ['+2d dns.nxdomain', 'failing'],
    ['+2d dns.nxdomain', 'dead'],
  ],
};

describe('the story in which', () => {
  for (const [name, story] of Object.entries(stories)) test(name, () => tell(story));
});

describe('the next look', () => {
  const minutes = (state: State, at: string) => (Date.parse(state.dueAt) - Date.parse(at)) / units.m;
  const waits = (story: readonly string[]): number[] => {
    const seen = observations(story);
    let state: State | undefined;
    return seen.map((one) => minutes((state = next(state, one, middle)), one.at));
  };

  test('is a day later where all is well', () => assert.deepEqual(waits(['0m ok', '+1d ok']), [1440, 1440]));

  test('comes soon after a failure, then later and later', () => {
    const down = Array.from({ length: 7 }, () => '+1h tcp.timeout');
    assert.deepEqual(waits(down), [5, 30, 120, 480, 1440, 1440, 1440]);
  });

  test('comes twice as late after what was inconclusive, at most a day', () => {
    const limited = ['0m tcp.timeout', ...Array.from({ length: 9 }, () => '+1h limit.rate')];
    assert.deepEqual(waits(limited), [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440]);
  });

  test('comes soon after the first pass of what was failing', () => {
    assert.deepEqual(
      waits(['0m tls.expired', '+1h tls.expired', '+1h tls.expired', '+1h ok', '+15m ok']).slice(2),
      [120, 15, 1440],
    );
  });

  test('comes once a week to what is dead', () => {
    const gone = Array.from({ length: 17 }, () => '+1d tcp.refused');
    assert.deepEqual(waits([...gone, '+1d limit.rate']).slice(-2), [7 * 1440, 7 * 1440]);
  });

  test('is up to a fifth sooner or later, as the dice fall', () => {
    const [seen] = observations(['0m ok']);
    assert.equal(
      minutes(
        next(undefined, seen!, () => 0),
        seen!.at,
      ),
      0.8 * 1440,
    );
    assert.equal(
      Math.round(
        minutes(
          next(undefined, seen!, () => 0.999_999),
          seen!.at,
        ),
      ),
      1.2 * 1440,
    );
  });

  test('at what nobody has looked at is due at once', () => {
    const at = new Date(start).toISOString();
    assert.deepEqual([unknown(at).dueAt, staleAt(unknown(at))], [at, undefined]);
  });
});

test('an older result changes nothing: a report that comes twice is harmless', () => {
  const [first, second] = observations(['0m ok', '+30m tcp.timeout']);
  const state = next(next(undefined, first!, middle), second!, middle);
  assert.deepEqual(next(state, second!, middle), state);
  assert.deepEqual(next(state, first!, middle), state);
});

test('a clock that ran ahead and was set back takes what it has counted with it', () => {
  const [ok, failed] = observations(['0m ok', '+400d tcp.timeout']);
  const ahead = next(next(undefined, ok!, middle), failed!, middle);
  const [back] = observations(['3m ok']);
  assert.deepEqual(next(ahead, back!, middle), next(undefined, back!, middle));
});

describe('whatever happens', () => {
  const codes = Object.keys(findings) as FindingCode[];
  const step = fc.record({
    minutes: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 10_000 })),
    code: fc.oneof(fc.constant('ok' as const), fc.constantFrom(...codes)),
    warnings: fc.subarray([...warningCodes], { maxLength: 2 }),
    dice: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  const life = fc.array(step, { minLength: 1, maxLength: 60 });

  /** Every step of a life: the state before (undefined at first), what was seen, the state after. */
  function holds(promise: (before: State | undefined, seen: Observation, after: State) => void): void {
    fc.assert(
      fc.property(life, (steps) => {
        let state: State | undefined;
        let now = start;
        for (const { minutes, code, warnings, dice } of steps) {
          now += minutes * units.m;
          const seen = observation(code, code === 'ok' ? warnings : [], now);
          const after = next(state, seen, () => dice);
          promise(state, seen, after);
          state = after;
        }
      }),
      { numRuns: 300 },
    );
  }

  test('nothing fails by fewer than three failures in a row, over an hour at least', () =>
    holds((before, _, { status, failures }) => {
      if (status !== 'failing' || before?.status === 'failing') return;
      assert.ok(failures && failures.all.count >= 3);
      assert.ok(Date.parse(failures.all.last) - Date.parse(failures.all.first) >= units.h);
    }));

  test('nothing is verified by a failure, and nothing is failing by a pass', () =>
    holds((before, { verdict }, { status }) => {
      if (status === before?.status) return;
      if (status === 'verified') assert.equal(verdict.outcome, 'works');
      if (status === 'failing' || status === 'dead') assert.equal(verdict.outcome, 'fails');
    }));

  test('what is inconclusive leaves the status, unless it has become stale', () =>
    holds((before, { verdict }, after) => {
      if (verdict.outcome !== 'inconclusive') return;
      if (after.reason === 'stale') assert.equal(after.status, 'unverified');
      else assert.deepEqual([after.status, after.reason], [before?.status ?? 'unverified', before?.reason ?? 'new']);
      assert.deepEqual(
        [after.failures, after.passes, after.flips],
        [before?.failures, before?.passes, before?.flips ?? []],
      );
    }));

  test('nothing dies that was not failing', () =>
    holds((before, _, { status }) => {
      if (status === 'dead') assert.ok(before?.status === 'failing' || before?.status === 'dead');
    }));

  test('every endpoint is looked at again: in four minutes at the soonest, in nine days at the latest', () =>
    holds((_, { at }, { dueAt }) => {
      const wait = Date.parse(dueAt) - Date.parse(at);
      assert.ok(wait >= 4 * units.m && wait < 9 * units.d, String(wait));
    }));

  test('the state survives JSON, and stays small', () =>
    holds((_, __, after) => {
      const json = JSON.stringify(after);
      assert.deepEqual(JSON.parse(json), after);
      assert.ok(json.length < 1200, String(json.length));
    }));

  test('an endpoint is well exactly where its newest conclusive result was a pass', () =>
    holds((before, { verdict }, after) => {
      if (verdict.outcome === 'inconclusive') assert.equal(isWell(after), before === undefined || isWell(before));
      else assert.equal(isWell(after), verdict.outcome === 'works');
    }));
});

/** So many days on each of which the same is seen, and told. */
function days(count: number, seen: string, told: Told): Story {
  return Array.from({ length: count }, () => [`+1d ${seen}`, told] as const);
}

function tell(story: Story): void {
  let state: State | undefined;
  const lines: string[] = [];
  for (const [i, seen] of observations(story.map(([text]) => text)).entries()) {
    state = next(state, seen, middle);
    const told = story[i]?.[1] ?? '';
    const [status, reason] = told.split(': ');
    lines.push(`${story[i]?.[0]} -> ${told}`);
    assert.equal(state.status, status, lines.join('\n'));
    if (reason !== undefined) assert.equal(state.reason, reason, lines.join('\n'));
  }
}

function observations(texts: readonly string[]): Observation[] {
  let now = start;
  return texts.map((text) => {
    const { length, unit, code, warning } =
      /^\+?(?<length>\d+)(?<unit>[mhd]) (?<code>\S+)( (?<warning>[a-z]\S+))?$/.exec(text)?.groups ?? {};
    now += Number(length) * units[unit as keyof typeof units];
    const warnings = warning === undefined ? [] : [warning as WarningCode];
    return observation(code as 'ok' | FindingCode, warnings, now);
  });
}

function observation(code: 'ok' | FindingCode, warnings: readonly WarningCode[], now: number): Observation {
  const outcome = code === 'ok' ? 'works' : findings[code] === 'inconclusive' ? 'inconclusive' : 'fails';
  const verdict = { code, outcome, warnings: warnings.map((name) => ({ code: name })) } as const;
  return { verdict, at: new Date(now).toISOString() };
}
