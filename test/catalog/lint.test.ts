import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCatalog } from '../../src/catalog/catalog.ts';
import { curatedOrProblems } from '../../src/catalog/curate.ts';
import type { TextFile } from '../../src/catalog/files.ts';
import { lint, lintFacts } from '../../src/catalog/lint.ts';
import { sayProblem } from '../../src/catalog/problem.ts';

/** A record with which nothing is wrong. */
const record = (id: string): string => `id: ${id}
name: Closed Mail
short: Closed
kind: isp
country: DE
website: https://${id}/
access: closed
restriction:
  since: 2019-03
  sources:
    - help
domains:
  - ${id}
incoming: []
outgoing: []
sources:
  help:
    url: https://${id}/help
`;

const today = '2026-11-20';

/** The catalog of these records, in this order, each as `<id>.yml` unless the test gives a file. */
function catalogOf(...records: (string | TextFile)[]) {
  const providers = records.map((one) =>
    typeof one === 'string' ? { file: `data/${/^id: (\S+)/m.exec(one)?.[1]}.yml`, text: one } : one,
  );
  return parseCatalog({ providers, lists: {} });
}

const said = (...records: (string | TextFile)[]): string[] => lint(catalogOf(...records), today).map(sayProblem);
const places = (...records: (string | TextFile)[]): string[] =>
  lint(catalogOf(...records), today).map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`);

test('a catalog with which nothing is wrong has no problems', () => {
  assert.deepEqual(said(record('a.example'), record('b.example')), []);
});

describe('problems', () => {
  const late = record('late.example')
    .replace('since: 2019-03', 'successor: nobody.example')
    .replace('- help', '- nobody');
  const early = record('early.example').replace('  since: 2019-03\n', '').replace('country: DE', 'country: DE\t');

  test('come in the order of files, lines and columns, whatever the order of records and rules', () => {
    const expected = [
      'data/early.example.yml:5:12 syntax',
      'data/late.example.yml:9:3 access',
      'data/late.example.yml:9:14 access',
      'data/late.example.yml:11:7 sources',
      'data/late.example.yml:18:5 sources',
    ];
    assert.deepEqual(places(late, early), expected);
    assert.deepEqual(places(early, late), expected);
  });

  test('of syntax and shape stand among those of rules and style', () => {
    const shape = record('b.example').replace('kind: isp', 'kind: spam');
    const style = record('c.example').replace('short: Closed', 'short: "Closed"');
    assert.deepEqual(places(style, shape, late), [
      'data/b.example.yml:4:7 shape',
      'data/c.example.yml:3:1 canonical-form',
      'data/late.example.yml:9:3 access',
      'data/late.example.yml:9:14 access',
      'data/late.example.yml:11:7 sources',
      'data/late.example.yml:18:5 sources',
    ]);
  });

  test('of one record do not keep the others from being judged', () => {
    assert.deepEqual(
      places({ file: 'a.example.yml', text: 'nonsense' }, late).filter((place) => place.includes('late')).length,
      4,
    );
  });
});

describe('the form of a file', () => {
  const canonical = record('a.example');

  test('is told at the first line that differs, with what mends it', () => {
    assert.deepEqual(said(canonical.replace('kind: isp', "kind: 'isp'")), [
      'data/a.example.yml:4:1: error: the file is not in canonical form from here on; mailatlas fmt mends it [canonical-form]',
    ]);
  });

  test('is told once a file, however much of it differs', () => {
    const text = canonical
      .replace('kind: isp\ncountry: DE\n', 'country: DE\nkind: isp\n')
      .replace('  - a.', '    - a.');
    assert.deepEqual(places(text), ['data/a.example.yml:4:1 canonical-form']);
  });

  test('is told at the last line where only its end is missing', () => {
    assert.deepEqual(places(canonical.trimEnd()), ['data/a.example.yml:19:1 canonical-form']);
  });

  test('is told at the line where the canonical text has ended, when the file goes on', () => {
    assert.deepEqual(places(`${canonical}\n\n`), ['data/a.example.yml:19:1 canonical-form']);
  });

  test('is not told of a file that cannot be parsed, which is wrong enough', () => {
    assert.deepEqual(places(canonical.replace('kind: isp', 'kind: "spam"')), ['data/a.example.yml:4:7 shape']);
  });

  test('is told of the lists too', () => {
    const list = (file: string, key: string) => ({ [file]: { file, text: `${key}: [ ]\n` } });
    const lists = {
      ...list('mx-others.yml', 'others'),
      ...list('left-out.yml', 'domains'),
      ...list('no-probe.yml', 'names'),
      ...list('messages.yml', 'messages'),
      ...list('exceptions.yml', 'exceptions'),
    };
    assert.deepEqual(
      lint(parseCatalog({ providers: [], lists }), today).map(({ file, rule }) => `${file} ${rule}`),
      ['exceptions.yml', 'left-out.yml', 'messages.yml', 'mx-others.yml', 'no-probe.yml'].map(
        (file) => `${file} canonical-form`,
      ),
    );
  });

  test('of a list that is not there is nobody’s business', () => {
    assert.deepEqual(said(canonical), []);
  });

  test('does not count where it is asked whether the data may be served', () => {
    const catalog = catalogOf(canonical.replace('kind: isp', "kind: 'isp'"));
    assert.equal(lint(catalog, today).length, 1);
    assert.deepEqual(lintFacts(catalog, today), []);
  });
});

describe('the name of a file', () => {
  test('is the id and .yml, in whatever folder', () => {
    for (const file of ['a.example.yml', '/data/providers/a.example.yml', 'C:\\data\\a.example.yml'])
      assert.deepEqual(said({ file, text: record('a.example') }), []);
  });

  test('that is another is an error at the id', () => {
    assert.deepEqual(said({ file: 'data/b.example.yml', text: record('a.example') }), [
      'data/b.example.yml:1:5: error: id: is a.example, but the file is b.example.yml; rename the file to a.example.yml [id]',
    ]);
  });
});

test('the lists are judged beside the records: no domain twice, no pattern twice, no successor that is no record', () => {
  const item = '  - domain: gone.example\n    reason: moved\n    successor: nobody.example\n    note: "Moved."\n';
  const handler = (name: string) => `  - name: ${name}\n    kind: gateway\n    mx:\n      - "*.gateway.example"\n`;
  const optOut = (name: string) => `  - name: ${name}\n    since: 2026-11-20\n    note: "By mail."\n`;
  const catalog = parseCatalog({
    providers: [],
    lists: {
      'no-probe.yml': {
        file: 'no-probe.yml',
        text: `names:\n${optOut('co.uk')}${optOut('a.example')}${optOut('a.example')}`,
      },
      'mx-others.yml': { file: 'mx-others.yml', text: `others:\n${handler('One')}${handler('Two')}` },
      'left-out.yml': { file: 'left-out.yml', text: `domains:\n${item}${item}` },
    },
  });
  assert.deepEqual(
    new Set(lintFacts(catalog, today).map(({ file }) => file)),
    new Set(['left-out.yml', 'mx-others.yml', 'no-probe.yml']),
  );
  assert.deepEqual(
    lintFacts(catalog, today)
      .filter(({ file }) => file === 'no-probe.yml')
      .map(({ says }) => says),
    ['co.uk is a public suffix: strangers have names below it', 'a.example stands here twice'],
  );
});

describe('the gate before the data are served', () => {
  const files = (...records: string[]) => ({
    dir: 'data',
    providers: records.map((text) => ({ file: `${/^id: (\S+)/m.exec(text)?.[1]}.yml`, text })),
    lists: {},
    digest: '',
  });

  test('lets through what has warnings and bad form', () => {
    const text = record('a.example')
      .replace('  sources:', '  text:\n    en: "Gone."\n  sources:')
      .replace('DE', '"DE"');
    const result = curatedOrProblems(files(text), today);
    assert.ok('curated' in result);
    assert.deepEqual(
      result.curated.providers.map(({ id }) => id),
      ['a.example'],
    );
  });

  test('keeps all of it out when one record has an error', () => {
    const result = curatedOrProblems(files(record('a.example'), record('b.example').replace('isp', 'spam')), today);
    assert.ok('problems' in result);
    assert.deepEqual(
      result.problems.map(({ file }) => file),
      ['b.example.yml'],
    );
  });
});
