/** Reads the file of test accounts, if nobody else can. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { type Account, AccountsError, parseAccounts } from '../verify/accounts.ts';
import { Complaint, exit } from './say.ts';

/** @throws {Complaint} that never repeats what the file says */
export function readAccounts(file: string): Account[] {
  const text = readPrivate(file);
  try {
    return parseAccounts(text);
  } catch (error) {
    if (!(error instanceof AccountsError)) throw error;
    const { place, field, message } = error;
    throw new Complaint(`${file}:${place.line}:${place.column} ${field === '' ? '' : `${field}: `}${message}`, {
      code: exit.fault,
    });
  }
}

/** Opened first and judged then, so that it is this very file that was judged. */
function readPrivate(file: string): string {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const says = code === 'ENOENT' ? `there is no ${file}` : `${file} cannot be read (${code ?? 'unknown'})`;
    throw new Complaint(says, { tip: 'name the file of your test accounts with --accounts FILE' });
  }
  try {
    const status = fstatSync(handle);
    if (!status.isFile()) throw new Complaint(`${file} is no file`, { tip: 'name a JSON file with --accounts FILE' });
    // Windows has no such modes and no such owners.
    if (process.getuid !== undefined) {
      if (status.uid !== process.getuid())
        throw new Complaint(`${file} belongs to somebody else, who can change it`, {
          tip: `make a copy of your own: install -m 600 '${file}' accounts.json`,
        });
      const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
      if (mode !== '0600' && mode !== '0400')
        throw new Complaint(`${file} has passwords in it, and its mode ${mode} is not for one person alone`, {
          tip: `chmod 600 '${file}'`,
        });
    }
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}
