import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileAtlas, namesAbove } from '../../src/atlas/atlas.ts';
import { parseDomain } from '../../src/name/domain.ts';
import { type Pattern, patternsFor, wildcardsFor } from '../../src/name/pattern.ts';
import { curated, handler, leftOut, record } from '../records.ts';

const mail = record({ id: 'mail.example', domains: ['*.mail.example', 'mail.example'] });
const hoster = record({ id: 'hoster.example', domains: [], mx: ['*.mx.hoster.example', 'vip.hoster.example'] });
const gateway = handler('gateway', '*.gateway.example');
const nowhere = leftOut('nowhere.example');
const data = curated({ providers: [mail, hoster], others: [gateway], leftOut: [nowhere] });
const atlas = compileAtlas(data);

describe('the atlas', () => {
  test('knows every record by its id, also those without a domain', () => {
    assert.deepEqual([...atlas.records.keys()], ['mail.example', 'hoster.example']);
    assert.equal(atlas.records.get('hoster.example'), hoster);
  });

  test('keeps the data it was made of', () => {
    assert.equal(atlas.curated, data);
  });

  test('knows what a renamed record was called before', () => {
    const renamed = compileAtlas(curated({ providers: [record({ formerly: ['old.example', 'older.example'] })] }));
    assert.deepEqual(
      [...renamed.renamed],
      [
        ['old.example', 'mail.example'],
        ['older.example', 'mail.example'],
      ],
    );
    assert.ok(!renamed.records.has('old.example'));
    assert.equal(renamed.ownerOf([parseDomain('old.example')]), undefined);
  });

  test('of nothing answers nothing', () => {
    const empty = compileAtlas(curated());
    assert.equal(empty.ownerOf([parseDomain('mail.example')]), undefined);
    assert.equal(empty.mxOwnerOf(patternsFor(parseDomain('mx.mail.example'))), undefined);
    assert.deepEqual(empty.mxOwnersBelow(parseDomain('mail.example')), []);
  });
});

describe('whose domain is this', () => {
  test('a record’s, or nobody’s on purpose', () => {
    assert.deepEqual(atlas.ownerOf([parseDomain('mail.example')]), { record: mail });
    assert.deepEqual(atlas.ownerOf([parseDomain('nowhere.example')]), { leftOut: nowhere });
    assert.equal(atlas.ownerOf([parseDomain('unknown.example')]), undefined);
    assert.equal(atlas.ownerOf([]), undefined);
  });

  test('the first of the names that anybody has decides', () => {
    const names = ['unknown.example', 'nowhere.example', 'mail.example'].map(parseDomain);
    assert.deepEqual(atlas.ownerOf(names), { leftOut: nowhere });
    assert.deepEqual(atlas.ownerOf(names.toReversed()), { record: mail });
  });

  test('a wildcard is a name like any other', () => {
    assert.deepEqual(atlas.ownerOf(wildcardsFor(parseDomain('a.b.mail.example'))), { record: mail });
  });

  test('where two claim a domain the first record keeps it, and a record before the list of those left out', () => {
    const second = record({ id: 'second.example', domains: ['mail.example', 'second.example'] });
    const both = compileAtlas(curated({ providers: [mail, second], leftOut: [leftOut('mail.example')] }));
    assert.deepEqual(both.ownerOf([parseDomain('mail.example')]), { record: mail });
    assert.deepEqual(both.ownerOf([parseDomain('second.example')]), { record: second });
  });

  test('a name from outside is never taken for a property of an object', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      assert.equal(atlas.ownerOf([name as Pattern]), undefined);
      assert.equal(atlas.mxOwnerOf([name as Pattern]), undefined);
      assert.equal(atlas.records.get(name), undefined);
    }
  });
});

describe('whose MX host is this', () => {
  test('a record’s, or somebody’s who handles mail for others', () => {
    assert.deepEqual(atlas.mxOwnerOf(patternsFor(parseDomain('a.mx.hoster.example'))), { record: hoster });
    assert.deepEqual(atlas.mxOwnerOf(patternsFor(parseDomain('vip.hoster.example'))), { record: hoster });
    assert.deepEqual(atlas.mxOwnerOf(patternsFor(parseDomain('a.gateway.example'))), { other: gateway });
    assert.equal(atlas.mxOwnerOf(patternsFor(parseDomain('other.hoster.example'))), undefined);
  });

  test('one record is one owner, however many of its patterns match', () => {
    const a = atlas.mxOwnerOf(['*.mx.hoster.example' as Pattern]);
    assert.equal(a, atlas.mxOwnerOf(['vip.hoster.example' as Pattern]));
  });

  test('mail domains and MX patterns are two different things', () => {
    assert.equal(atlas.mxOwnerOf(patternsFor(parseDomain('mail.example'))), undefined);
    assert.equal(atlas.ownerOf(patternsFor(parseDomain('vip.hoster.example'))), undefined);
  });
});

describe('whose MX hosts are below this name', () => {
  const below = (name: string) =>
    atlas.mxOwnersBelow(parseDomain(name)).map((owner) => ('record' in owner ? owner.record.id : owner.other.name));

  test('everybody’s who has a pattern at or below it, each once', () => {
    assert.deepEqual(below('hoster.example'), ['hoster.example']); // two patterns, one owner
    assert.deepEqual(below('mx.hoster.example'), ['hoster.example']);
    assert.deepEqual(below('gateway.example'), ['The gateway']);
    assert.deepEqual(below('unknown.example'), []);
  });

  test('and the owner’s of the pattern that covers it', () => {
    assert.deepEqual(below('a.mx.hoster.example'), ['hoster.example']);
    assert.deepEqual(below('a.b.mx.hoster.example'), ['hoster.example']);
    assert.deepEqual(below('other.hoster.example'), []);
  });

  test('a pattern inside another’s has two', () => {
    const inner = record({ id: 'inner.example', domains: [], mx: ['*.eu.mx.hoster.example'] });
    const nested = compileAtlas(curated({ providers: [hoster, inner] }));
    const owners = nested.mxOwnersBelow(parseDomain('eu.mx.hoster.example'));
    assert.deepEqual(owners, [{ record: hoster }, { record: inner }]);
    assert.deepEqual(nested.mxOwnersBelow(parseDomain('a.eu.mx.hoster.example')), [{ record: inner }]);
  });
});

describe('the names above a pattern', () => {
  test('go from its stem up to the registrable domain', () => {
    assert.deepEqual(namesAbove('*.mx.hoster.example'), ['mx.hoster.example', 'hoster.example']);
    assert.deepEqual(namesAbove('mx.hoster.example'), ['mx.hoster.example', 'hoster.example']);
    assert.deepEqual(namesAbove('hoster.example'), ['hoster.example']);
  });

  test('never reach a public suffix', () => {
    assert.deepEqual(namesAbove('*.mx.hoster.co.uk'), ['mx.hoster.co.uk', 'hoster.co.uk']);
    assert.deepEqual(namesAbove('*.w0123.kasserver.com'), ['w0123.kasserver.com']);
  });

  test('are the stem alone where that is a private suffix itself', () => {
    assert.deepEqual(namesAbove('*.kasserver.com'), ['kasserver.com']);
  });
});
