/** Inputs that once broke something, a file each in `corpus/<target>/`: they are tried before anything else, for good. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** @returns octets as Latin 1 for targets of octets, texts for all others */
export function corpusOf(target: { readonly name: string; readonly form: string }): string[] {
  const folder = new URL(`corpus/${target.name}/`, import.meta.url);
  if (!existsSync(folder)) return [];
  const coding = target.form === 'octets' ? 'latin1' : 'utf8';
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(new URL(name, folder), coding));
}
