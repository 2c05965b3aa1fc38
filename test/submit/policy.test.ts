import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type CheckResult, checkNames, checkStates, kinds } from '../../src/submit/model.ts';
import { accept, type Case, defaultPolicy, needsTwo, publishesItself, toConfirm } from '../../src/submit/policy.ts';

const says = { en: 'So it is.', de: 'So ist es.' };
const anyState = fc.constantFrom(...checkStates);
const anyCheck: fc.Arbitrary<CheckResult> = fc.record({
  name: fc.constantFrom(...checkNames),
  state: anyState,
  says: fc.constant(says),
  items: fc.array(
    fc.record({
      about: fc.constantFrom('a.example', 'b.example'),
      state: anyState,
      code: fc.constantFrom('foreign-host', 'unproved'),
      says: fc.constant(says),
    }),
    { maxLength: 3 },
  ),
});
const domains = fc.uniqueArray(fc.constantFrom('a.example', 'b.example', 'c.example'));
const anyCase: fc.Arbitrary<Case> = fc.record({
  draft: fc.record({
    kind: fc.constantFrom(...kinds),
    id: fc.constant('mail.example'),
    reason: fc.constant(''),
    language: fc.constantFrom('en' as const, 'de' as const),
  }),
  checks: fc.array(anyCheck, { maxLength: 5 }),
  proofs: fc.record({ needed: domains, held: domains }),
  movesTo: domains,
  takesAway: domains,
  changesMx: fc.boolean(),
});
const passed = checkNames.map((name): CheckResult => ({ name, state: 'passed', says, items: [] }));
const change: Case = {
  draft: { kind: 'change', id: 'mail.example', reason: '', language: 'en' },
  checks: passed,
  proofs: { needed: ['mail.example'], held: ['mail.example'] },
  movesTo: [],
  takesAway: [],
  changesMx: false,
};
const proved = { ...defaultPolicy, publishes: 'proved' } as const;

describe('one reviewer', () => {
  test('can publish what passes and sends nobody to anybody new', () => {
    assert.deepEqual(accept(change, 'anna', [], [], defaultPolicy), { result: 'publish' });
  });

  test('can never publish, alone or with themselves, what sends people of a served domain elsewhere', () => {
    fc.assert(
      fc.property(anyCase, fc.constantFrom([], ['anna']), (subject, before) => {
        fc.pre(needsTwo(subject));
        const { result } = accept(subject, 'anna', before, toConfirm(subject.checks), defaultPolicy);
        assert.ok(!['publish', 'hold'].includes(result), result);
      }),
    );
  });

  test('must confirm whatever no machine could judge, by name, and is told what is missing', () => {
    const item = { about: 'mail.hoster.example', state: 'attention', code: 'foreign-host', says } as const;
    const subject = { ...change, checks: [{ ...passed[0]!, state: 'attention', items: [item] } as const] };
    const missing = ['foreign-host:mail.hoster.example'];
    assert.deepEqual(accept(subject, 'anna', [], ['foreign-host'], defaultPolicy), { result: 'confirm', missing });
    assert.deepEqual(accept(subject, 'anna', [], missing, defaultPolicy), { result: 'publish' });
  });

  test('must confirm a check without details by its name', () => {
    const subject = { ...change, checks: [{ ...passed[0]!, name: 'probes', state: 'unknown' } as const] };
    assert.deepEqual(accept(subject, 'anna', [], [], defaultPolicy), { result: 'confirm', missing: ['probes'] });
  });

  test('cannot publish what failed, whatever they confirm', () => {
    fc.assert(
      fc.property(anyCase, fc.array(fc.string()), (subject, confirmed) => {
        fc.pre(subject.draft.kind !== 'report' && subject.checks.some(({ state }) => state === 'failed'));
        assert.equal(accept(subject, 'anna', ['bert'], confirmed, defaultPolicy).result, 'failed');
      }),
    );
  });

  test('settles a report with a word: it publishes nothing', () => {
    const report = { ...change, draft: { ...change.draft, kind: 'report' }, movesTo: ['x.example'] } as const;
    assert.deepEqual(accept(report, 'anna', [], [], defaultPolicy), { result: 'publish' });
    assert.equal(publishesItself(report, proved), false);
  });
});

describe('two reviewers', () => {
  const moving = { ...change, movesTo: ['other.example'] };

  test('hold what sends people elsewhere; the first one waits for the second', () => {
    assert.deepEqual(accept(moving, 'anna', [], [], defaultPolicy), { result: 'second' });
    assert.deepEqual(accept(moving, 'bert', ['anna'], [], defaultPolicy), { result: 'hold', hours: 72 });
  });

  test('are two people', () => {
    assert.deepEqual(accept(moving, 'anna', ['anna'], [], defaultPolicy), { result: 'again' });
  });
});

describe('nobody', () => {
  test('publishes anything without a reviewer unless the operator wants it', () => {
    fc.assert(fc.property(anyCase, (subject) => !publishesItself(subject, defaultPolicy)));
    assert.equal(publishesItself(change, proved), true);
  });

  test('publishes what is unproved, not checked, or decides about domains of others', () => {
    fc.assert(
      fc.property(anyCase, (subject) => {
        if (!publishesItself(subject, proved)) return;
        const { proofs, checks, changesMx, movesTo } = subject;
        assert.ok(proofs.needed.length > 0 && proofs.needed.every((domain) => proofs.held.includes(domain)));
        assert.ok(checks.length > 0 && checks.every(({ state }) => state === 'passed'));
        assert.ok(!changesMx && movesTo.length === 0);
      }),
    );
    for (const spoilt of [
      { changesMx: true },
      { movesTo: ['other.example'] },
      { checks: [] },
      { proofs: { needed: [], held: [] } },
      { proofs: { needed: ['mail.example', 'x.example'], held: ['mail.example'] } },
    ])
      assert.equal(publishesItself({ ...change, ...spoilt }, proved), false, Object.keys(spoilt)[0]);
  });
});
