/**
 * The command line as one file for each command, as real as the sources it is bundled from: a process starts in a third of the
 * time, which makes a thousand deaths affordable.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
let built: Promise<string> | undefined;
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The folder of the bundled programs, which goes with the test file: `main.mjs`, `waiting-command.mjs`. */
export function programs(): Promise<string> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<string> {
  // As deep as a room of src/: what reads migrations/ or package.json finds it by its own place.
  const folder = mkdtempSync(join(root, 'node_modules', '.fault-'));
  folders.push(folder);
  for (const [file, define] of [
    ['src/cli/main.ts', {}],
    // It calls the other's `main` itself.
    ['test/fault/waiting-command.ts', { 'import.meta.main': 'false' }],
  ] as const)
    await bundleOne(join(root, file), folder, define);
  return folder;
}

async function bundleOne(file: string, folder: string, define: Readonly<Record<string, string>>): Promise<void> {
  await build({
    entryPoints: [file],
    define,
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
