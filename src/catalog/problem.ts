/** What is wrong with a curated file, where, and what would be right. */

export interface Problem {
  /** Path of the file as the caller named it. */
  readonly file: string;
  /** From 1; absent where the problem is the file as a whole. */
  readonly line?: number;
  readonly column?: number;
  /** `incoming[0].port`; empty for the file as a whole. */
  readonly field: string;
  /** The lint rule, `syntax` or `shape`. */
  readonly rule: string;
  readonly level: 'error' | 'warning';
  /** What is wrong: a clause, lower case, no full stop. */
  readonly says: string;
  /** What to do about it. */
  readonly tip?: string;
}

/** A place inside a record: `['incoming', 0, 'port']`. */
export type Path = readonly (string | number)[];

/** `['incoming', 0, 'port']` -> `incoming[0].port` */
export function fieldName(path: Path): string {
  return path
    .map((step, i) =>
      typeof step === 'number'
        ? `[${step}]`
        : `${i === 0 ? '' : '.'}${/^[\w-]+$/.test(step) ? step : JSON.stringify(step)}`,
    )
    .join('');
}

/**
 * One line for a terminal, in the form that editors and CI systems make clickable. It quotes a file that may be a stranger's,
 * and so nothing in it steers the terminal or turns the direction of the text.
 */
export function sayProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const field = problem.field === '' ? '' : `${problem.field}: `;
  const tip = problem.tip === undefined ? '' : `; ${problem.tip}`;
  const line = `${place}: ${problem.level}: ${field}${problem.says}${tip} [${problem.rule}]`;
  return line.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}
