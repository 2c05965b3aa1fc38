/**
 * What a record says of its sources once a submission is accepted: who has vouched for its servers, and on which day. A
 * stranger's own word is no source; the proof of control is the provider's word, and a confirmation says that a reviewer has
 * read the provider's page. Without it a record with hosts of an operator would not keep the rules of `data/`.
 */

import { contextOf } from '../catalog/rules/context.ts';
import { foreignHost } from '../catalog/rules/foreign-host.ts';
import type { Domain } from '../name/domain.ts';
import { hostsOf, oauth2Urls } from '../provider/hosts.ts';
import type { Provider, Server, Service, Source } from '../provider/model.ts';
import { isFirstParty } from '../provider/parties.ts';
import { ownDomains } from './parties.ts';

export interface Vouchers {
  /** Of the submission. */
  readonly number: number;
  /** Registrable domains that vouch for it. */
  readonly held: readonly string[];
  /** ISO date. */
  readonly today: string;
  /** The record that is served: of its hosts nobody was asked to read anything. */
  readonly base?: Provider | undefined;
}

/** As long as `says` may be (provider/schema.ts). */
const longest = 300;
/** Keys of sources that earlier submissions left. */
const earlier = /^submission-\d+(?:-\d+)?$/;

/** The record with what was vouched for among its sources; the record itself where that adds nothing. */
export function vouched(record: Provider, { number, held, today, base }: Vouchers): Provider {
  const own = [...ownDomains(record)];
  if (own.length > 0 && own.every((domain) => held.includes(domain))) {
    const begins = `TXT at _mailatlas vouches for submission ${number}:`;
    const dns = own[0] as Domain;
    return withSource(record, number, (says) => ({ dns, seen: today, says }), begins, hostsOfAll(record));
  }
  const known = base ? hostsOfAll(base) : [];
  const unnamed = unnamedHosts(record, today).filter((host) => !known.includes(host));
  const url = pageOf(record);
  if (unnamed.length === 0 || url === undefined) return record;
  const begins = 'Names, as a reviewer has read:';
  return withSource(record, number, (says) => ({ url, seen: today, says }), begins, unnamed);
}

/** Hosts that no page of the provider or its operator is known to name: those that the rule of the data would refuse. */
function unnamedHosts(record: Provider, today: string): string[] {
  const context = contextOf(
    { providers: [record], others: [], leftOut: [], noProbe: [] },
    { fileOf: new Map(), unread: [], today },
  );
  return [...new Set(Array.from(foreignHost.check(record, context), ({ path }) => hostAt(record, path)))];
}

function hostAt(record: Provider, path: readonly (string | number)[]): string {
  const value = path.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], record);
  const text = String(value);
  return URL.parse(text)?.hostname ?? text;
}

function hostsOfAll(record: Provider): string[] {
  const hosts = hostsOf(record).map(({ host }) => host);
  return [...new Set([...hosts, ...oauth2Urls(record).map((url) => new URL(url).hostname)])];
}

/** The first page of the provider's own that the record names. */
function pageOf(record: Provider): string | undefined {
  const pages = [
    ...(record.documentation ?? []).map(({ url }) => url),
    ...Object.values(record.sources).flatMap(({ url }) => url ?? []),
    record.website,
  ];
  return pages.find((url) => isFirstParty({ url }, record));
}

/** Names the source wherever one of these hosts is; a long list of hosts needs several sources. */
function withSource(
  record: Provider,
  number: number,
  source: (says: string) => Source,
  begins: string,
  hosts: readonly string[],
): Provider {
  const parts: string[][] = [];
  for (const host of hosts) {
    const last = parts.at(-1);
    if (last && `${begins} ${[...last, host].join(', ')}`.length <= longest) last.push(host);
    else parts.push([host]);
  }
  const keyed = parts.map((part, i) => ({ key: `submission-${number}${i === 0 ? '' : `-${i + 1}`}`, part }));
  const named = (names: readonly string[], own: readonly string[]) => {
    const keys = keyed.filter(({ part }) => part.some((host) => own.includes(host))).map(({ key }) => key);
    // The newest word counts; what earlier submissions said of the same server goes.
    return keys.length === 0 ? [...names] : [...keys, ...names.filter((name) => !earlier.test(name))];
  };
  const add = <S extends Server | Service>(server: S): S => {
    const url = 'url' in server ? server.url : undefined;
    const host = server.host ?? (url === undefined ? '' : new URL(url).hostname);
    return { ...server, sources: named(server.sources, [host]) };
  };
  const { oauth2, services, sources, ...rest } = record;
  const signIn = hostsOfAll({ ...record, incoming: [], outgoing: [], services: [] });
  const facts = {
    ...rest,
    incoming: record.incoming.map(add),
    outgoing: record.outgoing.map(add),
    ...(services && { services: services.map(add) }),
    ...(oauth2 && { oauth2: { ...oauth2, sources: named(oauth2.sources, signIn) } }),
  };
  const lists = [facts.incoming, facts.outgoing, facts.services ?? [], facts.local ?? [], facts.setup ?? []];
  const used = new Set([...lists.flat(), facts.oauth2, facts.restriction].flatMap((fact) => fact?.sources ?? []));
  const kept = Object.entries(sources).filter(([name]) => !earlier.test(name) || used.has(name));
  const added = keyed.map(({ key, part }) => [key, source(`${begins} ${part.join(', ')}`)] as const);
  return { ...facts, sources: Object.fromEntries([...kept, ...added]) };
}
