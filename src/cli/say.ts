/**
 * The rules of our voice on a terminal. Results go to stdout; everything else goes to stderr, as `mailatlas: ` and a
 * clause in lower case without a full stop, then perhaps a line that says what to do. Exit codes: 0 yes, 1 no (not found,
 * check failed), 2 the command was typed wrongly, 3 a fault outside (file, network, database).
 */
import process from 'node:process';
import { styleText } from 'node:util';

export const exit = { yes: 0, no: 1, usage: 2, fault: 3 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** Something a person must hear of, with what to do about it and the exit code it means. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
  readonly tip: string | undefined;
  readonly code: ExitCode;
  constructor(message: string, options: { tip?: string; code?: ExitCode } = {}) {
    super(message);
    this.tip = options.tip;
    this.code = options.code ?? exit.fault;
  }
}

/** The command was typed wrongly. */
export function misuse(message: string, command?: string): Complaint {
  return new Complaint(message, {
    code: exit.usage,
    tip: `see: mailatlas ${command === undefined ? '' : `${command} `}--help`,
  });
}

/** A result, on stdout. */
export function out(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** A result for programs, on stdout. */
export function outJson(value: unknown): void {
  out(harmless(JSON.stringify(value, null, 2)));
}

/** One of many results for programs, on a line of its own. */
export function outJsonLine(value: unknown): void {
  out(harmless(JSON.stringify(value)));
}

/** JSON leaves some control characters as they are, which a terminal would obey. */
function harmless(json: string): string {
  return json.replaceAll(/[\u007f-\u009f]/g, (found) => `\\u00${found.charCodeAt(0).toString(16)}`);
}

/** A remark, on stderr. */
export function note(text: string): void {
  process.stderr.write(`mailatlas: ${text}\n`);
}

/** A complaint and its tip, on stderr. */
export function complain({ message, tip }: { message: string; tip?: string | undefined }): void {
  note(message);
  if (tip !== undefined) process.stderr.write(`  hint: ${tip}\n`);
}

/** A sentence as a clause in our voice: no full stop, a small first letter unless the word is a name. */
export function clause(sentence: string): string {
  return sentence.replace(/\.$/, '').replace(/^\p{Lu}\p{Ll}+(?=\s)/u, (word) => word.toLowerCase());
}

type Style = Parameters<typeof styleText>[0];

/** Colour, where stdout is a terminal that wants it (NO_COLOR and friends are heeded). */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** A stranger's text as it may be shown: it does not steer the terminal, nor turn the direction of the text. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** A table with two spaces between columns; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
