import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type * as z from 'zod';
import { parseProvider } from '../../src/catalog/catalog.ts';
import { draftText, format, modeline } from '../../src/catalog/format.ts';
import { readYaml } from '../../src/catalog/yaml.ts';
import { LeftOutList, MxOthers } from '../../src/provider/lists.ts';
import { Provider } from '../../src/provider/schema.ts';

fc.configureGlobal({ seed: 1874, numRuns: 200 });

function formatted(text: string, schema: z.ZodType = Provider): string {
  const result = format(schema, text, 'mail.example.yml');
  assert.ok('text' in result, `${JSON.stringify(text)} should be readable`);
  return result.text;
}

/** `before` becomes `after`, and `after` stays as it is. */
function becomes(before: string, after: string, schema: z.ZodType = Provider): void {
  assert.equal(formatted(before, schema), after);
  assert.equal(formatted(after, schema), after, 'formatting twice should be formatting once');
}

const stays = (text: string, schema: z.ZodType = Provider): void => becomes(text, text, schema);

/** The one example of a whole record that curators read. */
const example =
  /```yaml\n(.*?)```/s.exec(readFileSync(join(import.meta.dirname, '../../data/README.md'), 'utf8'))?.[1] ?? '';

describe('the canonical form', () => {
  test('of the example in data/README.md is the example', () => {
    assert.ok(example.startsWith(`${modeline}\n\nid: mail.example\n`));
    stays(example);
  });

  test('has the keys in the order of the schema, at every depth', () => {
    becomes(
      `sources:
  help:
    seen: 2026-11-20
    url: https://mail.example/help
incoming:
  - port: 993
    auth:
      - OAuth2
    host: imap.mail.example
    protocol: imap
name: Example Mail
oauth2:
  token: https://mail.example/token
  issuer: https://mail.example/
id: mail.example
`,
      `id: mail.example
name: Example Mail
incoming:
  - protocol: imap
    host: imap.mail.example
    port: 993
    auth:
      - OAuth2
oauth2:
  issuer: https://mail.example/
  token: https://mail.example/token
sources:
  help:
    url: https://mail.example/help
    seen: 2026-11-20
`,
    );
  });

  test('leaves keys that nobody knows behind the known ones, for the parser to complain of', () => {
    becomes('foo: 1\nname: x\nbar: 2\nid: y\n', 'id: y\nname: x\nfoo: 1\nbar: 2\n');
  });

  test('leaves the author’s order in maps whose keys are free: sources, languages', () => {
    stays('setup:\n  - term:\n      en: "App password"\n      de: "App-Passwort"\n');
    stays('sources:\n  zeta:\n    url: https://a.example/\n  alpha:\n    url: https://b.example/\n');
  });

  test('puts prose into double quotes and takes the quotes from everything else', () => {
    becomes(
      `id: "mail.example"
name: 'Example Mail'
decisions:
  - field: "outgoing.port"
    chosen: '465'
    rejected: 587 (fairemail)
    because: 'the "help" page says so: C:\\mail'
sources:
  ispdb:
    revision: c6ad796
    list: "thunderbird/autoconfig"
    says: imap.mail.example 993
`,
      `id: mail.example
name: Example Mail
decisions:
  - field: outgoing.port
    chosen: "465"
    rejected: "587 (fairemail)"
    because: "the \\"help\\" page says so: C:\\\\mail"
sources:
  ispdb:
    list: thunderbird/autoconfig
    revision: "c6ad796"
    says: "imap.mail.example 993"
`,
    );
  });

  test('keeps the quotes that a text needs in order to be a text', () => {
    stays(
      `name: "163"\nshort: "true"\ndomains:\n  - "*.mail.example"\nincoming:\n  - host: "{mx}"\n    username: "%EMAILADDRESS%"\n`,
    );
    stays('name: "Mail: the # sign"\nshort: "null"\nsources:\n  help:\n    seen: "2026"\n');
  });

  test('does not make a text of a number: that is for the author to do', () => {
    stays('decisions:\n  - chosen: 465\n');
  });

  test('writes letters of all scripts as they are', () => {
    becomes(
      'decisions:\n  - because: "Passwort f\\u00fcr „Mail“ 邮件"\n',
      'decisions:\n  - because: "Passwort für „Mail“ 邮件"\n',
    );
  });

  test('sorts what is a set: domains and MX patterns, not servers or sign-in methods', () => {
    becomes(
      'domains:\n  - mail.example\n  - "*.mail.example"\n  - 1mail.example\n  - b-mail.example\n  - b.example\n',
      'domains:\n  - "*.mail.example"\n  - 1mail.example\n  - b-mail.example\n  - b.example\n  - mail.example\n',
    );
    becomes('mx:\n  - mx2.mail.example\n  - mx1.mail.example\n', 'mx:\n  - mx1.mail.example\n  - mx2.mail.example\n');
    stays('incoming:\n  - protocol: pop3\n    auth:\n      - password-cleartext\n      - OAuth2\n  - protocol: imap\n');
  });

  test('sorts sets inside lists too', () => {
    becomes(
      'others:\n  - mx:\n      - b.example\n      - a.example\n    name: Zeta\n  - name: Alpha\n',
      'others:\n  - name: Zeta\n    mx:\n      - a.example\n      - b.example\n  - name: Alpha\n',
      MxOthers,
    );
  });

  test('has one item a line however long it is, two spaces an indent, an empty list as []', () => {
    becomes(
      'domains:\n- b.example\n- a.example\nincoming:\n    -    port: 993\noutgoing: [  ]\n',
      'domains:\n  - a.example\n  - b.example\nincoming:\n  - port: 993\noutgoing: []\n',
    );
    stays(`decisions:\n  - because: "${'a long story '.repeat(40).trim()}"\n`);
  });

  test('has no empty line but the one after the first line', () => {
    becomes(
      `${modeline}\n\n\n\nid: x\n\nname: y\ndomains:\n\n  - a\n\n  - b\n\n\n`,
      `${modeline}\n\nid: x\nname: y\ndomains:\n  - a\n  - b\n`,
    );
  });

  test('has no empty line inside a list, behind a comment that stood alone', () => {
    becomes('domains:\n  # a group\n\n  - a.example\n', 'domains:\n  # a group\n  - a.example\n');
  });

  test('ends its lines the way Unix does, and the last one too', () => {
    becomes('id: x\r\nname: y\r\n', 'id: x\nname: y\n');
    becomes('id: x', 'id: x\n');
  });

  test('of an empty file is an empty file', () => {
    for (const text of ['', '# nothing yet\n', `${modeline}\n`]) stays(text);
  });
});

describe('comments', () => {
  test('above a key move with it', () => {
    becomes(
      '# since 2020\nname: x\n# the main one\n# of three\nid: y\n',
      '# the main one\n# of three\nid: y\n# since 2020\nname: x\n',
    );
  });

  test('beside a value move with it', () => {
    becomes('name: x # as on its site\nid: y # for ever\n', 'id: y # for ever\nname: x # as on its site\n');
    stays('incoming: [] # none any more\n');
  });

  test('above and beside an item of a sorted set move with it, also from the first place', () => {
    becomes(
      'domains:\n  # the old one\n  - z.example # since 1999\n  # the new one\n  - a.example\n',
      'domains:\n  # the new one\n  - a.example\n  # the old one\n  - z.example # since 1999\n',
    );
  });

  test('above the first key of a map inside move with it', () => {
    becomes(
      'sources:\n  help:\n    # in German\n    says: "x"\n    # moved in 2024\n    url: https://a.example/\n',
      'sources:\n  help:\n    # moved in 2024\n    url: https://a.example/\n    # in German\n    says: "x"\n',
    );
  });

  test('first in a list of choices stay first', () => {
    stays('incoming:\n  - auth:\n      # since 2025\n      - OAuth2 # for all\n      - password-cleartext\n');
  });

  test('at the end of a list stay there', () => {
    becomes(
      'domains:\n  - b.example\n  - a.example\n  # more to come\nid: x\n',
      'id: x\ndomains:\n  - a.example\n  - b.example\n  # more to come\n',
    );
  });

  test('at the end of the file stay there, set off by an empty line', () => {
    becomes('name: x\nid: y\n# end\n', 'id: y\nname: x\n\n# end\n');
    becomes('name: x\nid: y\n\n\n# end\n\n# really\n\n', 'id: y\nname: x\n\n# end\n\n# really\n');
  });

  test('at the head of a list file stay there', () => {
    stays('# Domains that were looked at.\n\ndomains:\n  - domain: a.example\n    note: "x"\n', LeftOutList);
  });

  test('between the first line and the record stay there', () => {
    stays(`${modeline}\n\n# Two companies share this.\n\nid: x\nname: y\n`);
    becomes(
      `${modeline}\n\n# Two companies share this.\n\nname: y\nid: x\n`,
      `${modeline}\n\n# Two companies share this.\n\nid: x\nname: y\n`,
    );
  });

  test('above the first line go below it', () => {
    becomes(
      `# Two companies share this.\n${modeline}\n\nid: x\n`,
      `${modeline}\n\n# Two companies share this.\n\nid: x\n`,
    );
  });

  test('above the first line and an empty line go below it in one step', () => {
    becomes(
      `# Two companies share this.\n\n${modeline}\n\nid: x\n`,
      `${modeline}\n\n# Two companies share this.\n\nid: x\n`,
    );
  });

  test('never carry the first line away with the first key', () => {
    becomes(`${modeline}\nname: x\nid: y\n`, `${modeline}\n\nid: y\nname: x\n`);
    becomes(`${modeline}\n\n# its name\nname: x\nid: y\n`, `${modeline}\n\nid: y\n# its name\nname: x\n`);
  });

  test('above a server stay above the server', () => {
    becomes(
      'incoming:\n  # for all\n  - host: a\n    protocol: imap\n  # for the old\n  - host: b\n    protocol: pop3\n',
      'incoming:\n  # for all\n  - protocol: imap\n    host: a\n  # for the old\n  - protocol: pop3\n    host: b\n',
    );
  });

  test('beside the key of a list or map stay there', () => {
    stays('domains: # all of them\n  - b.example\n');
    becomes(
      'domains: # all of them\n  - b.example\n  - a.example\n',
      'domains: # all of them\n  - a.example\n  - b.example\n',
    );
    becomes('oauth2: # new\n  token: x\n  issuer: y\n', 'oauth2: # new\n  issuer: y\n  token: x\n');
  });
});

describe('a draft', () => {
  const record = {
    id: 'mail.example',
    sources: { import: { says: 'x', list: 'thunderbird/autoconfig' } },
    domains: ['mail.example', 'a.example'],
    incoming: [],
    outgoing: [],
  };

  test('is written in canonical form, below the first line and the remarks', () => {
    const remarks = [
      { where: 'emailProvider/displayName', says: 'is missing' },
      { where: 'incomingServer[0]/socketType', says: '“TLS\n1.2” is not understood; left out' },
    ];
    const text = draftText({ record, remarks });
    assert.equal(
      text,
      `${modeline}

# emailProvider/displayName: is missing
# incomingServer[0]/socketType: “TLS 1.2” is not understood; left out

id: mail.example
domains:
  - a.example
  - mail.example
incoming: []
outgoing: []
sources:
  import:
    list: thunderbird/autoconfig
    says: "x"
`,
    );
    stays(text);
  });

  test('is written whatever its texts are', () => {
    for (const name of ['Example\nMail', 'Example\tMail']) draftText({ record: { ...record, name }, remarks: [] });
  });
});

describe('what is not restricted YAML', () => {
  test('is refused with its problems, never mended', () => {
    for (const text of [
      'a: &x 1\nb: *x\n',
      'a: !!str 1\n',
      'a:\tb\n',
      'a: 1\na: 2\n',
      'a: [1]\n',
      'a: |\n  x\n',
      '---\na: 1\n',
      '\uFEFFa: 1\n',
      'a: "\n',
    ]) {
      const result = format(Provider, text, 'mail.example.yml');
      assert.ok('problems' in result, JSON.stringify(text));
      assert.deepEqual(result.problems, readYaml(text, 'mail.example.yml').problems);
    }
  });
});

describe('whatever the order', () => {
  const commented = `# for ever
id: mail.example
name: Example Mail # as on its site
# how long this has been so
# nobody knows
domains:
  # the first
  - "*.mail.example"
  - a.example # bought in 2020
  # the last
  - mail.example
mx:
  - mx1.mail.example
  - mx2.mail.example
incoming:
  - protocol: imap
    host: imap.mail.example
    port: 993 # not 143
    auth:
      - password-cleartext
      - OAuth2
# to be checked again
outgoing: []
sources:
  help:
    # moved in 2024
    url: https://mail.example/help
    # German only
    says: "x"
  ispdb:
    list: thunderbird/autoconfig
    revision: "c6ad796" # old
`;

  /** Maps whose keys are the author's own: their order is part of what the author says. */
  const free = new Set(['sources', 'term', 'text', 'when', 'hint', 'scopes']);
  const sets = new Set(['domains', 'mx']);
  const indentOf = (line: string): number => line.search(/\S/);

  /** Shuffles the keys of maps and the items of sets, each with the comments above it, down through the text. */
  function shuffle(lines: readonly string[], seed: number, under = ''): string[] {
    const indent = indentOf(lines[0] ?? '');
    const blocks: string[][] = [];
    let commentsOnly = false;
    for (const line of lines) {
      const last = blocks.at(-1);
      if (last && (indentOf(line) > indent || commentsOnly)) last.push(line);
      else blocks.push([line]);
      if (indentOf(line) === indent) commentsOnly = line.trimStart().startsWith('#');
    }
    const shuffled = blocks.map((block) => shuffleBlock(block, seed));
    const isList = blocks.some((block) =>
      block.some((line) => indentOf(line) === indent && line.trim().startsWith('- ')),
    );
    if (isList ? !sets.has(under) : free.has(under)) return shuffled.flat();
    const key = (block: string[]) => createHash('sha256').update(`${seed} ${block.toSorted().join()}`).digest('hex');
    return shuffled.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)).flat();
  }

  function shuffleBlock(block: readonly string[], seed: number): string[] {
    const at = block.findIndex((line) => !line.trimStart().startsWith('#'));
    const head = block[at] ?? '';
    const rest = block.slice(at + 1);
    if (rest.length === 0) return [...block];
    const comments = block.slice(0, at);
    if (!head.trimStart().startsWith('- ')) {
      return [...comments, head, ...shuffle(rest, seed, /[\w-]+(?=:)/.exec(head)?.[0])];
    }
    const [first = '', ...others] = shuffle([head.replace('- ', '  '), ...rest], seed);
    return [...comments, first.replace('  ', '').replace(/^( *)/, '$1- '), ...others];
  }

  const seeds = fc.integer({ min: 0, max: 2 ** 31 });

  test('in which keys and items of sets are written, the canonical text is the same, with its comments', () => {
    stays(commented);
    const lines = commented.trimEnd().split('\n');
    assert.notDeepEqual(shuffle(lines, 1), lines, 'or nothing would be shown');
    fc.assert(fc.property(seeds, (seed) => assert.equal(formatted(shuffle(lines, seed).join('\n')), commented)));
  });

  test('the example of data/README.md comes out of any shuffle of itself', () => {
    const [first, empty, ...lines] = example.trimEnd().split('\n');
    fc.assert(
      fc.property(seeds, (seed) => {
        const text = [first, empty, ...shuffle(lines, seed)].join('\n');
        assert.equal(formatted(text), example);
      }),
    );
  });

  test('the facts are the same before and after', () => {
    const [first, empty, ...lines] = example.trimEnd().split('\n');
    const value = parseProvider({ text: example, file: 'f.yml' }).value;
    assert.ok(value);
    fc.assert(
      fc.property(seeds, (seed) => {
        const text = [first, empty, ...shuffle(lines, seed)].join('\n');
        assert.deepEqual(parseProvider({ text, file: 'f.yml' }).value, value);
        assert.deepEqual(parseProvider({ text: formatted(text), file: 'f.yml' }).value, value);
      }),
    );
  });
});

describe('whatever a text says', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom(...' \n"\'\\#:-?*&!|>%@`[]{},~=<0123456789.eExo+nulltrueyesNOÿ\u00a0\u2028'.split('')),
    }),
    fc.double().map(String),
    fc.constantFrom(
      '',
      '~',
      'null',
      'true',
      'no',
      '0x1F',
      '1e3',
      '.inf',
      '2026-11-20',
      '12:30',
      '<<',
      '---',
      '- a',
      '# a',
    ),
  );

  const value = (text: string): unknown => readYaml(text, 'f.yml').document.toJS();

  function check(name: string, domain: string, key: string): void {
    const [plain, item, free] = [name, domain, key].map((text) => JSON.stringify(text));
    const text = `sources:\n  ${free}:\n    says: ${plain}\ndomains:\n  - ${item}\nname: ${plain}\n`;
    const canonical = formatted(text);
    assert.deepEqual(value(canonical), value(text));
    assert.equal(formatted(canonical), canonical);
  }

  test('it says the same afterwards, prose or not, as a value, an item or a key', () => {
    const line = texts.filter((text) => !text.includes('\n'));
    fc.assert(fc.property(line, line, line, check));
  });

  test('it says the same afterwards, line breaks included', () => {
    fc.assert(fc.property(texts, texts, texts, check));
  });
});
