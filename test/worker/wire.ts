/** What goes between the tests in Node and the app in workerd: JSON, in which maps stay maps. */
import type { HostedDomains } from '../../src/atlas/hosted.ts';
import type { Curated, Knowledge } from '../../src/provider/model.ts';
import type { Desk } from '../../src/submit/desk.ts';
import type { Deps, Hosting } from '../../src/web/served/served.ts';

/** What an app is told before it is asked, and again when it changes. */
export interface Told {
  /** Where the functions are that it has not got itself. */
  readonly calls: string;
  /** {@link distantOf} */
  readonly functions: readonly string[];
  readonly served?: {
    readonly curated: Curated;
    readonly knowledge: Knowledge;
    readonly revision: number;
    readonly hosted: HostedDomains;
  };
  readonly setUp: Pick<Deps, 'version' | 'contact' | 'url' | 'mxService'> & {
    readonly hosting?: Omit<Hosting, 'login'>;
    readonly asker: string | undefined;
    readonly isNear: boolean;
    readonly mayMeasure: boolean;
    readonly process: unknown;
    readonly dnsAnswers?: unknown;
    readonly databaseBytes?: unknown;
    readonly messages?: unknown;
    readonly about?: unknown;
    /** Of a desk over the Worker's own D1; its checks run in Node, and its clock is Node's. */
    readonly desk?: Pick<Desk, 'policy' | 'checks' | 'mostOpen' | 'isSilent'>;
  };
}

/** What the app in workerd would have told somebody, in a header of the answer. */
export type Note =
  | { readonly kind: 'missed'; readonly args: readonly unknown[] }
  | { readonly kind: 'defect'; readonly message: string; readonly route: string }
  | { readonly kind: 'check'; readonly args: readonly unknown[] }
  | { readonly kind: 'happened'; readonly args: readonly unknown[] };

/** What the app is given that answers later: its functions, or those in it, are called in Node. */
const distant = new Set([
  'resolver',
  'published',
  'simulated',
  'revisions',
  'changes',
  'vitals',
  'history',
  'news',
  'authenticate',
]);
/** What app-worker.ts has in its own way. */
const own = new Set([
  'served',
  'asker',
  'missed',
  'defect',
  'isNear',
  'mayMeasure',
  'process',
  'dnsAnswers',
  'databaseBytes',
  'messages',
  'about',
  'submissions',
]);

/** The functions that are called in Node, such as `history.checks`; undefined: there are others, whose answers cannot wait. */
export function distantOf(deps: Deps): string[] | undefined {
  const names = Object.entries(deps).flatMap(([name, value]: [string, unknown]) => {
    if (own.has(name)) return [];
    if (typeof value === 'function') return [name];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([inner, one]) => (typeof one === 'function' ? [`${name}.${inner}`] : []));
  });
  return names.every((name) => distant.has(name.split('.')[0] ?? '')) ? names : undefined;
}

export function encode(value: unknown): string {
  return JSON.stringify({ value }, (_, inner: unknown) => (inner instanceof Map ? { $map: [...inner] } : inner));
}

export function decode(text: string): unknown {
  const { value } = JSON.parse(text, (_, inner: unknown) => (isMap(inner) ? new Map(inner.$map) : inner)) as {
    value: unknown;
  };
  return value;
}

function isMap(value: unknown): value is { $map: [unknown, unknown][] } {
  return typeof value === 'object' && value !== null && '$map' in value;
}
