import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type State, states } from '../../src/submit/model.ts';
import { type Act, type Actor, acts, isOpen, moveOf, type Standing } from '../../src/submit/state.ts';

const actors: readonly Actor[] = ['submitter', 'reviewer', 'admin', 'operator', 'mailatlas'];
const anyActor = fc.constantFrom(...actors);
const anyAct = fc.constantFrom(...acts);

/** Where a submission can get by these acts, whoever does them; acts that are refused change nothing. */
function walk(steps: readonly (readonly [Act, Actor])[]): Standing[] {
  let standing: Standing = { state: 'checking', held: false };
  return [
    standing,
    ...steps.map(([act, actor]) => {
      const move = moveOf(act, actor, standing);
      if ('to' in move) standing = { state: move.to, held: act === 'hold' };
      return standing;
    }),
  ];
}

const anyWalk = fc.array(fc.tuple(anyAct, anyActor), { maxLength: 60 }).map((steps) => ({ steps, path: walk(steps) }));

describe('a submission', () => {
  test('whatever is done, it ends as one of the states that there are, and stays ended', () => {
    fc.assert(
      fc.property(anyWalk, ({ path }) => {
        const ended = new Set<State | undefined>(['declined', 'withdrawn', 'exported']);
        for (const [i, { state }] of path.entries()) {
          assert.ok(states.includes(state));
          if (ended.has(path[i - 1]?.state)) assert.equal(state, path[i - 1]?.state);
        }
      }),
    );
  });

  test('is published only out of waiting, and only by a reviewer or when the hold is over', () => {
    fc.assert(
      fc.property(anyWalk, ({ steps, path }) => {
        for (const [i, [act, actor]] of steps.entries()) {
          if (path[i]?.state === 'published' || path[i + 1]?.state !== 'published') continue;
          assert.equal(path[i]?.state, 'waiting');
          assert.equal(act, 'publish');
          assert.ok(['reviewer', 'admin', 'mailatlas'].includes(actor), actor);
        }
      }),
    );
  });

  test('is held only while it waits; whoever acts ends the hold', () => {
    fc.assert(fc.property(anyWalk, ({ path }) => path.every(({ state, held }) => !held || state === 'waiting')));
    const held = { state: 'waiting', held: true } as const;
    for (const act of ['redraft', 'recheck', 'ask', 'accept', 'hold'] as const)
      for (const actor of actors) assert.ok('refused' in moveOf(act, actor, held), `${actor} cannot ${act}`);
    for (const actor of ['submitter', 'reviewer', 'admin'] as const)
      assert.deepEqual(moveOf('stop', actor, held), { to: 'waiting' });
    assert.deepEqual(moveOf('stop', 'reviewer', { ...held, held: false }), { refused: 'state' });
  });

  test('is open until it has ended', () => {
    assert.deepEqual(states.filter(isOpen), ['checking', 'waiting', 'asked']);
  });

  test('can be withdrawn by its submitter as long as it is open, and by nobody else', () => {
    for (const state of states)
      for (const actor of actors) {
        const may = isOpen(state) && actor === 'submitter';
        assert.equal('to' in moveOf('withdraw', actor, { state, held: false }), may, `${actor} in ${state}`);
      }
  });

  test('an admin may do whatever a reviewer may', () => {
    fc.assert(
      fc.property(anyAct, fc.constantFrom(...states), fc.boolean(), (act, state, held) => {
        const reviewer = moveOf(act, 'reviewer', { state, held });
        if ('to' in reviewer) assert.deepEqual(moveOf(act, 'admin', { state, held }), reviewer);
      }),
    );
  });

  test('refuses with the reason: the wrong hands, or the wrong time', () => {
    assert.deepEqual(moveOf('decline', 'submitter', { state: 'waiting', held: false }), { refused: 'actor' });
    assert.deepEqual(moveOf('ask', 'reviewer', { state: 'checking', held: false }), { refused: 'state' });
  });
});
