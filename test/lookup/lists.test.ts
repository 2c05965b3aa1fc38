import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { domainLines, loginLines, readDomains, readLogins, spellings } from '../../src/lookup/lists.ts';
import type { Domain } from '../../src/name/domain.ts';
import { curated, record } from '../records.ts';

const one = compileAtlas(curated({ providers: [record({ id: 'mail.example', formerly: ['post.example'] })] }));
const two = compileAtlas(curated({ providers: [record({ id: 'mail.example' }), record({ id: 'other.example' })] }));

describe('a list of domains', () => {
  const read = (text: string, atlas = two) => Object.fromEntries(readDomains(domainLines(text), atlas));

  test('has a domain and its record on each line, however they are set apart', () => {
    const text = 'a.de mail.example\nb.de,other.example\r\nc.de\tmail.example\n  d.de , other.example  \n';
    assert.deepEqual(read(text), {
      'a.de': 'mail.example',
      'b.de': 'other.example',
      'c.de': 'mail.example',
      'd.de': 'other.example',
    });
  });

  test('may have comments, empty lines and a byte order mark', () => {
    const text = '\ufeff# customers\n\na.de mail.example # since 2019\n   \n#b.de mail.example\n';
    assert.deepEqual(read(text), { 'a.de': 'mail.example' });
  });

  test('needs no record where there is only one', () => {
    assert.deepEqual(read('a.de\nb.de\n', one), { 'a.de': 'mail.example', 'b.de': 'mail.example' });
  });

  test('takes domains as people write them, and records by ids of former times', () => {
    assert.deepEqual(read('Straße.DE. POST.example', one), { 'xn--strae-oqa.de': 'mail.example' });
  });

  test('may say the same twice', () => {
    assert.deepEqual(read('a.de\na.de mail.example\n', one), { 'a.de': 'mail.example' });
  });

  for (const [text, says] of [
    ['a.de', 'line 1: a.de has no record behind it, and there are several'],
    ['\na.de nobody.example', 'line 2: there is no record “nobody.example”'],
    ['a.de mail.example\na.de other.example', 'line 2: a.de has mail.example as well as other.example'],
    ['a.de mail.example too', 'line 1: there is more than a domain and a record'],
    ['ALL mail.example', 'line 1: “all” has no dot: a mail domain looks like example.com'],
    ['*.de mail.example', 'line 1: The domain “*.de” contains “*”, which no domain name may'],
    ['', 'there is no domain in it'],
    ['# nobody yet\n', 'there is no domain in it'],
  ] as const) {
    test(`is no good: ${JSON.stringify(text)}`, () => {
      assert.throws(() => read(text), { name: 'ListError', message: says });
    });
  }
});

describe('a list of logins', () => {
  const read = (text: string) => Object.fromEntries(readLogins(loginLines(text)));

  test('has an address and its login on each line', () => {
    const text = '# logins\nmax@A.de m4711\nEva@a.de,EXAMPLE\\eva\n\njo#1@a.de jo # 1\n';
    assert.deepEqual(read(text), { 'max@a.de': 'm4711', 'Eva@a.de': 'EXAMPLE\\eva', 'jo#1@a.de': 'jo # 1' });
  });

  test('may be empty: then nobody’s login is another one', () => {
    assert.deepEqual(read('# nobody\n'), {});
  });

  for (const [text, says] of [
    ['max@a.de', 'line 1: the address has no login behind it'],
    ['a.de max', 'line 1: this is a domain, not an address'],
    ['max@@a..de max', 'line 1: this is no address'],
    ['max@a.de one\nmax@a.de two', 'line 2: the address has another login before'],
    [`max@a.de ${'x'.repeat(255)}`, 'line 1: the address has no login behind it'],
  ] as const) {
    test(`is no good, and says so without the address: ${says}`, () => {
      assert.throws(() => read(text), { name: 'ListError', message: says });
    });
  }
});

test('an address is looked for as it was typed, then in lower case', () => {
  assert.deepEqual(spellings('Max', 'a.de' as Domain), ['Max@a.de', 'max@a.de']);
  assert.deepEqual(spellings('max', 'a.de' as Domain), ['max@a.de']);
});
