/** `build --bundle` and `build --new-key`. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { bundleFile, bundleLines, headAt } from '../atlas/bundle-write.ts';
import { newKey, signerOf } from '../atlas/keys.ts';
import { writeText } from '../catalog/files.ts';
import { readNamedFile } from './read-file.ts';
import { Complaint, exit, note, out, outJson } from './say.ts';
import type { Snapshot } from './snapshot.ts';

export interface BundleWish {
  readonly file: string;
  readonly keyFile: string;
  readonly days?: number;
  readonly json: boolean;
}

export function buildBundle(snapshot: Snapshot, { file, keyFile, days, json }: BundleWish): number {
  const signer = readSigner(keyFile);
  const { curated, knowledge, revision: changes, from } = snapshot;
  const head = headAt(new Date(), changes, days);
  const text = bundleFile([...bundleLines(curated, knowledge, head)].join(''), [signer]);
  const packed = gzipSync(text, { level: 9 });
  writeText(file, file.endsWith('.gz') ? packed : text);
  const { revision, expires } = head;
  const bytes = Buffer.byteLength(text);
  const counts = { providers: curated.providers.length, statuses: knowledge.statuses.size };
  note(`from ${from}`);
  if (json)
    outJson({
      file,
      revision,
      expires,
      key: signer.id,
      publicKey: signer.publicKey,
      bytes,
      gzip: packed.length,
      ...counts,
    });
  else {
    out(`${file}: ${counts.providers} providers, ${counts.statuses} statuses, revision ${revision}, until ${expires}`);
    out(`${bytes} bytes, ${packed.length} compressed by gzip; signed by ${signer.id}`);
  }
  return exit.yes;
}

export function makeKey(file: string, json: boolean): number {
  const pem = newKey();
  const { id, publicKey } = signerOf(pem);
  // A key that is there may be what all clients trust: it is never overwritten.
  writeNew(file, pem, 0o600);
  writeNew(`${file}.pub`, `${publicKey}\n`, 0o644);
  if (json) outJson({ file, id, publicKey });
  else {
    out(`${file}: the private key; nobody else may have it`);
    out(`${file}.pub: ${publicKey} (key ${id}), for those who verify`);
  }
  return exit.yes;
}

function writeNew(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, text, { mode, flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Complaint(`${file} is there already`, { tip: 'name another file' });
    throw new Complaint(`${file} cannot be written (${String(code)})`, { tip: 'check the folder and its permissions' });
  }
}

/** @throws {Complaint} where the file holds no Ed25519 private key */
export function readSigner(file: string): ReturnType<typeof signerOf> {
  const pem = readNamedFile(file, 'mailatlas build --new-key FILE makes one', `the key ${file}`);
  try {
    return signerOf(pem);
  } catch (error) {
    const message = `${file} cannot sign: ${error instanceof Error ? error.message : String(error)}`;
    throw new Complaint(message, { tip: 'mailatlas build --new-key FILE makes a key' });
  }
}
