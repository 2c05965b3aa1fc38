/**
 * `GET /api/v1/providers/{id}/feed.atom`, and the same for all: what changed about records and their servers, newest first.
 * Links lead only to the URL that the operator has configured; without one there are none, and identifiers need none.
 */
import type { Context } from 'hono';
import { atomType, type FeedEntry, renderAtom } from '../../formats/atom.ts';
import { type Domain, domainOrUndefined, isAtOrBelow, withParents } from '../../name/domain.ts';
import { type EndpointKey, endpointKey, type Provider } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import { watchedHosts } from '../../verify/after-run.ts';
import { endpoints } from '../../verify/endpoint.ts';
import { byId } from '../by-id.ts';
import { LanguageQuery } from '../contract/contract.ts';
import { ready, sourceOf } from '../find.ts';
import { parseQuery } from '../http/parse-query.ts';
import { documentOf, send, sendMoved } from '../http/respond.ts';
import type { Deps, Served } from '../served/served.ts';
import { feedEntries, texts } from './feed-entries.ts';

const shown = 50;

/** Where a record's feed is, below the server's own URL. */
export function feedPath(id: string): string {
  return `/api/v1/providers/${id}/feed.atom`;
}

export function providerFeedRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    sourceOf(deps);
    const asked = askedOf(c);
    const found = await byId(deps, c);
    if ('renamed' in found) return sendMoved(c, `${feedPath(found.renamed)}${asked.search}`);
    const { provider } = found;
    const entries = await recordEntries(deps, provider, asked.language);
    return sendFeed(c, deps, asked, {
      about: `feed ${provider.id}`,
      title: texts[asked.language].feed(provider.name),
      path: feedPath(provider.id),
      entries,
    });
  };
}

/** What changed about a record and its servers, the newest first. */
export async function recordEntries(deps: Deps, provider: Provider, language: Language): Promise<FeedEntry[]> {
  const keys = [...new Set([...provider.incoming, ...provider.outgoing].map(endpointKey))];
  const [revisions, transitions, quarantine] = await Promise.all([
    deps.news.revisions(shown, provider.id),
    deps.news.transitions(shown, keys),
    deps.news.quarantine(shown, namesAbove(provider)),
  ]);
  const record = (id: string) => (id === provider.id ? provider : undefined);
  return feedEntries({ revisions, transitions, quarantine }, { language, record, link: linkTo(deps) });
}

/** `GET /api/v1/feed.atom` */
export function atlasFeedRoute(deps: Deps) {
  return async (c: Context): Promise<Response> => {
    const asked = askedOf(c);
    const entries = await atlasEntries(deps, asked.language);
    const { title, path } = { title: texts[asked.language].all, path: '/api/v1/feed.atom' };
    return sendFeed(c, deps, asked, { about: 'feed', title, path, entries });
  };
}

/**
 * What changed about all records and their servers, the newest first. Where the atlas is not in memory, nobody knows whose a
 * server is: entries of servers and names have no record then.
 */
export async function atlasEntries(deps: Deps, language: Language): Promise<FeedEntry[]> {
  const { bulk } = sourceOf(deps);
  const [revisions, transitions, quarantine] = await Promise.all([
    deps.news.revisions(shown),
    deps.news.transitions(shown),
    deps.news.quarantine(shown),
  ]);
  const changes = { revisions, transitions, quarantine };
  const saying = { language, link: linkTo(deps) };
  if (bulk) {
    const records = await bulk.records(revisions.map(({ id }) => id));
    return feedEntries(changes, { ...saying, record: (id) => records.get(id), concerns: () => [] });
  }
  const { atlas } = ready(deps);
  const users = usersOf(atlas);
  return feedEntries(
    // What no record names any more concerns nobody.
    { ...changes, transitions: transitions.filter((one) => users.of(one).length > 0) },
    { ...saying, record: (id) => atlas.records.get(id), concerns: users.of },
  );
}

/** Which records a change of a server or of a name concerns. */
interface Users {
  readonly of: (change: { readonly endpoint: EndpointKey } | { readonly name: Domain }) => readonly string[];
}

/** A thousand records have thousands of endpoints: their users are found once for each atlas. */
const known = new WeakMap<Served['atlas'], Users>();

function usersOf(atlas: Served['atlas']): Users {
  const found = known.get(atlas) ?? findUsers(atlas.curated);
  known.set(atlas, found);
  return found;
}

function findUsers(curated: Served['atlas']['curated']): Users {
  const byKey = new Map<string, readonly string[]>(endpoints(curated).map(({ key, records }) => [key, records]));
  const hosts = curated.providers.map((record) => ({ id: record.id, hosts: [...watchedHosts([record])] as Domain[] }));
  return {
    of: (change) =>
      'endpoint' in change
        ? (byKey.get(change.endpoint) ?? [])
        : hosts.filter((one) => one.hosts.some((host) => isAtOrBelow(host, change.name))).map(({ id }) => id),
  };
}

/** Under these names a quarantine concerns the record: its hosts and what stands above them. */
function namesAbove(record: Provider): Domain[] {
  const hosts = [...watchedHosts([record])].flatMap((host) => domainOrUndefined(host) ?? []);
  return [...new Set(hosts.flatMap(withParents))];
}

function linkTo({ url }: Deps) {
  return (id: string) => (url === undefined ? undefined : `${url}/provider/${id}`);
}

interface Asked {
  readonly language: Language;
  readonly search: string;
}

function askedOf(c: Context): Asked {
  const { search } = new URL(c.req.url);
  const { lang = 'en' } = search === '' ? {} : parseQuery(LanguageQuery, c);
  return { language: lang, search };
}

interface Made extends Pick<Parameters<typeof renderAtom>[0], 'about' | 'title' | 'entries'> {
  readonly path: string;
}

function sendFeed(c: Context, { url }: Deps, { language, search }: Asked, { path, entries, ...made }: Made): Response {
  const self = url === undefined ? undefined : `${url}${path}${language === 'en' ? '' : `?lang=${language}`}`;
  const text = renderAtom({ ...made, language, self, entries: entries.slice(0, shown) });
  return send(c, documentOf(text, atomType), search === '' ? 'public-brief' : 'brief');
}
