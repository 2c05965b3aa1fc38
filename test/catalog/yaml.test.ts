import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { readYaml } from '../../src/catalog/yaml.ts';
import { quickly } from '../quickly.ts';

fc.configureGlobal({ seed: 122, numRuns: 500 });

/** What is wrong with a text, one line a problem (`line:column what`), in the order in which a person meets them. */
function problemsOf(text: string): string[] {
  const { problems } = readYaml(text, 'mail.example.yml');
  for (const { file, rule, level, field } of problems) {
    assert.deepEqual(
      { file, rule, level, field },
      { file: 'mail.example.yml', rule: 'syntax', level: 'error', field: '' },
    );
  }
  const place = ({ line = 0, column = 0 }) => line * 1e6 + column;
  return problems.toSorted((a, b) => place(a) - place(b)).map(({ line, column, says }) => `${line}:${column} ${says}`);
}

function good(text: string): void {
  assert.deepEqual(problemsOf(text), [], `for ${JSON.stringify(text)}`);
}

/** Where an expectation ends in “…”, the rest is the YAML library's own wording. */
function bad(text: string, ...expected: string[]): void {
  const found = problemsOf(text).map((said, i) => {
    const want = expected[i]?.endsWith('…') ? expected[i].slice(0, -1) : undefined;
    return want !== undefined && said.startsWith(want) ? `${want}…` : said;
  });
  assert.deepEqual(found, expected, `for ${JSON.stringify(text)}`);
}

const unreadable = 'YAML cannot be read here: ';
const bracket = 'there is a list or map in brackets';
const block = 'there is a text in block style (| or >)';
const tag = 'there is a tag';
const tab = 'there is a tab';
const twice = 'a key stands here twice';
const marker = 'there is a document marker or directive';

describe('what a curated file may hold', () => {
  test('maps and lists in block style, plain and quoted texts, numbers', () => {
    good('id: mail.example\ndomains:\n  - mail.example\n  - "*.mail.example"\nport: 993\n');
    good("single: 'it''s'\ndouble: \"\\u00fc\"\n");
    good('a:\n- not indented\nb:\n    - indented by four\n');
  });

  test('comments before, beside and after', () => {
    good('# above\na: 1 # beside\n\n# below\n');
  });

  test('an empty list in brackets, for which block style has no form', () => {
    good('incoming: []\noutgoing: [ ]\n');
  });

  test('signs that mean something to YAML, inside quotes', () => {
    good('a: "*alias"\nb: "&anchor"\nc: "!tag"\nd: "[1]"\ne: "--- | >"\nf: "%"\n');
  });

  test('an empty file is for the schema to judge', () => {
    good('');
    good('# nothing but a comment\n');
  });

  test('lines that end the way Windows ends them', () => {
    good('a: 1\r\nb:\r\n  - 2\r\n');
  });

  test('values as the core schema of YAML 1.2 reads them: no dates, no “no” that is false', () => {
    const { document } = readYaml('a: no\nb: 2026-11-20\nc: 1_000\nd: 12:30\ne: 0x1F\nf: true\ng: ~\n', 'f.yml');
    assert.deepEqual(document.toJS(), { a: 'no', b: '2026-11-20', c: '1_000', d: '12:30', e: 31, f: true, g: null });
  });
});

describe('what a curated file may not hold', () => {
  test('anchors and aliases', () => {
    bad('a: &x 1\nb: *x\n', '1:7 there is an anchor (&x)', '2:4 there is an alias (*x)');
    bad('list:\n  - &first one\n  - *first\n', '2:12 there is an anchor (&first)', '3:5 there is an alias (*first)');
    bad('a: &k key\n*k : 1\n', '1:7 there is an anchor (&k)', '2:1 there is an alias (*k)');
  });

  test('a wildcard without quotes, which YAML takes for an alias: the tip says to quote it', () => {
    const text = 'mx:\n  - *.mx.example\n';
    bad(text, '2:5 there is an alias (*.mx.example)');
    const [problem] = readYaml(text, 'f.yml').problems;
    assert.equal(problem?.tip, 'write the value out; quote a text that starts with *');
  });

  test('a merge key: its alias is refused', () => {
    const [anchor, alias] = problemsOf('a: &x\n  k: 1\nb:\n  <<: *x\n');
    assert.match(anchor ?? '', /there is an anchor \(&x\)$/);
    assert.equal(alias, '4:7 there is an alias (*x)');
  });

  test('tags: core ones, which the YAML parser accepts silently', () => {
    bad('a: !!str 1\n', `1:10 ${tag}`);
    bad('a: !<tag:yaml.org,2002:str> 1\n', `1:29 ${tag}`);
    bad('a: ! 1\n', `1:6 ${tag}`);
    bad('!!str a: 1\n', `1:7 ${tag}`);
    for (const text of ['a: !!map\n  b: 1\n', 'a: !!seq\n  - b\n', '!!map\na: 1\n']) {
      assert.match(problemsOf(text).join('\n'), /^\d:\d there is a tag$/);
    }
  });

  test('tags: custom ones, on texts, maps and lists', () => {
    bad('a: !custom 1\n', `1:4 ${unreadable}Unresolved tag: !custom`, `1:12 ${tag}`);
    for (const text of ['a: !custom\n  b: 1\n', 'a: !custom\n  - b\n']) {
      assert.equal(problemsOf(text)[0], `1:4 ${unreadable}Unresolved tag: !custom`);
    }
  });

  test('an anchor or a tag before a map is named on its own line, not on the line of the map', () => {
    assert.match(problemsOf('a: &x\n  b: 1\n').join(), /^1:/);
    assert.match(problemsOf('a: !!map\n  b: 1\n').join(), /^1:/);
  });

  test('tabs, wherever they stand', () => {
    bad('a:\tb\n', `1:3 ${tab}`);
    bad('a: "b\tc"\n', `1:6 ${tab}`);
    bad('a: b # c\td\n', `1:9 ${tab}`);
    bad('a:\n\tb: 1\n', `2:1 ${unreadable}…`, `2:1 ${tab}`);
    bad('a:\tb\nc:\td\n', `1:3 ${tab}`, `2:3 ${tab}`);
  });

  test('a key twice, at any depth and in any quotes', () => {
    bad('a: 1\nb: 2\na: 3\n', `3:1 ${twice}`);
    bad('a:\n  x: 1\n  x: 2\n', `3:3 ${twice}`);
    bad('a: 1\n"a": 2\n', `2:1 ${twice}`);
    bad('list:\n  - a: 1\n    a: 2\n', `3:5 ${twice}`);
  });

  test('a key that is not a text: nothing, a number, a list, a map', () => {
    assert.match(problemsOf('sources:\n  1:\n    url: a\n  "1":\n    url: b\n').join(), /^2:3 /);
    assert.match(problemsOf('? - a\n: 1\n').join(), /^1:3 /);
    assert.match(problemsOf('? a: 1\n: 2\n').join(), /^1:/);
    assert.notDeepEqual(problemsOf(': 1\n'), []);
  });

  test('lists and maps in brackets', () => {
    bad('a: [1, 2]\n', `1:4 ${bracket}`);
    bad('a: {b: 1}\n', `1:4 ${bracket}`);
    bad('a: [[1], {b: 2}]\n', `1:4 ${bracket}`, `1:5 ${bracket}`, `1:10 ${bracket}`);
    bad('{"id": "mail.example"}', `1:1 ${bracket}`); // JSON is YAML, but not a curated file
  });

  test('texts in block style', () => {
    bad('a: |\n  x\nb: >-\n  y\n', `1:4 ${block}`, `3:4 ${block}`);
  });

  test('document markers and directives', () => {
    bad('---\na: 1\n', `1:1 ${marker}`);
    bad('a: 1\n...\n', `2:1 ${marker}`);
    bad('a: 1\n---\nb: 1\n', `2:1 ${unreadable}Source contains multiple documents…`, `2:1 ${marker}`);
    bad('%YAML 1.1\n---\na: no\n', `1:1 ${marker}`);
    bad('%FOO bar\n---\na: 1\n', `1:1 ${unreadable}…`, `1:1 ${marker}`);
  });

  test('a byte order mark', () => {
    bad('\uFEFFa: 1\n', '1:1 the file starts with a byte order mark');
  });

  test('NULs and other control characters', () => {
    assert.match(problemsOf('name: a\0b\n').join(), /^1:8 /);
    assert.match(problemsOf('a: 1\nname: "\u0001"\n').join(), /^2:8 /);
    assert.match(problemsOf('\0').join(), /^1:1 /);
    assert.match(problemsOf('# \u001b[31m\n').join(), /^1:3 /);
  });

  test('YAML that is broken', () => {
    bad('a: "x\n', `2:1 ${unreadable}…`);
    bad('a: b: c\n', `1:4 ${unreadable}Nested mappings are not allowed in compact mappings`);
    bad('a:\n    b: 1\n   c: 2\n', `3:1 ${unreadable}…`);
    bad('a: [1, 2\n', `1:4 ${bracket}`, `2:1 ${unreadable}…`);
    assert.match(problemsOf('- a\nb: 1\n')[0] ?? '', /^2:1 YAML cannot be read here/);
  });
});

describe('a text made to hurt', () => {
  test('is not even looked at when it is larger than 512 kB', () => {
    const large = '1:1 the file is larger than 512 kB';
    bad('a: 1\n'.repeat(2 * 1024 * 1024), large);
    bad(`a: ${'x'.repeat(10 * 1024 * 1024)}`, large);
    bad('&a '.repeat(1024 * 1024), large);
    good(`a: ${'x'.repeat(512 * 1024 - 3)}`);
  });

  test('gives one problem when it is large, whatever else is wrong with it', () => {
    assert.equal(readYaml('\t'.repeat(600 * 1024), 'f.yml').problems.length, 1);
  });

  test('gives problems when it is nested thousands of levels deep', () => {
    for (const text of ['['.repeat(5000), `${'['.repeat(5000)}${']'.repeat(5000)}`, '{a: '.repeat(5000)])
      assert.notEqual(readYaml(text, 'f.yml').problems.length, 0, text.slice(0, 10));
    for (const text of [`${'- '.repeat(10_000)}x`, `${'? '.repeat(10_000)}x`])
      assert.notEqual(readYaml(text, 'f.yml').problems.length, 0, text.slice(0, 10));
  });

  test('gives one problem when it is nested deeper than any record', () => {
    const map = Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('');
    for (const text of [map, `${'- '.repeat(200)}x`, `${'? '.repeat(200)}x`])
      assert.equal(readYaml(text, 'f.yml').problems.length, 1, text.slice(0, 10));
  });

  test('never throws, whatever it is', () => {
    const sign = fc.constantFrom(
      ...'ab1:-?[]{},&*!|>%@`"\'#~\\ \t\r\n\0\uFEFF\u2028ü'.split(''),
      '---',
      '...',
      '!!',
      '  ',
      '<<',
    );
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 60 }), (signs) => {
        const { problems } = readYaml(signs.join(''), 'f.yml');
        assert.ok(problems.every(({ line = 0, column = 0 }) => line >= 1 && column >= 1));
      }),
    );
  });
});

test('all problems of a text are told at once', () => {
  bad(
    'a: &x 1\nb: *x\nc: !!str t\nd: [1]\ne: |\n  t\na:\t2\n---\n',
    '1:7 there is an anchor (&x)',
    '2:4 there is an alias (*x)',
    `3:10 ${tag}`,
    `4:4 ${bracket}`,
    `5:4 ${block}`,
    `7:1 ${twice}`,
    `7:3 ${tab}`,
    `8:1 ${unreadable}Source contains multiple documents…`,
    `8:1 ${marker}`,
  );
});

describe('where a field stands', () => {
  const yaml = readYaml(
    '# a header\n\nid: mail.example\ndomains:\n  - mail.example\n  - b.example\nincoming:\n  - protocol: imap\n    port: 993\n',
    'mail.example.yml',
  );

  test('is where its value begins', () => {
    assert.deepEqual(yaml.locate(['id']), { line: 3, column: 5 });
    assert.deepEqual(yaml.locate(['domains', 1]), { line: 6, column: 5 });
    assert.deepEqual(yaml.locate(['incoming', 0, 'port']), { line: 9, column: 11 });
  });

  test('is where its key begins, when the key is what is wrong', () => {
    assert.deepEqual(yaml.locate(['id'], 'key'), { line: 3, column: 1 });
    assert.deepEqual(yaml.locate(['incoming', 0, 'port'], 'key'), { line: 9, column: 5 });
  });

  test('is the innermost part that is there, when the field is missing', () => {
    assert.deepEqual(yaml.locate(['incoming', 0, 'host']), { line: 8, column: 5 });
    assert.deepEqual(yaml.locate(['incoming', 7, 'host']), { line: 8, column: 3 });
    assert.deepEqual(yaml.locate(['oauth2', 'issuer']), { line: 3, column: 1 });
    assert.deepEqual(yaml.locate([]), { line: 3, column: 1 });
  });

  test('is nowhere in an empty file', () => {
    assert.equal(readYaml('', 'f.yml').locate(['id']), undefined);
  });
});

test('a tag far behind a long line is found at once', () => {
  // A search backwards over all that stands before a tag once took a minute for this.
  const text = `# ${'!'.repeat(200_000)}\nx: !t\n  - a\n`;
  const { problems } = quickly(() => readYaml(text, 'x.yml'));
  assert.ok(problems.some(({ line, says }) => line === 2 && says === 'there is a tag'));
});

test('what goes deeper than the parser can is a problem, and nothing is thrown', () => {
  const text = readFileSync(new URL('../fuzz/corpus/front-matter/too-deep', import.meta.url), 'utf8');
  const { problems } = readYaml(text.replaceAll('---\n', ''), 'a.yml');
  assert.match(problems.map(({ says }) => says).join(), /nested too deep|call stack/);
});
