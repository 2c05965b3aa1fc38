/**
 * The command line as one file for each command, as real as the sources it is bundled from: a process starts in a third of the
 * time, which makes a thousand sessions and deaths affordable.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Each file, and what it is told of itself. */
const sources = {
  main: ['src/cli/main.ts', {}],
  // It calls the other's `main` itself.
  'waiting-command': ['test/fault/waiting-command.ts', { 'import.meta.main': 'false' }],
} as const;

const built = new Map<string, Promise<string>>();
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The file of a bundled program, which goes with the test file that asks for it. */
export function program(name: keyof typeof sources = 'main'): Promise<string> {
  const known = built.get(name) ?? bundle(name);
  built.set(name, known);
  return known;
}

async function bundle(name: keyof typeof sources): Promise<string> {
  const [file, define] = sources[name];
  // Where Node finds what stays outside of the bundle.
  const folder = mkdtempSync(join(root, 'node_modules', '.programs-'));
  folders.push(folder);
  await bundleOne(join(root, file), folder, define);
  return join(folder, `${name}.mjs`);
}

/** What finds migrations/, data/ or package.json by its own place goes on doing so. */
const ownPlace: Plugin = {
  name: 'own place',
  setup(building) {
    building.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const place = JSON.stringify(pathToFileURL(path).href);
      return { loader: 'ts', contents: text.replaceAll('import.meta.url', place) };
    });
  },
};

async function bundleOne(file: string, folder: string, define: Readonly<Record<string, string>>): Promise<void> {
  await build({
    entryPoints: [file],
    define,
    plugins: [ownPlace],
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: ['better-sqlite3'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
}
