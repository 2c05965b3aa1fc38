/**
 * A provider may ask us to follow a file of its own (`follow` in the record). What that file says otherwise becomes a
 * proposal: our record with the servers and sign-in changed that differ, and nothing else. A person decides.
 *
 * Only a file that certificates alone vouch for is followed: not what came over plain HTTP or by way of DNS, and where the
 * record names its address, only the file at that address. What the file leaves out is no word against it, and servers
 * without encryption are not proposed. Pure.
 */
import { unusedSources } from '../catalog/rules/sources.ts';
import { sourceKey } from '../formats/draft.ts';
import { hasTemplates, mainDomain } from '../provider/hosts.ts';
import type { Provider, Server, Source } from '../provider/model.ts';
import { serverRank } from '../provider/rank.ts';
import type { Discovery, Finding } from './model.ts';
import { authDiffers, isKnownHost, kindOf, pairUp, sayPlace, usernameDiffers } from './pairs.ts';

export type Followed =
  /** The file is not there, or not in a way that we follow. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'same' }
  | { readonly kind: 'differs'; readonly proposal: Provider; readonly where: string };

/** The domain that is asked for the file: the main one of the record. Undefined where the record follows none. */
export function followedDomain(record: Provider): string | undefined {
  return record.follow && !hasTemplates(record) ? mainDomain(record) : undefined;
}

/** @param discovery of {@link followedDomain} */
export function followed(record: Provider, discovery: Discovery): Followed {
  const finding = discovery.domain === followedDomain(record) ? fileOf(record, discovery) : undefined;
  if (!finding) return { kind: 'silent' };
  const key = keyFor(record, finding);
  const incoming = mended(record.incoming, finding.record.incoming, key);
  const outgoing = mended(record.outgoing, finding.record.outgoing, key);
  const taken = [...incoming.taken, ...outgoing.taken];
  if (taken.length === 0) return { kind: 'same' };
  const proposal = { ...record, incoming: incoming.servers, outgoing: outgoing.servers };
  const sources = { ...record.sources, [key]: sourceOf(finding, taken) };
  return { kind: 'differs', proposal: withoutUnused(record, { ...proposal, sources }), where: finding.where };
}

/** The file that is followed, where it is as it must be. */
function fileOf({ follow }: Provider, { findings, attempts }: Discovery): Finding | undefined {
  const found = findings.filter(({ mechanism, trust }) => mechanism === follow?.mechanism && trust.level === 'tls');
  if (follow?.url === undefined) return found[0];
  // Of two places that say the same, the second is only an attempt.
  const isSame = attempts.some(({ asked, code }) => asked === follow.url && code === 'found-same');
  return found.find(({ where }) => where === follow.url) ?? (isSame ? found[0] : undefined);
}

interface Mended<S> {
  readonly servers: S[];
  /** What is taken from the file. */
  readonly taken: readonly S[];
}

/** Our servers with what differs taken from theirs; in the order that mail programs need. */
function mended<S extends Server>(ours: readonly S[], published: readonly S[], key: string): Mended<S> {
  const encrypted = published.filter(({ security }) => security !== 'none');
  const groups = Map.groupBy(encrypted, kindOf);
  const replaced = new Map<S, S>();
  const added: S[] = [];
  for (const [kind, theirs] of groups) {
    const { pairs, theirs: more } = pairUp(
      ours.filter((own) => kindOf(own) === kind),
      theirs,
    );
    for (const pair of pairs) {
      const changed = changedBy(pair.ours, pair.theirs, pair.by === 'place', key);
      if (changed) replaced.set(pair.ours, changed);
    }
    added.push(...more.filter((one) => !isKnownHost(one, ours)).map((one) => ({ ...one, sources: [key] })));
  }
  const servers = [...ours.map((own) => replaced.get(own) ?? own), ...added];
  return {
    servers: added.length === 0 ? servers : servers.toSorted((a, b) => serverRank(a) - serverRank(b)),
    taken: [...replaced.values(), ...added],
  };
}

/** Undefined where nothing is to be changed. Of a place that is ours, our sources go on to speak. */
function changedBy<S extends Server>(ours: S, theirs: S, samePlace: boolean, key: string): S | undefined {
  const username = usernameDiffers(ours, theirs) ? { username: theirs.username } : {};
  const auth = authDiffers(ours, theirs) ? { auth: theirs.auth } : {};
  const place = samePlace ? {} : { host: theirs.host, port: theirs.port };
  const changes = { ...place, ...username, ...auth };
  if (Object.keys(changes).length === 0) return undefined;
  const others = samePlace ? ours.sources.filter((name) => name !== key) : [];
  return { ...ours, ...changes, sources: [key, ...others] };
}

/** The key of the source that is this very file, else one that is free. */
function keyFor({ sources }: Provider, { mechanism, where }: Finding): string {
  const isFree = (key: string) => {
    const known = sources[key];
    return known === undefined || (known.autoconfig ?? known.url) === where;
  };
  for (let n = 1; ; n++) {
    const key = n === 1 ? mechanism : `${mechanism}-${n}`;
    if (isFree(key)) return key;
  }
}

/** Without a day: the same words must be the same proposal tomorrow. */
function sourceOf({ mechanism, where, record }: Finding, taken: readonly Server[]): Source {
  const { seen: _, ...source } = record.sources[sourceKey] ?? {};
  const says = taken.map((server) => `${kindOf(server)} ${sayPlace(server)}`).join(', ');
  const place = mechanism === 'autoconfig' ? { autoconfig: where } : { url: where };
  return { ...source, ...place, says: says.length > 300 ? `${says.slice(0, 299)}…` : says };
}

/** Sources that said something before, and say nothing now, go. */
function withoutUnused(before: Provider, after: Provider): Provider {
  const gone = new Set(unusedSources(after)).difference(new Set(unusedSources(before)));
  return { ...after, sources: Object.fromEntries(Object.entries(after.sources).filter(([key]) => !gone.has(key))) };
}
