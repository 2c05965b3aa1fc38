/** Holds the arrows of DESIGN section 1: which room of `src/` may import which, and which package stays in which room. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { describe, test } from 'node:test';

/** The rooms from top to bottom; what stands in one line is one floor. */
const floors = [
  ['cli'],
  ['node.ts', 'worker.ts'],
  ['web'],
  ['submit'],
  ['verify'],
  ['discover'],
  ['lookup'],
  ['catalog'],
  ['store'],
  ['client'],
  ['atlas'],
  ['formats'],
  ['net'],
  ['provider'],
  ['name'],
];

/** Packages that are at home in certain files only. */
const homes = [
  { packages: /^drizzle-orm$/, files: /^store\// },
  { packages: /^(hono|@hono\/.+)$/, files: /^(web\/|node\.ts$)/ },
  { packages: /^yaml$/, files: /^catalog\/(parse|format|files|yaml|mend|edit)\.ts$/ },
  { packages: /^better-sqlite3$/, files: /^store\/(sqlite|.*-node)\.ts$/ },
  {
    packages: /^(node:(?!crypto$).+|imapflow|nodemailer|pino)$/,
    files: /-node\.ts$|^catalog\/files\.ts$|^store\/sqlite\.ts$|^cli\/|^node\.ts$/,
  },
];

const mostLines = 500;

/** One import: the file that has it, under `src/`, and what it names. */
interface Import {
  readonly file: string;
  readonly specifier: string;
}

/** What the source of a file imports: static, re-exported, for its effects, dynamic, required. */
function importsOf(file: string, source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const forms = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])(?<specifier>.+?)\1/gm,
    /^\s*import\s*(['"])(?<specifier>.+?)\1/gm,
    /\b(?:import|require)\s*\(\s*(['"`])(?<specifier>.+?)\1/g,
  ];
  return forms.flatMap((form) =>
    [...code.matchAll(form)].map(({ groups }) => ({ file, specifier: groups?.['specifier'] ?? '' })),
  );
}

/** The file under `src/` that an import leads to, or undefined for a package. */
function target({ file, specifier }: Import): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : undefined;
}

/** `@hono/node-server/conninfo` -> `@hono/node-server`, `fs` -> `node:fs`. */
function packageOf({ specifier }: Import): string {
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function room(file: string): string {
  return file.split('/')[0] ?? '';
}

/** Counted from the top; -1 for what is no room. */
function floor(file: string): number {
  return floors.findIndex((rooms) => rooms.includes(room(file)));
}

/** Each rule says what is wrong with an import, or nothing. */
const rules: Record<string, (found: Import) => string | undefined> = {
  'every import stays inside src/, in a room of the design': (found) => {
    const to = target(found);
    if (to?.startsWith('..')) return 'leads out of src/';
    return to !== undefined && floor(to) < 0 ? `leads to “${room(to)}”, which is no room of the design` : undefined;
  },
  'imports point down, or stay in the room': (found) => {
    const to = target(found);
    const up = to !== undefined && floor(to) >= 0 && floor(to) <= floor(found.file) && room(to) !== room(found.file);
    return up ? `points from ${room(found.file)} up to ${room(to)}` : undefined;
  },
  'nothing imports client/': (found) => {
    const to = target(found);
    return to !== undefined && room(to) === 'client' && room(found.file) !== 'client' ? 'imports client/' : undefined;
  },
  'client/ imports only atlas/ and name/, and no package': (found) => {
    if (room(found.file) !== 'client') return undefined;
    const to = target(found);
    const allowed =
      to === undefined ? packageOf(found) === 'node:crypto' : ['client', 'atlas', 'name'].includes(room(to));
    return allowed ? undefined : 'is not for client/, which has no dependency';
  },
  'a package that belongs to certain files is imported only there': (found) => {
    if (target(found) !== undefined) return undefined;
    const name = packageOf(found);
    const home = homes.find(({ packages }) => packages.test(name));
    return !home || home.files.test(found.file) ? undefined : `imports ${name}, which is only for ${home.files}`;
  },
};

/** Every offence as a line that names the file, the import and what is wrong with it. */
function offences(imports: readonly Import[], rule: string): string[] {
  return imports.flatMap((found) => {
    const wrong = rules[rule]?.(found);
    return wrong === undefined ? [] : [`src/${found.file}: “${found.specifier}” ${wrong}`];
  });
}

const root = new URL('../src/', import.meta.url);
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file: file.replaceAll('\\', '/'), source: readFileSync(new URL(file, root), 'utf8') }));
const imports = files.flatMap(({ file, source }) => importsOf(file, source));

describe('the house', () => {
  for (const rule of Object.keys(rules)) test(rule, () => assert.deepEqual(offences(imports, rule), []));

  test('every file stands in a room of the design', () => {
    const homeless = files
      .filter(({ file }) => floor(file) < 0)
      .map(({ file }) => `src/${file}: no room of the design`);
    assert.deepEqual(homeless, []);
  });

  test('whatever client/ leads to needs no package: it runs in browsers', () => {
    const seen = new Set(files.map(({ file }) => file).filter((file) => room(file) === 'client'));
    for (const file of seen) {
      const source = files.find((one) => one.file === file)?.source ?? '';
      // Types are gone when it runs.
      for (const found of importsOf(file, source.replace(/^(import|export) type [^;]*;$/gm, ''))) {
        const to = target(found);
        assert.ok(to !== undefined, `src/${file} imports ${found.specifier}`);
        seen.add(to);
      }
    }
    assert.ok(seen.has('atlas/tables.ts') && seen.has('provider/current.ts') && seen.size > 15);
  });

  test(`no file has more than ${mostLines} lines`, () => {
    const long = files
      .map(({ file, source }) => ({ file, lines: source.split('\n').length - 1 }))
      .filter(({ lines }) => lines > mostLines)
      .map(({ file, lines }) => `src/${file}: ${lines} lines`);
    assert.deepEqual(long, []);
  });

  test('is read at all: files and imports of every kind are found', () => {
    assert.ok(files.length > 50);
    for (const specifier of ['zod', 'node:crypto', '../name/domain.ts', 'hono', '../node.ts'])
      assert.ok(
        imports.some((found) => found.specifier === specifier),
        specifier,
      );
  });
});

describe('the guard itself', () => {
  test('sees an import in every form that TypeScript has', () => {
    const source = `
      import type { A } from 'a';
      import b, {
        type C,
        d,
      } from "b";
      import * as e from 'e';
      import 'f';
      export { g } from 'g';
      export * from 'h';
      const i = await import('i');
      const j = require('j');
      type K = import('k').K;
      // import { no } from 'line-comment';
      /* import { no } from 'block-comment'; */
      /** @see import('doc-comment') */
      const text = "copied from 'somewhere'";
      export const from = 'a value';
    `;
    const seen = importsOf('cli/made-up.ts', source).map(({ specifier }) => specifier);
    assert.deepEqual(seen.sort(), ['a', 'b', 'e', 'f', 'g', 'h', 'i', 'j', 'k']);
  });

  const bad: [rule: string, file: string, line: string][] = [
    [
      'every import stays inside src/, in a room of the design',
      'web/app.ts',
      "import { x } from '../../test/records.ts';",
    ],
    ['every import stays inside src/, in a room of the design', 'web/app.ts', "import { x } from '../utils/x.ts';"],
    ['imports point down, or stay in the room', 'store/db.ts', "import type { App } from '../web/app.ts';"],
    ['imports point down, or stay in the room', 'name/domain.ts', "export { lookup } from '../lookup/ladder.ts';"],
    ['imports point down, or stay in the room', 'catalog/rules/id.ts', "import { out } from '../../cli/say.ts';"],
    ['imports point down, or stay in the room', 'web/app.ts', "const { startServer } = await import('../node.ts');"],
    ['imports point down, or stay in the room', 'node.ts', "import worker from './worker.ts';"],
    ['nothing imports client/', 'lookup/ladder.ts', "import { open } from '../client/client.ts';"],
    [
      'client/ imports only atlas/ and name/, and no package',
      'client/client.ts',
      "import { json } from '../formats/json.ts';",
    ],
    ['client/ imports only atlas/ and name/, and no package', 'client/client.ts', "import * as z from 'zod';"],
    [
      'a package that belongs to certain files is imported only there',
      'catalog/load.ts',
      "import { eq } from 'drizzle-orm';",
    ],
    [
      'a package that belongs to certain files is imported only there',
      'verify/due.ts',
      "import type { T } from 'drizzle-orm/sqlite-core';",
    ],
    ['a package that belongs to certain files is imported only there', 'cli/serve.ts', "import { Hono } from 'hono';"],
    [
      'a package that belongs to certain files is imported only there',
      'verify/agents/agent.ts',
      "import { serve } from '@hono/node-server';",
    ],
    [
      'a package that belongs to certain files is imported only there',
      'catalog/lint.ts',
      "import { parse } from 'yaml';",
    ],
    [
      'a package that belongs to certain files is imported only there',
      'store/providers.ts',
      "import Sqlite from 'better-sqlite3';",
    ],
    [
      'a package that belongs to certain files is imported only there',
      'net/http/http.ts',
      "import { connect } from 'node:net';",
    ],
    [
      'a package that belongs to certain files is imported only there',
      'web/served/served.ts',
      "import { readFileSync } from 'fs';",
    ],
    [
      'a package that belongs to certain files is imported only there',
      'verify/probe/imap.ts',
      "import { ImapFlow } from 'imapflow';",
    ],
  ];
  for (const [rule, file, line] of bad) {
    test(`would report ${file} for ${line}`, () => {
      const [found, more] = importsOf(file, line);
      assert.ok(found && !more);
      const [said = '', ...others] = offences([found], rule);
      assert.deepEqual(others, []);
      assert.match(said, new RegExp(`^src/${RegExp.escape(file)}: “${RegExp.escape(found.specifier)}” `));
    });
  }

  const good: [file: string, line: string][] = [
    ['cli/lookup.ts', "import { lookup } from '../lookup/ladder.ts';"],
    ['cli/serve.ts', "const { startServer } = await import('../node.ts');"],
    ['catalog/rules/id.ts', "import type { Rule } from '../judge.ts';"],
    ['atlas/digest.ts', "import { createHash } from 'node:crypto';"],
    ['net/wire-node.ts', "import { connect } from 'node:tls';"],
    ['store/migrate-node.ts', "import type { Database } from 'better-sqlite3';"],
    ['client/client.ts', "import { parseDomain } from '../name/domain.ts';"],
    ['node.ts', "import { createAdaptorServer } from '@hono/node-server';"],
    ['provider/schema.ts', "import * as z from 'zod';"],
  ];
  for (const [file, line] of good) {
    test(`has nothing against ${file} for ${line}`, () => {
      const found = importsOf(file, line);
      assert.equal(found.length, 1);
      assert.deepEqual(
        Object.keys(rules).flatMap((rule) => offences(found, rule)),
        [],
      );
    });
  }
});
