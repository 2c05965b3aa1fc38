/** Reads the file of test accounts, if nobody else can. */
import { type Account, AccountsError, parseAccounts } from '../verify/login/accounts.ts';
import { readPrivate } from './private-file.ts';
import { Complaint, exit } from './say.ts';

/** @throws {Complaint} that never repeats what the file says */
export function readAccounts(file: string): Account[] {
  const text = readPrivate(file, { what: 'passwords', tip: 'name a JSON file of test accounts with --accounts FILE' });
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
