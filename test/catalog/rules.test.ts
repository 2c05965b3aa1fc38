/**
 * Every rule has a folder `test/rules/<rule>/`: records that the rule is content with (`good*.yml`), and records that show
 * all it can find (`bad*.yml`). What it finds stands at the end of the line where it finds it: `# <- field: says`. Nothing
 * else is wrong with a bad record, and all of them are in canonical form.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseCatalog } from '../../src/catalog/catalog.ts';
import { lint } from '../../src/catalog/lint.ts';
import { rules } from '../../src/catalog/rules/index.ts';

const root = join(import.meta.dirname, '../rules');
const names = rules.map(({ name }) => name);
const casesOf = (rule: string): string[] => readdirSync(join(root, rule)).filter((file) => file.endsWith('.yml'));

/** Whom a record may meet. It names one record as an alternative that is never there but in the good case of `reachable`. */
const neighbour = `id: neighbour.example
formerly:
  - elder.example
name: The neighbour
short: Neighbour
kind: isp
country: DE
website: https://neighbour.example/
access: closed
restriction:
  since: 2020-01
  sources:
    - help
domains:
  - neighbour.example
mx:
  - "*.mx.neighbour.example"
incoming: []
outgoing: []
alternatives:
  - provider: named.example
    when:
      en: "Business accounts"
      de: "Geschäftskonten"
sources:
  help:
    url: https://neighbour.example/help
`;
const others = 'others:\n  - name: The gateway\n    kind: gateway\n    mx:\n      - "*.gateway.example"\n';
const leftOut = 'domains:\n  - domain: gone.example\n    reason: dead\n    note: "Nobody answers."\n';

/** Lints a record beside its neighbours and the lists: its own problems, as `line field: says [rule]`. */
function judge(text: string, file: string): string[] {
  const catalog = parseCatalog({
    providers: [
      { file, text },
      { file: 'neighbour.example.yml', text: neighbour },
    ],
    lists: {
      'mx-others.yml': { file: 'mx-others.yml', text: others },
      'left-out.yml': { file: 'left-out.yml', text: leftOut },
    },
  });
  return lint(catalog, '2026-11-20')
    .filter((problem) => problem.file === file)
    .map(({ line, field, says, rule }) => `${line} ${field}: ${says} [${rule}]`)
    .sort();
}

/** What the comments of a record say should be found in it by a rule. */
function expected(text: string, rule: string): string[] {
  return text
    .split('\n')
    .flatMap((line, i) =>
      line
        .split(' <- ')
        .slice(1)
        .map((finding) => `${i + 1} ${finding} [${rule}]`),
    )
    .sort();
}

/** A record's file bears its id, or the rule that says so would speak up everywhere. */
function fileOf(rule: string, text: string): string {
  return rule === 'id' ? 'mail.example.yml' : `${/^id: (\S+)/m.exec(text)?.[1]}.yml`;
}

test('every rule has a folder with good and bad records, and every folder has a rule', () => {
  assert.deepEqual(readdirSync(root).sort(), names.toSorted());
  for (const name of names) {
    const cases = casesOf(name);
    assert.ok(cases.includes('good.yml') && cases.includes('bad.yml'), `test/rules/${name} needs good.yml and bad.yml`);
  }
});

test('every rule says why it is there, in one sentence', () => {
  for (const { name, why } of rules) assert.match(why, /^\S.{10,}\.$/, name);
  assert.equal(new Set(names).size, names.length);
});

for (const { name, level } of rules) {
  describe(`the rule ${name} (${level})`, () => {
    for (const file of casesOf(name)) {
      const text = readFileSync(join(root, name, file), 'utf8');
      const title = text.slice(2, text.indexOf('\n'));
      test(`${file}: ${title}`, () => {
        const wanted = expected(text, name);
        assert.deepEqual(judge(text, fileOf(name, text)), wanted);
        assert.equal(wanted.length > 0, file.startsWith('bad'), 'a bad record has a finding, a good one has none');
      });
    }
  });
}

describe('what no rule finds yet', () => {
  const good = (rule: string): string => readFileSync(join(root, rule, 'good.yml'), 'utf8');

  /** What is found in a good record of which one thing was changed, but for its form. */
  function changed(rule: string, old: string, by: string): string[] {
    const text = good(rule);
    assert.ok(text.includes(old), old);
    return judge(text.replaceAll(old, by), 'mail.example.yml').filter((found) => !found.includes('[canonical-form]'));
  }

  test('a link that is no URL is an error, not an exception out of the linter', () => {
    for (const link of ['https://[', 'https://a:b:c/', 'https://%/']) {
      assert.notDeepEqual(changed('access', 'https://mail.example/\n', `"${link}"\n`), [], link);
      assert.notDeepEqual(changed('service', 'https://dav.mail.example/', `"${link}"`), [], link);
      assert.notDeepEqual(changed('foreign-host', 'https://support.mail.example/', `"${link}"`), [], link);
    }
  });

  test('a service that would get the password in the clear', () => {
    assert.notDeepEqual(changed('service', 'security: starttls', 'security: none'), []);
  });

  test('a source that is named like something every JavaScript object has', () => {
    const found = changed(
      'access',
      '    sources:\n      - help\n',
      '    sources:\n      - help\n      - constructor\n',
    );
    assert.match(found.join('\n'), /there is no source “constructor”/);
  });

  test('a source whose name is only a part of a word in a decision', () => {
    const found = changed('sources', '587 (fairemail)', '587 (somebody else)');
    assert.match(found.join('\n'), /sources\.fairemail: is used nowhere/);
    const part = changed('sources', '587 (fairemail)', '587 (notfairemail)');
    assert.match(part.join('\n'), /sources\.fairemail: is used nowhere/);
  });
});
