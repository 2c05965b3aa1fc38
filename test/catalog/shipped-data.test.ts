import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import { parseCatalog, parseProvider } from '../../src/catalog/catalog.ts';
import { readDataDir, type TextFile } from '../../src/catalog/files.ts';
import { format, modeline } from '../../src/catalog/format.ts';
import { kindOf } from '../../src/catalog/kinds.ts';
import { lint, lintFacts } from '../../src/catalog/lint.ts';
import { sayProblem } from '../../src/catalog/problem.ts';
import { schemaFiles } from '../../src/catalog/schema-files.ts';
import { readYaml } from '../../src/catalog/yaml.ts';
import type { Provider } from '../../src/provider/model.ts';

const dir = join(import.meta.dirname, '../../data');
const files = readDataDir(dir);
const lists = Object.values(files.lists).filter(({ text }) => text !== '');
const catalog = parseCatalog(files);

/** A fixed day: that an exception has run out is for `mailatlas lint` to say, not for a test that turns red overnight. */
const today = '2026-11-20';

const rawOf = ({ text, file }: TextFile): unknown => readYaml(text, file).document.toJS();

describe('the shipped data', () => {
  test('are not empty', () => {
    assert.ok(files.providers.length > 100);
  });

  test('have no error and no warning', () => {
    assert.deepEqual(lintFacts(catalog, today).map(sayProblem), []);
  });

  test('are in canonical form, every file', () => {
    const astray = [...files.providers, ...lists].filter(({ file, text }) => {
      const canonical = format(kindOf(file).schema, text, file);
      return !('text' in canonical) || canonical.text !== text;
    });
    assert.deepEqual(
      astray.map(({ file }) => file),
      [],
      'run: npm run -s mailatlas -- fmt',
    );
  });

  test('name the schema in the first line of every record, for editors', () => {
    const without = files.providers.filter(({ text }) => !text.startsWith(`${modeline}\n\nid: `));
    assert.deepEqual(
      without.map(({ file }) => file),
      [],
    );
  });

  test('hold nothing in the folder of records that is no record', () => {
    assert.deepEqual(
      readdirSync(join(dir, 'providers')).sort(),
      files.providers.map(({ file }) => basename(file)),
    );
  });
});

describe('the JSON Schemas beside the data', () => {
  const generated = schemaFiles();
  const ajv = new Ajv({ strict: true, allErrors: true });
  const validators = new Map<string, ValidateFunction>();

  /** What an editor would underline. */
  function underlined(file: string, value: unknown): string[] {
    const name = kindOf(file).jsonSchema;
    const validate = validators.get(name) ?? ajv.compile(JSON.parse(generated[name] ?? '') as object);
    validators.set(name, validate);
    validate(value);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  }

  test('are what src/provider says', () => {
    for (const [name, text] of Object.entries(generated)) {
      const shipped = readdirSync(dir).includes(name) ? readFileSync(join(dir, name), 'utf8') : 'nothing';
      assert.ok(shipped === text, `data/${name} is stale: run npm run schema`);
    }
  });

  test('are all generated: nobody edits one', () => {
    const shipped = readdirSync(dir).filter((name) => name.endsWith('.schema.json'));
    assert.deepEqual(
      shipped.filter((name) => generated[name] === undefined),
      [],
    );
  });

  test('are draft-07, which editors understand best', () => {
    for (const [name, text] of Object.entries(generated)) {
      const { $schema } = JSON.parse(text) as { $schema: string };
      assert.equal($schema, 'http://json-schema.org/draft-07/schema#', name);
      assert.ok(ajv.validateSchema(JSON.parse(text) as object), name);
    }
  });

  describe('describe every field', () => {
    interface Node {
      properties?: Record<string, Node>;
      additionalProperties?: Node | boolean;
      items?: Node;
      description?: string;
    }
    function* undescribed(node: Node, path: string): Iterable<string> {
      for (const [key, field] of Object.entries(node.properties ?? {})) {
        if (!/^\S.*\S$/.test(field.description ?? '')) yield `${path}${key}`;
        yield* undescribed(field, `${path}${key}.`);
      }
      if (node.items) yield* undescribed(node.items, `${path}[].`);
      if (typeof node.additionalProperties === 'object') yield* undescribed(node.additionalProperties, `${path}*.`);
    }
    for (const [name, text] of Object.entries(generated)) {
      test(`in ${name}`, () => {
        assert.deepEqual([...undescribed(JSON.parse(text) as Node, '')], []);
      });
    }
  });

  test('say nothing of what only the formatter needs to know', () => {
    for (const [name, text] of Object.entries(generated)) assert.doesNotMatch(text, /"(prose|sorted)":/, name);
  });

  test('accept every shipped file', () => {
    const wrong = [...files.providers, ...lists].flatMap((one) =>
      underlined(one.file, rawOf(one)).map((error) => `${basename(one.file)}: ${error}`),
    );
    assert.deepEqual(wrong, []);
  });

  describe('and the parser reject the same, where one look at a field is enough', () => {
    const changes: Record<string, (record: Provider) => unknown> = {
      'a field that is not known': (record) => Object.assign(record, { clientId: 'x' }),
      'a server with a field that is not known': (record) => Object.assign(record.incoming[0] ?? {}, { ssl: true }),
      'no id': (record) => Reflect.deleteProperty(record, 'id'),
      'a server without a port': (record) => Reflect.deleteProperty(record.incoming[0] ?? {}, 'port'),
      'a name in capitals': (record) => Object.assign(record, { id: 'Mail.Example' }),
      'a name with a dot at its end': (record) => record.domains.push('mail.example.'),
      'a star in the middle': (record) => record.domains.push('mail.*.example'),
      'a number for a name': (record) => Object.assign(record, { short: 163 }),
      'a long name': (record) => Object.assign(record, { short: 'x'.repeat(21) }),
      'a name that ends in a space': (record) => Object.assign(record, { short: 'Example ' }),
      'a kind that is none': (record) => Object.assign(record, { kind: 'spam' }),
      'a country by name': (record) => Object.assign(record, { country: 'Germany' }),
      'a link without https': (record) => Object.assign(record, { website: 'http://mail.example/' }),
      'a port as a text': (record) => Object.assign(record.incoming[0] ?? {}, { port: '993' }),
      'a port out of range': (record) => Object.assign(record.incoming[0] ?? {}, { port: 65_536 }),
      'half a port': (record) => Object.assign(record.incoming[0] ?? {}, { port: 99.3 }),
      'a word of another format': (record) => Object.assign(record.incoming[0] ?? {}, { security: 'SSL' }),
      'an outgoing server for fetching': (record) => Object.assign(record.outgoing[0] ?? {}, { protocol: 'imap' }),
      'a placeholder in a host': (record) => Object.assign(record.incoming[0] ?? {}, { host: '%EMAILDOMAIN%' }),
      'a user name that is nobody’s': (record) => Object.assign(record.incoming[0] ?? {}, { username: 'fred' }),
      'no sign-in method': (record) => Object.assign(record.incoming[0] ?? {}, { auth: [] }),
      'no source': (record) => Object.assign(record.incoming[0] ?? {}, { sources: [] }),
      'an empty list of steps': (record) => Object.assign(record, { setup: [] }),
      'a text in a language that is none': (record) =>
        Object.assign(record.setup?.[0] ?? {}, { text: { english: 'App password' } }),
      'a thirteenth month': (record) => Object.assign(record.sources['help'] ?? {}, { seen: '2026-13-01' }),
      'a source in capitals': (record) => Object.assign(record.sources, { Help: { url: 'https://mail.example/' } }),
      'a list that is no repository': (record) => Object.assign(record.sources['ispdb'] ?? {}, { list: 'ispdb' }),
      'a scope for a protocol that is none': (record) =>
        Object.assign(record, {
          oauth2: {
            issuer: 'https://id.mail.example/',
            authorization: 'https://id.mail.example/auth',
            token: 'https://id.mail.example/token',
            scopes: { imapp: 'mail' },
            sources: ['help'],
          },
        }),
    };

    for (const [what, change] of Object.entries(changes)) {
      test(what, () => {
        const record = rawOf(example()) as Provider;
        change(record);
        assert.notDeepEqual(underlined('mail.example.yml', record), [], 'the JSON Schema should reject it');
        const { success } = kindOf('mail.example.yml').schema.safeParse(record);
        assert.equal(success, false, 'the parser should reject it');
      });
    }
  });
});

/** The record in data/README.md. */
function example(): TextFile {
  const text = /```yaml\n(.*?)```/s.exec(readFileSync(join(dir, 'README.md'), 'utf8'))?.[1];
  assert.ok(text !== undefined, 'data/README.md has an example in YAML');
  return { file: 'mail.example.yml', text };
}

describe('the example in data/README.md', () => {
  test('is a valid record', () => {
    assert.deepEqual(parseProvider(example()).problems, []);
  });

  test('is in canonical form', () => {
    const { file, text } = example();
    assert.deepEqual(format(kindOf(file).schema, text, file), { text });
  });

  test('has nothing for the linter to find, alone or beside the shipped records', () => {
    assert.deepEqual(lint(parseCatalog({ providers: [example()], lists: {} }), today).map(sayProblem), []);
    const beside = parseCatalog({ ...files, providers: [...files.providers, example()] });
    const found = lint(beside, today).filter(({ file }) => file === 'mail.example.yml');
    assert.deepEqual(found.map(sayProblem), []);
  });

  test('shows what a record may hold: most fields of the schema', () => {
    const shown = Object.keys(rawOf(example()) as object).length;
    assert.ok(shown >= 14, `${shown} fields`);
  });
});
