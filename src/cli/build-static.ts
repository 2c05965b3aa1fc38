/** `build --static`: writes a folder of files, and takes away what an earlier build left there. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../atlas/digest.ts';
import { writeText } from '../catalog/files.ts';
import { bundler } from '../web/bulk/bundler.ts';
import { headersFile, redirectsFile, siteFiles } from '../web/bulk/static-site.ts';
import { readSigner } from './build-bundle.ts';
import { Complaint, exit, note, out, outJson } from './say.ts';
import type { Snapshot } from './snapshot.ts';
import { version } from './version.ts';

/** Says which files are ours, so that the next build knows what to take away, and a mirror what it has. */
interface Manifest {
  readonly version: string;
  /** The newest revision of the database; null where the facts are from files. */
  readonly revision: number | null;
  /** SHA-256 of each file. */
  readonly files: Readonly<Record<string, string>>;
}

const manifestName = 'manifest.json';

export interface StaticWish {
  readonly dir: string;
  readonly keyFile: string | undefined;
  readonly json: boolean;
}

export async function buildStatic(snapshot: Snapshot, { dir, keyFile, json }: StaticWish): Promise<number> {
  const before = earlier(dir);
  const bundle = keyFile === undefined ? {} : { bundle: bundler(readSigner(keyFile)) };
  const site = new Map<string, Uint8Array | string>();
  for await (const { path, body } of siteFiles({ ...snapshot, ...bundle, version })) site.set(path, body);
  site.set('_headers', headersFile());
  site.set('_redirects', redirectsFile(snapshot.curated));
  const files = Object.fromEntries([...site].map(([path, body]) => [path, sha256(body)]));
  const writeManifest = (listed: Manifest['files']) => {
    const manifest: Manifest = { version, revision: snapshot.revision, files: listed };
    writeText(join(dir, manifestName), `${JSON.stringify(manifest, null, 1)}\n`);
  };
  // Before the files: a build that is broken off leaves nothing that the next one does not know for its own.
  writeManifest({ ...Object.fromEntries(before.map((path) => [path, ''])), ...files });
  for (const [path, body] of site) writeText(join(dir, path), body);
  const gone = before.filter((path) => files[path] === undefined);
  for (const path of gone) rmSync(join(dir, path), { force: true });
  writeManifest(files);
  note(`from ${snapshot.from}`);
  const count = site.size;
  if (json) outJson({ dir, files: count, removed: gone.length, revision: snapshot.revision });
  else out(`${dir}: ${count} files${gone.length > 0 ? `, ${gone.length} of an earlier build removed` : ''}`);
  return exit.yes;
}

/** @throws {Complaint} where the folder holds what we did not put there */
function earlier(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const tip = 'name a new folder, or one that an earlier build has made';
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch {
    throw new Complaint(`${dir} is no folder`, { tip });
  }
  if (names.length === 0) return [];
  try {
    const { files } = JSON.parse(readFileSync(join(dir, manifestName), 'utf8')) as Manifest;
    // The list is a file that anybody may have edited: nothing outside of the folder is ever removed.
    return Object.keys(files).filter((path) => /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').includes('..'));
  } catch {
    throw new Complaint(`${dir} holds files that no earlier build has put there`, { tip });
  }
}
