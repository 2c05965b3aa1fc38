import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCatalog, problemsOf } from '../../src/catalog/catalog.ts';
import { lint, lintFacts } from '../../src/catalog/lint.ts';
import { sayProblem } from '../../src/catalog/problem.ts';

/** A closed provider without a “since” (the rule access) and with English alone (the rule german, a warning). */
const record = (id: string, since = ''): string => `id: ${id}
name: Closed Mail
short: Closed
kind: isp
country: DE
website: https://${id}/
access: closed
restriction:
${since}  text:
    en: "The service has ended."
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

const noSince = (id: string, line = 9) =>
  `${id}.yml:${line}:3: error: restriction: lacks “since”: the day the service ended [access]`;
const noGerman = (id: string, line = 10) =>
  `${id}.yml:${line}:5: warning: restriction.text: has no German; add “de” [german]`;

interface Entry {
  rule: string;
  id: string;
  until: string;
}

/** What is left to say about the records, one line each, on 20 November 2026. */
function judge(entries: readonly Entry[], texts = [record('mail.example')], today = '2026-11-20'): string[] {
  const items = entries.map(
    ({ rule, id, until }) =>
      `  - rule: ${rule}\n    id: ${id}\n    reason: "The company is gone."\n    until: ${until}\n`,
  );
  const catalog = parseCatalog({
    providers: texts.map((text) => ({ file: `${/^id: (\S+)/.exec(text)?.[1]}.yml`, text })),
    lists: {
      'exceptions.yml': { file: 'exceptions.yml', text: items.length === 0 ? '' : `exceptions:\n${items.join('')}` },
    },
  });
  assert.deepEqual(problemsOf(catalog), []);
  return lint(catalog, today).map(sayProblem);
}

const access = { rule: 'access', id: 'mail.example', until: '2027-05-31' };
const german = { rule: 'german', id: 'mail.example', until: '2027-05-31' };
const vain = (index: number, id: string, rule: string) =>
  `exceptions.yml:${2 + 4 * index}:5: error: exceptions[${index}]: excuses nothing: ${id} has no finding of ${rule}; remove it [exceptions]`;
const ranOut = (index: number, until: string) =>
  `exceptions.yml:${2 + 4 * index}:5: error: exceptions[${index}]: ran out on ${until}; mend the record, or say why it needs longer [exceptions]`;

describe('an exception', () => {
  test('is needed, or the finding is told', () => {
    assert.deepEqual(judge([]), [noSince('mail.example'), noGerman('mail.example')]);
  });

  test('excuses the findings of its rule in its record, and no others', () => {
    assert.deepEqual(judge([access]), [noGerman('mail.example')]);
    assert.deepEqual(judge([german]), [noSince('mail.example')]);
    assert.deepEqual(judge([access, german]), []);
  });

  test('does not excuse another record', () => {
    assert.deepEqual(judge([access, german], [record('mail.example'), record('other.example')]), [
      noSince('other.example'),
      noGerman('other.example'),
    ]);
  });

  test('does not excuse what is no finding of a rule: syntax, shape and form are mended', () => {
    const shapeless = record('other.example').replace('kind: isp', 'kind: spam');
    const items = '  - rule: shape\n    id: other.example\n    reason: "x"\n    until: 2027-05-31\n';
    const catalog = parseCatalog({
      providers: [{ file: 'other.example.yml', text: shapeless }],
      lists: { 'exceptions.yml': { file: 'exceptions.yml', text: `exceptions:\n${items}` } },
    });
    assert.deepEqual(
      lint(catalog, '2026-11-20').map(({ rule }) => rule),
      ['shape'],
    );
  });
});

describe('an exception that excuses nothing', () => {
  const clean = record('mail.example', '  since: 2019\n').replace('since: 2019', 'since: 2019-03');

  test('is an error, so that the list shrinks when a record is mended', () => {
    assert.deepEqual(judge([access], [clean]), [vain(0, 'mail.example', 'access'), noGerman('mail.example', 11)]);
  });

  test('is an error too where it names a rule that does not exist', () => {
    assert.deepEqual(judge([{ ...access, rule: 'acess' }]), [
      vain(0, 'mail.example', 'acess'),
      noSince('mail.example'),
      noGerman('mail.example'),
    ]);
  });

  test('is named at its own line among the others', () => {
    assert.deepEqual(judge([access, { ...access, rule: 'id' }, german]), [vain(1, 'mail.example', 'id')]);
  });

  test('is told that before anything about its day', () => {
    assert.deepEqual(judge([{ ...access, until: '2020-01-01' }, german], [clean]), [vain(0, 'mail.example', 'access')]);
  });
});

describe('an exception with a day', () => {
  test('holds on that day, and is an error from the next on', () => {
    const until = '2026-11-20';
    assert.deepEqual(judge([{ ...access, until }, german], undefined, '2026-11-20'), []);
    assert.deepEqual(judge([{ ...access, until }, german], undefined, '2026-11-21'), [ranOut(0, until)]);
  });

  test('that is a month holds to its end', () => {
    const until = '2026-11';
    assert.deepEqual(judge([{ ...access, until }, german], undefined, '2026-11-30'), []);
    assert.deepEqual(judge([{ ...access, until }, german], undefined, '2026-12-01'), [ranOut(0, until)]);
  });

  test('that is a year holds to its end', () => {
    const entries = [{ ...access, until: '"2026"' }, german];
    assert.deepEqual(judge(entries, undefined, '2026-12-31'), []);
    assert.deepEqual(judge(entries, undefined, '2027-01-01'), [ranOut(0, '2026')]);
  });

  test('that has passed still excuses: what is told is that it ran out, not the finding again', () => {
    assert.deepEqual(judge([{ ...access, until: '2020-01-01' }, german]), [ranOut(0, '2020-01-01')]);
  });
});

describe('an exception for a record that is not there', () => {
  test('excuses nothing', () => {
    assert.match(
      judge([access, german, { ...access, id: 'other.example' }]).join(),
      /exceptions\[2\]: excuses nothing/,
    );
  });

  test('is left alone where the record could not be parsed', () => {
    const broken = record('other.example').replace('id:', 'id');
    const catalog = parseCatalog({
      providers: [{ file: 'other.example.yml', text: broken }],
      lists: {
        'exceptions.yml': {
          file: 'exceptions.yml',
          text: 'exceptions:\n  - rule: access\n    id: other.example\n    reason: "x"\n    until: 2027-05-31\n',
        },
      },
    });
    assert.deepEqual([...new Set(lint(catalog, '2026-11-20').map(({ rule }) => rule))], ['syntax']);
  });
});

test('no exception, however old, keeps data from being served', () => {
  const stale = `exceptions:\n  - rule: access\n    id: mail.example\n    reason: "x"\n    until: 2020-01-01\n`;
  const lists = { 'exceptions.yml': { file: 'exceptions.yml', text: stale } };
  assert.deepEqual(lintFacts(parseCatalog({ providers: [], lists }), '2030-01-01'), []);
});
