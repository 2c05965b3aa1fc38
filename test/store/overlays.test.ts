import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recordDigest } from '../../src/atlas/digest.ts';
import type { Curated, Provider } from '../../src/provider/model.ts';
import { applyOverlays, type Overlaid, type Overlay } from '../../src/store/overlays.ts';
import { curated, handler, leftOut, record } from '../records.ts';

const file = record({ id: 'mail.example', name: 'As in the file' });
const published = record({ id: 'mail.example', name: 'As published here' });
const other = record({
  id: 'other.example',
  domains: ['other.example', '*.other.example'],
  mx: ['*.mx.other.example'],
});

describe('an overlay', () => {
  test('is not needed: data without overlays are served as they are', () => {
    assert.deepEqual(applyOverlays(data(file, other), []), outcome({ providers: [file, other] }));
  });

  test('adds a record that the data do not have', () => {
    const added = overlay({ record: record({ id: 'new.example' }) });
    assert.deepEqual(applyOverlays(data(file), [added]), outcome({ providers: [file, added.record] }));
  });

  test('stands in front of the record of the data that it was made from', () => {
    const replacing = overlay({ record: published, base: file });
    assert.deepEqual(applyOverlays(data(file, other), [replacing]), outcome({ providers: [published, other] }));
  });

  test('that is a tombstone takes the record away', () => {
    const tombstone = overlay({ id: file.id, base: file });
    assert.deepEqual(applyOverlays(data(file, other), [tombstone]), outcome({ providers: [other] }));
  });

  test('may take over a name that another overlay before it has set free', () => {
    const tombstone = overlay({ number: 1, id: other.id, base: other });
    const taker = overlay({
      number: 2,
      record: { ...published, domains: ['mail.example', 'other.example'] },
      base: file,
    });
    assert.deepEqual(applyOverlays(data(file, other), [tombstone, taker]), outcome({ providers: [taker.record] }));
  });
});

describe('the lists beside the records', () => {
  const lists = {
    leftOut: [leftOut('gone.example'), leftOut('lost.example')],
    others: [handler('gateway', '*.filter.example')],
  };

  test('stay as they are where no overlay concerns them', () => {
    const replacing = overlay({ record: published, base: file });
    assert.deepEqual(
      applyOverlays(curated({ providers: [file], ...lists }), [replacing]),
      outcome({ providers: [published], ...lists }),
    );
  });

  test('no longer leave a domain out that is published here', () => {
    const found = overlay({ record: record({ id: 'gone.example' }) });
    assert.deepEqual(
      applyOverlays(curated({ providers: [], ...lists }), [found]),
      outcome({ providers: [found.record], leftOut: [leftOut('lost.example')], others: lists.others }),
    );
  });

  test('keep the MX patterns of those who handle mail for others: whoever claims one is refused', () => {
    const greedy = overlay({ record: { ...published, mx: ['*.filter.example'] }, base: file });
    assert.deepEqual(
      applyOverlays(curated({ providers: [file], ...lists }), [greedy]),
      outcome({ providers: [file], ...lists, refused: [greedy] }),
    );
  });
});

describe('an overlay has done its work', () => {
  test('where the data have the same facts, whatever the order of keys', () => {
    const sameFacts = Object.fromEntries(Object.entries(published).toReversed()) as Provider;
    const replacing = overlay({ record: published, base: file });
    assert.deepEqual(
      applyOverlays(data(sameFacts), [replacing]),
      outcome({ providers: [sameFacts], retired: [replacing] }),
    );
  });

  test('where the data have the record that it added', () => {
    const added = overlay({ record: published });
    assert.deepEqual(applyOverlays(data(published), [added]), outcome({ providers: [published], retired: [added] }));
  });

  test('where it is a tombstone and the data no longer have the record', () => {
    const tombstone = overlay({ id: file.id, base: file });
    assert.deepEqual(applyOverlays(data(other), [tombstone]), outcome({ providers: [other], retired: [tombstone] }));
  });
});

describe('an overlay keeps serving, and a person must decide', () => {
  const movedOn = record({ id: 'mail.example', name: 'As in the file of today' });

  test('where the file has moved on since', () => {
    const replacing = overlay({ record: published, base: file });
    assert.deepEqual(
      applyOverlays(data(movedOn), [replacing]),
      outcome({ providers: [published], conflicts: [replacing] }),
    );
  });

  test('where the file is gone', () => {
    const replacing = overlay({ record: published, base: file });
    assert.deepEqual(applyOverlays(data(), [replacing]), outcome({ providers: [published], conflicts: [replacing] }));
  });

  test('where it added a record that the data now have with other facts', () => {
    const added = overlay({ record: published });
    assert.deepEqual(applyOverlays(data(movedOn), [added]), outcome({ providers: [published], conflicts: [added] }));
  });

  test('where it is a tombstone and the file has moved on since', () => {
    const tombstone = overlay({ id: file.id, base: file });
    assert.deepEqual(applyOverlays(data(movedOn), [tombstone]), outcome({ providers: [], conflicts: [tombstone] }));
  });
});

describe('an overlay is refused, and the data are served in its place', () => {
  const claims: Record<string, Partial<Provider>> = {
    'a domain of another record': { domains: ['mail.example', 'other.example'] },
    'a wildcard of another record': { domains: ['*.other.example', 'mail.example'] },
    'an MX pattern of another record': { mx: ['*.mx.other.example'] },
    'another record’s domain as its MX pattern': { mx: ['other.example'] },
    'another record’s MX pattern as its domain': { domains: ['*.mx.other.example', 'mail.example'] },
  };
  for (const [claim, facts] of Object.entries(claims)) {
    test(`where it claims ${claim}`, () => {
      const greedy = overlay({ record: { ...published, ...facts }, base: file });
      assert.deepEqual(
        applyOverlays(data(file, other), [greedy]),
        outcome({ providers: [file, other], refused: [greedy] }),
      );
    });
  }

  test('where it is new and claims a domain of the data: nothing is added', () => {
    const greedy = overlay({ record: record({ id: 'new.example', domains: ['new.example', 'other.example'] }) });
    assert.deepEqual(applyOverlays(data(other), [greedy]), outcome({ providers: [other], refused: [greedy] }));
  });

  test('where another overlay, published before it, has claimed the domain', () => {
    const [first, second] = ['one.example', 'two.example'].map((id, i) =>
      overlay({ number: i + 1, record: record({ id, domains: [id, 'wanted.example'] }) }),
    ) as [Overlay, Overlay];
    assert.deepEqual(applyOverlays(data(), [first, second]), outcome({ providers: [first.record], refused: [second] }));
  });

  test('but not for a name that its own record has already', () => {
    const owner = record({ id: 'mail.example', domains: ['mail.example', 'mine.example'], mx: ['*.mx.mail.example'] });
    const newer = { ...owner, name: 'Newer' };
    const replacing = overlay({ record: newer, base: owner });
    assert.deepEqual(applyOverlays(data(owner, other), [replacing]), outcome({ providers: [newer, other] }));
  });
});

/** An overlay that was made from `base`; without it, from nothing. Without a record it is a tombstone. */
function overlay(made: { number?: number; id?: string; record?: Provider; base?: Provider }): Overlay {
  return {
    number: made.number ?? 1,
    id: made.id ?? made.record?.id ?? '',
    baseDigest: made.base ? recordDigest(made.base) : null,
    record: made.record ?? null,
  };
}

function data(...providers: Provider[]): Curated {
  return curated({ providers });
}

interface Outcome extends Partial<Omit<Overlaid, 'curated'>> {
  providers: readonly (Provider | null)[];
  leftOut?: Curated['leftOut'];
  others?: Curated['others'];
}

function outcome({ providers, leftOut: out = [], others = [], ...fates }: Outcome) {
  return {
    curated: { providers, leftOut: out, others, noProbe: [] },
    retired: [],
    conflicts: [],
    refused: [],
    ...fates,
  };
}

describe('overlays that give and take', () => {
  const free = record({ id: 'a.example', domains: ['a.example', 'moves.example'] });
  const gives = { ...free, domains: ['a.example'] };
  const takes = record({ id: 'b.example', domains: ['b.example', 'moves.example'] });

  for (const [order, overlays] of Object.entries({
    'the giver first': [
      overlay({ number: 1, id: gives.id, record: gives }),
      overlay({ number: 2, id: takes.id, record: takes }),
    ],
    'the taker first, because the giver was edited once more': [
      overlay({ number: 2, id: takes.id, record: takes }),
      overlay({ number: 3, id: gives.id, record: gives }),
    ],
  })) {
    test(`are judged together: ${order}`, () => {
      const { refused, curated: served } = applyOverlays(curated({ providers: [free] }), overlays);
      assert.deepEqual(refused, []);
      assert.deepEqual(served.providers.find(({ id }) => id === 'b.example')?.domains, takes.domains);
    });
  }

  test('and claim one name both: the older has it', () => {
    const rival = record({ id: 'c.example', domains: ['c.example', 'moves.example'] });
    const { refused } = applyOverlays(curated({ providers: [] }), [
      overlay({ number: 1, id: takes.id, record: takes }),
      overlay({ number: 2, id: rival.id, record: rival }),
    ]);
    assert.deepEqual(
      refused.map(({ id }) => id),
      ['c.example'],
    );
  });
});
