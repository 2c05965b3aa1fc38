/** Curated files: the restricted YAML, the schema, and the canonical form. */
import assert from 'node:assert/strict';
import { canonical } from '../../../src/catalog/format.ts';
import { parse } from '../../../src/catalog/parse.ts';
import { sayProblem } from '../../../src/catalog/problem.ts';
import { readYaml } from '../../../src/catalog/yaml.ts';
import { Provider } from '../../../src/provider/schema.ts';
import { assertHarmless, filesOf } from '../holds.ts';
import type { Target } from '../target.ts';

export const yaml: Target = {
  name: 'yaml',
  holds:
    'the canonical form of the canonical form is itself, says the same, and every mistake has a place and a sentence',
  form: 'lines',
  most: 24 * 1024,
  seeds: () => filesOf('data/providers', /\.yml$/, 25),
  words: [
    '&a',
    '*a',
    '!!str',
    '|',
    '>',
    '{',
    '}',
    '[',
    ']',
    '- ',
    ': ',
    '# ',
    '"',
    "'",
    '---',
    '...',
    '%YAML',
    '<<',
    '? ',
    '~',
    '0o7',
  ],
  run(input) {
    const read = readYaml(input, 'a.yml');
    for (const { says, line, column } of read.problems) {
      assert.equal(typeof says, 'string');
      assert.ok(line === undefined || (line >= 1 && (column ?? 1) >= 1));
    }
    const parsed = parse(Provider, input, 'providers/a.yml');
    for (const problem of parsed.problems) assertHarmless(sayProblem(problem), 'a problem');
    const once = canonical(input, 'providers/a.yml');
    if ('problems' in once) return undefined;
    const twice = canonical(once.text, 'providers/a.yml');
    assert.ok('text' in twice && twice.text === once.text, 'the canonical form is its own');
    if (!parsed.value) return once.text;
    const { value } = parse(Provider, once.text, 'providers/a.yml');
    const { domains, mx, ...rest } = parsed.value;
    // Sorted sets are sorted; all else is as it was.
    assert.deepEqual({ ...value, domains: undefined, mx: undefined }, { ...rest, domains: undefined, mx: undefined });
    assert.deepEqual([...new Set(value?.domains)].sort(), [...new Set(domains)].sort());
    assert.deepEqual([...new Set(value?.mx)].sort(), [...new Set(mx)].sort());
    return once.text;
  },
};
