/** Every error the server answers with, in one table; the form is RFC 9457 (application/problem+json). */
import type { MissReason } from '../../lookup/ladder.ts';
import type { NameFault } from '../../name/domain.ts';

/** Status, and whether a shared cache may keep the answer (seconds; 0: nobody may). */
const table = {
  'malformed-name': [400, 300],
  'malformed-query': [400, 300],
  'malformed-request': [400, 0],
  'no-domain-given': [400, 0],
  'unknown-domain': [404, 300],
  'left-out': [404, 300],
  'not-served-here': [404, 300],
  'no-mx': [404, 300],
  'null-mx': [404, 300],
  gateway: [404, 300],
  forwarder: [404, 300],
  sender: [404, 300],
  'no-access': [404, 300],
  'no-own-domain': [404, 300],
  'not-expressible': [404, 300],
  withheld: [404, 300],
  'unknown-provider': [404, 300],
  'no-bundle': [404, 300],
  'not-at-once': [404, 300],
  'unknown-route': [404, 300],
  'no-own-url': [404, 300],
  'no-submissions': [404, 300],
  'unknown-submission': [404, 0],
  'unknown-revision': [404, 0],
  'unknown-overlay': [404, 0],
  'no-token': [401, 0],
  'wrong-role': [403, 0],
  'not-yours': [403, 0],
  'decided-meanwhile': [409, 0],
  'not-now': [409, 0],
  'moved-on': [409, 0],
  claimed: [409, 0],
  'checks-failed': [409, 0],
  unconfirmed: [409, 0],
  'accepted-already': [409, 0],
  'no-going-back': [409, 0],
  'submitted-already': [409, 0],
  'method-not-allowed': [405, 300],
  'run-over': [409, 0],
  'too-large': [413, 0],
  'unsupported-type': [415, 0],
  'no-profile': [422, 300],
  'malformed-draft': [422, 0],
  'too-many-submissions': [429, 0],
  'too-many-open': [503, 0],
  'dns-timeout': [503, 0],
  'dns-budget': [429, 0],
  'too-many-runs': [429, 0],
  'too-many-questions': [429, 0],
  'not-ready': [503, 0],
  'no-database': [503, 0],
  'disk-full': [507, 0],
  defect: [500, 0],
} as const satisfies Record<string, readonly [number, number]> & Record<MissReason, readonly [number, number]>;

export type ErrorCode = keyof typeof table;
export const errorCodes = Object.keys(table) as [ErrorCode, ...ErrorCode[]];

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

/** An error on its way to the one place that turns errors into responses. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: ErrorCode;
  readonly more: Readonly<Record<string, unknown>>;
  constructor(code: ErrorCode, detail: string, more: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.code = code;
    this.more = more;
  }
}

/** What goes over the wire. */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  code: ErrorCode;
  detail: string;
  /** Why a name is malformed. */
  fault?: NameFault;
}

export function problemOf({ code, message, more }: HttpProblem): Problem & Record<string, unknown> {
  const status = table[code][0];
  return { type: 'about:blank', title: titles[status] ?? '', status, code, detail: message, ...more };
}

/** Whether the same request may do better a minute later. */
export function mayPass(status: number): boolean {
  return [429, 503, 507].includes(status);
}

export function cacheSeconds(code: ErrorCode): number {
  return table[code][1];
}
