import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { canonicalJson } from '../../src/atlas/digest.ts';
import { parseProvider } from '../../src/catalog/catalog.ts';
import { edit } from '../../src/catalog/edit.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { canonical } from '../../src/catalog/format.ts';
import type { Provider } from '../../src/provider/model.ts';

const { providers } = readDataDir(fileURLToPath(new URL('../../data', import.meta.url)));
const records = providers.map((file) => ({ ...file, record: parseProvider(file).value ?? assert.fail(file.file) }));

const text = `# yaml-language-server: $schema=../provider.schema.json

# Asked them on the phone.
id: mail.example
name: Example Mail # as they write it
short: Example
domains:
  # the oldest one
  - mail.example
  - second.example
incoming:
  # better than POP3
  - protocol: imap
    host: imap.mail.example
    port: 993
    security: tls # not starttls
    auth:
      - password-cleartext
  - protocol: pop3
    host: pop.mail.example
    port: 995
    security: tls
    auth:
      - password-cleartext
sources:
  zeta:
    url: https://mail.example/help
  alpha:
    url: https://mail.example/more
`;

/** The facts of the text, changed by the test. */
function facts(change: (record: Provider) => void): Provider {
  const record: Provider = {
    id: 'mail.example',
    name: 'Example Mail',
    short: 'Example',
    domains: ['mail.example', 'second.example'],
    incoming: [
      { protocol: 'imap', host: 'imap.mail.example', port: 993, security: 'tls', auth: ['password-cleartext'] },
      { protocol: 'pop3', host: 'pop.mail.example', port: 995, security: 'tls', auth: ['password-cleartext'] },
    ],
    sources: { zeta: { url: 'https://mail.example/help' }, alpha: { url: 'https://mail.example/more' } },
  } as unknown as Provider;
  change(record);
  return record;
}

const edited = (change: (record: Provider) => void) => edit(text, 'mail.example.yml', facts(change)) ?? assert.fail();

describe('a file with other facts', () => {
  test('is the same file where nothing differs', () => {
    assert.equal(
      edited(() => {}),
      text,
    );
  });

  test('differs in what differs, and in nothing else', () => {
    assert.equal(
      edited((record) => {
        record.name = 'Other Mail';
        record.incoming[0]!.security = 'starttls';
      }),
      text.replace('name: Example Mail', 'name: Other Mail').replace('security: tls # not', 'security: starttls # not'),
    );
  });

  test('keeps the comments of what stays when entries come, go and change places', () => {
    const made = edited((record) => {
      record.incoming.reverse();
      record.incoming.push({ ...record.incoming[1]!, host: 'new.mail.example' });
      record.domains = ['first.example', 'mail.example'];
    });
    assert.match(made, / {2}# better than POP3\n {2}- protocol: imap\n {4}host: imap\.mail\.example/);
    assert.match(made, / {2}# the oldest one\n {2}- mail\.example\n/);
    assert.ok(made.indexOf('pop.mail.example') < made.indexOf('imap.mail.example'));
    assert.doesNotMatch(made, /second/);
  });

  test('has no place for what is gone, and puts what is new where the schema has it', () => {
    const made = edited((record) => {
      Reflect.deleteProperty(record, 'short');
      record.webmail = 'https://web.mail.example/';
    });
    assert.doesNotMatch(made, /short/);
    assert.match(made, /name: .*\nwebmail: https:\/\/web\.mail\.example\/\ndomains:/);
  });

  test('keeps the order of what has none in the schema', () => {
    const made = edited((record) => {
      record.sources['middle'] = { url: 'https://mail.example/x' };
    });
    assert.deepEqual(
      [...made.matchAll(/^ {2}(\w+):\n {4}url/gm)].map(([, key]) => key),
      ['zeta', 'alpha', 'middle'],
    );
  });

  test('is written as a number would be read', () => {
    const made = edited((record) => {
      record.sources['zeta'] = { list: 'some/list', revision: '8e10066' };
    });
    assert.match(made, /revision: "8e10066"/);
  });

  test('is none where the file is no plain YAML', () => {
    for (const broken of ['', '- a\n', 'id: &a x\n', 'id: [\n'])
      assert.equal(
        edit(
          broken,
          'mail.example.yml',
          facts(() => {}),
        ),
        undefined,
        broken,
      );
  });
});

describe('every file of the data', () => {
  test('stays as it is with its own facts', () => {
    for (const { file, text: own, record } of records) assert.equal(edit(own, file, record), own, file);
  });

  test('takes the facts of any other, in canonical form', () => {
    fc.assert(
      fc.property(fc.constantFrom(...records), fc.constantFrom(...records), (one, other) => {
        const wanted = { ...other.record, id: one.record.id };
        const made = edit(one.text, one.file, wanted) ?? assert.fail(`${one.file} <- ${other.file}`);
        const parsed = parseProvider({ file: one.file, text: made });
        assert.deepEqual(parsed.problems, []);
        assert.equal(canonicalJson(parsed.value), canonicalJson(wanted));
        assert.deepEqual(canonical(made, one.file), { text: made });
      }),
      { numRuns: 60 },
    );
  });
});
