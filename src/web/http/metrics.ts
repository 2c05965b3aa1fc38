/**
 * `GET /metrics` in Prometheus's text format (version 0.0.4). Our own: the format is a line a number, and the usual library
 * brings OpenTelemetry along and does not run on Workers.
 *
 * No label holds a name that somebody asked for: routes are patterns. Certificates are counted by the days they have left
 * instead of one number an endpoint, which would be ten thousand series; which one it is, the probes of the records say.
 */
import type { Context } from 'hono';
import { elapsed } from '../../net/elapsed.ts';
import { statusNames } from '../../provider/model.ts';
import { StoreError } from '../../store/db.ts';
import type { Vitals } from '../../store/seen/vitals.ts';
import { endpoints } from '../../verify/endpoint.ts';
import { nothingHere } from '../ask.ts';
import type { Deps, Served, Source } from '../served/served.ts';
import { documentOf, needsSecret, send } from './respond.ts';

/** What the process says of itself. */
export interface ProcessVitals {
  /** Seconds since 1970. */
  readonly started: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Files and connections; undefined where nobody can tell. */
  readonly openFiles: number | undefined;
  /** Seconds that the event loop was late since the last look. */
  readonly lag: { readonly p99: number; readonly max: number };
}

/** Requests by route pattern and status: as many series as there are routes and statuses, whatever is asked. */
export class Requests {
  readonly #counts = new Map<string, number>();

  count(route: string, status: number): void {
    const labels = `route="${route}",status="${status}"`;
    this.#counts.set(labels, (this.#counts.get(labels) ?? 0) + 1);
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}

const type = 'text/plain; version=0.0.4; charset=utf-8';
const dayBounds = [0, 7, 14, 30, 60, 90];
/** Milliseconds for which the store's numbers are kept: whoever scrapes often costs nothing. */
const kept = 15_000;

export function metricsRoute(deps: Deps, requests: Requests) {
  let last: { readonly at: number; readonly vitals: Promise<Vitals> } | undefined;
  return async (c: Context): Promise<Response> => {
    if (!deps.mayMeasure(c)) throw nothingHere();
    // Who may read it may not read it for a page that is open in their browser.
    needsSecret(c);
    if (!last || elapsed() - last.at > kept) last = { at: elapsed(), vitals: deps.vitals() };
    const vitals = await last.vitals.catch((error: unknown) => {
      last = undefined;
      // Whoever watches wants to know that now, and all else that can still be told.
      if (!(error instanceof StoreError)) throw error;
      deps.defect(error, '/metrics');
      return undefined;
    });
    const [whole, source] = [deps.served(), deps.source?.()];
    const text = metrics({
      version: deps.version,
      source: source ?? whole,
      // Where the atlas is asked by key, nobody has all of it.
      whole: source ? undefined : (whole ?? 'empty'),
      requests,
      vitals,
      process: deps.process?.(),
      dns: deps.dnsAnswers?.(),
      database: deps.databaseBytes?.(),
    });
    return send(c, documentOf(text, type), 'no-store');
  };
}

export interface Measured {
  readonly version: string;
  readonly source: Source | undefined;
  /** Everything that is served; undefined where nobody can count it. */
  readonly whole: Served | 'empty' | undefined;
  readonly requests: Requests;
  /** Undefined where the database cannot be read: what it would say is left out. */
  readonly vitals: Vitals | undefined;
  readonly process: ProcessVitals | undefined;
  /** Answers to MX questions, remembered ones too, by how they ended. */
  readonly dns?: ReadonlyMap<string, number> | undefined;
  /** Octets of the database. */
  readonly database?: { readonly file: number; readonly log: number } | undefined;
}

type Sample = readonly [labels: string, value: number];

export function metrics({ version, source, whole, requests, vitals, process, dns, database }: Measured): string {
  const served = whole === 'empty' ? undefined : whole;
  const known = served?.knowledge.statuses;
  // Those of the records of now: a status outlives the record that brought it.
  const listed = served ? endpoints(served.atlas.curated) : [];
  const statuses = Map.groupBy(listed, ({ key }) => known?.get(key)?.status ?? 'unverified');
  return [
    family('mailatlas_info', 'gauge', 'The version that runs, and the digest of the data that were loaded.', [
      [`version="${version}",data="${vitals?.data ?? ''}"`, 1],
    ]),
    family('mailatlas_requests_total', 'counter', 'Requests by route and HTTP status.', [...requests.counts]),
    family(
      'mailatlas_dns_answers_total',
      'counter',
      'Answers to MX questions by how they ended; budget: nobody was asked.',
      [...(dns ?? [])].map(([ending, count]): Sample => [`ending="${ending}"`, count]),
    ),
    family(
      'mailatlas_database_bytes',
      'gauge',
      'Octets of the database and of its write-ahead log.',
      Object.entries(database ?? {}).map(([part, bytes]): Sample => [`part="${part}"`, bytes]),
    ),
    family('mailatlas_providers', 'gauge', 'Records that are served.', one(source?.size ?? 0)),
    family('mailatlas_revision', 'gauge', 'The newest revision that is served.', one(source?.revision ?? 0)),
    family(
      'mailatlas_endpoints',
      'gauge',
      'Servers of the records by what is known of them.',
      whole ? statusNames.map((name) => [`status="${name}"`, statuses.get(name)?.length ?? 0]) : [],
    ),
    family('mailatlas_database_readable', 'gauge', '0: the database cannot be read just now.', one(vitals ? 1 : 0)),
    ...(vitals ? stored(vitals) : []),
    ...(process
      ? [
          family('process_start_time_seconds', 'gauge', 'When the process began.', one(process.started)),
          family('process_cpu_seconds_total', 'counter', 'CPU time used.', one(process.cpuSeconds)),
          family('process_resident_memory_bytes', 'gauge', 'Memory in use.', one(process.residentBytes)),
          family('nodejs_heap_size_used_bytes', 'gauge', 'Memory of JavaScript in use.', one(process.heapBytes)),
          family(
            'process_open_fds',
            'gauge',
            'Open files and connections.',
            process.openFiles === undefined ? [] : one(process.openFiles),
          ),
          family(
            'mailatlas_event_loop_lag_p99_seconds',
            'gauge',
            'How late the event loop was since the last scrape, but for one time in a hundred.',
            one(process.lag.p99),
          ),
          family('mailatlas_event_loop_lag_max_seconds', 'gauge', 'The latest it was.', one(process.lag.max)),
        ]
      : []),
  ].join('');
}

/** What the database says. */
function stored({ certificates, compared, lastRun, quarantined, submissions }: Vitals): string[] {
  const days = certificates.map(({ days: left }) => left);
  return [
    family('mailatlas_quarantined', 'gauge', 'Hosts and domains under quarantine.', one(quarantined)),
    family(
      'mailatlas_compared',
      'gauge',
      'Domains by how what they publish compares with the records.',
      Object.entries(compared).map(([verdict, domains]): Sample => [`verdict="${verdict}"`, domains]),
    ),
    family(
      'mailatlas_submissions',
      'gauge',
      'Submissions by where they stand.',
      Object.entries(submissions).map(([state, number]): Sample => [`state="${state}"`, number]),
    ),
    family(
      'mailatlas_certificates',
      'gauge',
      'Servers whose certificate ends within so many days; 0: it has ended.',
      [...dayBounds, Infinity].map((bound): Sample => {
        const within = bound === Infinity ? '+Inf' : String(bound);
        return [`within_days="${within}"`, days.filter((left) => left <= bound).length];
      }),
    ),
    family(
      'mailatlas_certificate_days_min',
      'gauge',
      'Days until the first certificate ends.',
      days.length === 0 ? [] : one(days.reduce((least, left) => Math.min(least, left))),
    ),
    ...(lastRun
      ? [
          family(
            'mailatlas_last_run_timestamp_seconds',
            'gauge',
            'When the last run was over.',
            one(seconds(lastRun.ended)),
          ),
          family(
            'mailatlas_last_run_duration_seconds',
            'gauge',
            'How long it took.',
            one(seconds(lastRun.ended) - seconds(lastRun.started)),
          ),
          family('mailatlas_last_run_planned', 'gauge', 'Servers it meant to look at.', one(lastRun.planned)),
          family('mailatlas_last_run_done', 'gauge', 'Servers it looked at.', one(lastRun.done)),
          family(
            'mailatlas_last_run_sound',
            'gauge',
            '0: it said more of our own network.',
            one(lastRun.sound ? 1 : 0),
          ),
        ]
      : []),
  ];
}

function one(value: number): Sample[] {
  return [['', value]];
}

/** A family without samples is left out. Names and labels are ours, and need no escape. */
function family(name: string, kind: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines, ''].join('\n');
}

function seconds(at: string): number {
  return Date.parse(at) / 1000;
}
