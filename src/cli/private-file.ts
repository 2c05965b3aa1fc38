/** Secrets that commands are given: in files that nobody else can read, or in the environment; never as arguments. */
import { closeSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { Complaint, misuse } from './say.ts';

/** What a private file holds, for complaints. */
export interface Secrets {
  /** `passwords` */
  readonly what: string;
  /** `name the file of your test accounts with --accounts FILE` */
  readonly tip: string;
  readonly isShared?: boolean;
}

/**
 * Reads a file if nobody else can: opened first and judged then, so that it is this very file that was judged.
 * @throws {Complaint} that never repeats what the file says
 */
export function readPrivate(file: string, { what, tip, isShared = false }: Secrets): string {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const says = code === 'ENOENT' ? `there is no ${file}` : `${file} cannot be read (${code ?? 'unknown'})`;
    throw new Complaint(says, { tip });
  }
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw new Complaint(`${file} is no file`, { tip });
    // Windows has no such modes and no such owners.
    if (process.getuid !== undefined && !isShared) {
      if (status.uid !== process.getuid())
        throw new Complaint(`${file} belongs to somebody else, who can change it`, {
          tip: `make a copy of your own: install -m 600 '${file}' FILE`,
        });
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
      if (mode !== '0600' && mode !== '0400')
        throw new Complaint(`${file} has ${what} in it, and its mode ${mode} is not for one person alone`, {
          tip: `chmod 600 '${file}'`,
        });
    }
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}

/** A file for a secret that is to come: where none can be made, nobody needs to ask for it. */
export interface Reserved {
  readonly file: string;
  write(secret: string): void;
  /** There is no secret, and no file. */
  giveUp(): void;
}

/**
 * Makes a new file that nobody else can read.
 * @param tips what it means that there is one already, and that none can be made
 * @throws {Complaint} where it cannot be made
 */
export function reservePrivate(file: string, tips: { readonly isThere: string; readonly isNot: string }): Reserved {
  let handle: number;
  try {
    handle = openSync(file, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Complaint(`there is a ${file} already`, { tip: tips.isThere });
    throw new Complaint(`${file} cannot be written (${code ?? 'unknown'})`, { tip: tips.isNot });
  }
  return {
    file,
    write(secret) {
      writeFileSync(handle, `${secret}\n`);
      closeSync(handle);
    },
    giveUp() {
      closeSync(handle);
      rmSync(file, { force: true });
    },
  };
}

/** Where a secret may stand. */
export interface SecretPlace {
  /** `token`, for complaints. */
  readonly what: string;
  /** `--token-file` */
  readonly flag: string;
  /** `MAILATLAS_TOKEN` */
  readonly variable: string;
  /** Of a daemon: whoever set the machine up says who can read it (secrets of containers are for everybody in them). */
  readonly isShared?: boolean;
}

export const tokenPlace: SecretPlace = { what: 'token', flag: '--token-file', variable: 'MAILATLAS_TOKEN' };

/** A secret of a file, else of the environment. @throws {Complaint} where there is none, or none that could be sent */
export function readSecret(
  file: string | undefined,
  { what, flag, variable, isShared = false }: SecretPlace,
  command: string,
): string {
  const tip = `${flag} FILE names a file with the ${what} in it${isShared ? '' : ', which nobody else can read'}`;
  const text = file === undefined ? process.env[variable] : readPrivate(file, { what: `a ${what}`, tip, isShared });
  const secret = text?.trim() ?? '';
  if (secret === '') throw misuse(`${command} needs a ${what}: ${variable}, or ${flag} FILE`, command);
  if (/^[\w.~+/-]{16,200}$/.test(secret)) return secret;
  throw misuse(`the ${what} has an impossible form`, command);
}
