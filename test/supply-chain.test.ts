/** What comes from others: packages are pinned, come from one place with a digest, and run nothing when they are installed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const own = read('package.json') as Readonly<
  Record<'dependencies' | 'devDependencies', Readonly<Record<string, string>>>
> & {
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const { packages } = read('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> };
const installed = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

describe('every package', () => {
  test('is named with its exact version', () => {
    for (const [name, version] of Object.entries({ ...own.dependencies, ...own.devDependencies }))
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
  });

  test('comes with a digest of what it is, and from the registry alone', () => {
    // Without "resolved", it is the registry that npm is told of; a URL or a repository would stand there.
    const isLoose = ({ resolved, integrity = '', link }: Locked) =>
      resolved !== undefined || link === true || !integrity.startsWith('sha512-');
    assert.deepEqual(
      installed.filter(([, one]) => isLoose(one)).map(([path]) => path),
      [],
    );
  });

  test('that would run a script when it is installed is named, with whether it may', () => {
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const unnamed = scripted.map(([path]) => nameOf(path)).filter((name) => !Object.hasOwn(own.allowScripts, name));
    assert.deepEqual(unnamed, []);
  });

  test('that may run one is Node itself, which takes its own binary out of the package for this platform', () => {
    const allowed = Object.entries(own.allowScripts).filter(([, may]) => may);
    assert.deepEqual(
      allowed.map(([name]) => name),
      ['node'],
    );
  });
});

test('few packages run at run time, and each is one that somebody has decided for', () => {
  assert.deepEqual(Object.keys(own.dependencies), [
    '@hono/node-server',
    '@peculiar/asn1-cms',
    '@peculiar/asn1-schema',
    '@peculiar/asn1-x509',
    'better-sqlite3',
    'drizzle-orm',
    'fast-xml-parser',
    'hono',
    'imapflow',
    'nodemailer',
    'pino',
    'tldts',
    'unhomoglyph',
    'uqr',
    'yaml',
    'zod',
    'zod-openapi',
  ]);
});
