import { readFileSync } from 'node:fs';
import { Complaint } from './say.ts';

/**
 * The text of a file that an option names.
 * @param tip what to do where it cannot be read
 * @param what the file in that complaint, where its name alone would not say enough
 * @throws {Complaint} where it cannot be read
 */
export function readNamedFile(file: string, tip: string, what = file): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Complaint(`${what} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, { tip });
  }
}
