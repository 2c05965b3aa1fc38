/**
 * The atlas as files, for servers that only serve files (nginx, any CDN, Workers assets). Every file is what the app itself
 * answers, so the bytes are the live server's; what depends on DNS, on a Host or on an address is not among them.
 */
import { compileAtlas, namesAbove } from '../../atlas/atlas.ts';
import { profileType } from '../../formats/mobileconfig/vocabulary.ts';
import { stem } from '../../name/pattern.ts';
import { literalDomains } from '../../provider/hosts.ts';
import type { Curated, Knowledge } from '../../provider/model.ts';
import { pageSize } from '../api.ts';
import { createApp } from '../app.ts';
import { json, xml } from '../http/respond.ts';
import { publishedTypes } from '../publish.ts';
import { type Deps, served } from '../served/served.ts';
import { bundleType, ndjson } from './bulk.ts';

/** What a site is made from. */
export interface SiteSource {
  readonly curated: Curated;
  readonly knowledge: Knowledge;
  /** The newest revision of the store; null where there is none. */
  readonly revision: number | null;
  readonly version: string;
  readonly bundle?: NonNullable<Deps['bundle']>;
}

export interface SiteFile {
  /** Below the site's root, without a leading slash. */
  readonly path: string;
  /** What a live server is asked for the same bytes. */
  readonly request: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** All files, one after the other. What the app has no answer for, or what a format cannot say (404, 422), has no file. */
export async function* siteFiles({
  curated,
  knowledge,
  revision,
  version,
  bundle,
}: SiteSource): AsyncGenerator<SiteFile> {
  const now = served(compileAtlas(curated), knowledge, revision ?? 0);
  const nothing = () => Promise.resolve([]);
  const noMap = () => Promise.resolve(new Map<never, never>());
  const app = createApp({
    served: () => now,
    resolver: { mx: () => Promise.resolve({ kind: 'failed', why: 'timeout' }) },
    asker: () => undefined,
    missed: () => undefined,
    revisions: nothing,
    changes: nothing,
    history: {
      checks: nothing,
      evidence: noMap,
      due: noMap,
      days: nothing,
      comparisons: nothing,
      compared: nothing,
      asked: noMap,
    },
    news: { revisions: nothing, transitions: nothing, quarantine: nothing },
    isNear: () => false,
    mayMeasure: () => false,
    vitals: () => Promise.resolve({ quarantined: 0, certificates: [], compared: {}, submissions: {} }),
    ...(bundle && { bundle }),
    version,
    defect: (error) => {
      throw error;
    },
  });
  for (const [path, request] of siteRequests(curated, bundle !== undefined)) {
    const response = await app.request(request);
    if (response.ok) yield { path, request, body: new Uint8Array(await response.arrayBuffer()) };
    else if (response.status !== 404 && response.status !== 422)
      throw new Error(`${request} answers ${response.status}`);
  }
}

/** Path of a file, and the request for it. A record's id is a file beside the folder of its documents. */
function* siteRequests(
  { providers }: Curated,
  withBundle: boolean,
): Generator<readonly [path: string, request: string]> {
  const domains = new Set(providers.flatMap(literalDomains));
  const mxNames = providers.flatMap(({ mx = [] }) => mx.flatMap((pattern) => [...namesAbove(pattern), stem(pattern)]));
  for (const domain of new Set([...domains, ...mxNames])) {
    yield [`v1.1/${domain}`, `/v1.1/${domain}`];
    yield [`api/v1/lookup/${domain}.json`, `/api/v1/lookup?domain=${domain}&mx=0`];
  }
  for (const record of providers) {
    const own = `api/v1/providers/${record.id}`;
    yield [`${own}.json`, `/${own}`];
    const files = ['mail.mobileconfig'];
    // Without a domain of its own, there is nobody whose they could be.
    if (literalDomains(record).length > 0) files.push('autoconfig.xml', 'pacc.json', 'zone.txt');
    for (const file of files) yield [`${own}/${file}`, `/${own}/${file}`];
  }
  for (let page = 1; page <= Math.ceil(providers.length / pageSize); page += 1)
    yield [`api/v1/providers${page === 1 ? '' : `-${page}`}.json`, `/api/v1/providers?page=${page}`];
  yield ['api/v1/atlas.ndjson', '/api/v1/atlas.ndjson'];
  if (withBundle) yield ['api/v1/bundle', '/api/v1/bundle'];
}

/** Ids of former times: from, to. */
export function siteMoves({ providers }: Curated): (readonly [from: string, to: string])[] {
  return providers.flatMap(({ id, formerly = [] }) =>
    formerly.map((old) => [`/api/v1/providers/${old}.json`, `/api/v1/providers/${id}.json`] as const),
  );
}

const types = [
  ['/v1.1/*', xml],
  ['/api/v1/lookup/*', json],
  ['/api/v1/providers/:id/autoconfig.xml', xml],
  ['/api/v1/providers/:id/mail.mobileconfig', profileType],
  ['/api/v1/providers/:id/pacc.json', publishedTypes.pacc],
  ['/api/v1/providers/:id/zone.txt', publishedTypes.zone],
  ['/api/v1/atlas.ndjson', ndjson],
  ['/api/v1/bundle', bundleType],
] as const;

/** `_headers`, as Cloudflare (Pages, Workers assets) and Netlify read it: media types, caching, and who may read. */
export function headersFile(): string {
  const everywhere = [
    'Access-Control-Allow-Origin: *',
    'Cache-Control: public, max-age=3600',
    'X-Content-Type-Options: nosniff',
  ];
  return [
    '/*',
    ...everywhere.map((line) => `  ${line}`),
    ...types.flatMap(([path, type]) => [path, `  Content-Type: ${type}`]),
    '',
  ].join('\n');
}

/** `_redirects`, read by the same. */
export function redirectsFile(curated: Curated): string {
  return siteMoves(curated)
    .map(([from, to]) => `${from} ${to} 308\n`)
    .join('');
}
