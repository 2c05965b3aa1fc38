/**
 * The port through which a server says what happens, for those who run it. Nothing personal goes through it: no address of
 * anybody, no domain that was asked for, no query, no program's name. Hand: log-node.ts.
 */

/** From the rarest to the most: each is written with those before it. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** Messages are clauses: lower case, no full stop. Facts are what programs want to know of them. */
export interface Log {
  /** A defect of ours. */
  error(message: string, facts?: Facts): void;
  /** What the operator must hear. */
  warn(message: string, facts?: Facts): void;
  /** What was done: loads, runs, start and stop. */
  info(message: string, facts?: Facts): void;
  /** One request that was answered; absent where nobody wants to know. */
  readonly request?: (facts: RequestFacts) => void;
}

/** What went wrong, in its own words; and what to do, where it knows. */
export function sayError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, tip } = error as Error & { readonly tip?: string };
  return tip === undefined ? message : `${message}; ${tip}`;
}

export interface RequestFacts {
  readonly method: string;
  /** The pattern (`/v1.1/:domain`), never the path; `none`: there is no such route. */
  readonly route: string;
  readonly status: number;
  /** From the head of the request to the end of the answer. */
  readonly milliseconds: number;
  /** Octets that went out, head included. */
  readonly bytes: number;
}
