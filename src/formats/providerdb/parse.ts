/**
 * Delta Chat's provider-db: one Markdown file a provider, its facts in a YAML front matter. Only the facts are read; the
 * hints and pages are its authors' text.
 */

import { isWildcard, stem } from '../../name/pattern.ts';
import { date } from '../../provider/fields.ts';
import type { Provider, Security, Server } from '../../provider/model.ts';
import {
  type Draft,
  importHost,
  importLine,
  importList,
  importMap,
  importPort,
  importText,
  importUrl,
  importWord,
  Remarks,
  sourceKey,
} from '../draft.ts';
import { patterns, sockets, types } from './vocabulary.ts';

const typesRead = byWord(types.map((type) => [type, type]));
const socketsRead = byWord(Object.entries(sockets) as [Security, string][]);
const patternsRead = byWord([...patterns]);

/** Our word for each of the list's, in lower case. */
function byWord<T extends string>(words: readonly (readonly [ours: T, theirs: string])[]): Readonly<Record<string, T>> {
  return Object.fromEntries(words.map(([ours, theirs]) => [theirs.toLowerCase(), ours]));
}

const understood: ReadonlySet<string> = new Set([
  'name',
  'status',
  'domains',
  'server',
  'website',
  'oauth2',
  'last_checked',
]);
const understoodOfServer: ReadonlySet<string> = new Set(['type', 'socket', 'hostname', 'port', 'username_pattern']);

/** The facts between the two `---` lines, or undefined where there are none. */
export function frontMatterOf(text: string): string | undefined {
  return /^---\r?\n(.*?)\r?\n---/s.exec(text)?.[1];
}

/**
 * Reads a front matter that was parsed as YAML.
 * @returns undefined where it names no domain: nothing can be made of it
 */
export function parseProviderDb(value: unknown, source: Provider['sources'][string]): Draft | undefined {
  const facts = importMap(value);
  if (!facts) return undefined;
  const remarks = new Remarks();
  for (const key of ['domains', 'server'])
    if (facts[key] !== undefined && !Array.isArray(facts[key])) remarks.add(key, 'is not a list; left out');
  const domains = importList(facts.domains).flatMap((domain) => {
    const text = importText(domain);
    const name = importHost(stem(text), 'domains', remarks);
    return name === undefined ? [] : [isWildcard(text) ? `*.${name}` : name];
  });
  const id = domains.find((domain) => !isWildcard(domain));
  if (id === undefined) return undefined;

  const servers = importList(facts.server).flatMap((server, i) => readServer(server, `server[${i}]`, remarks));
  for (const key of Object.keys(facts)) if (!understood.has(key)) remarks.add(key, 'is not kept; left out');
  if (facts.status === 'PREPARATION')
    remarks.add('status', 'is PREPARATION: something must be done first; see “setup”');
  if (facts.status === 'BROKEN') remarks.add('status', 'is BROKEN: see “access”');
  if (!['OK', 'PREPARATION', 'BROKEN', ''].includes(importText(facts.status)))
    remarks.add('status', `“${importText(facts.status)}” is not understood; left out`);
  if (facts.oauth2 !== undefined) remarks.add('oauth2', `names ${importText(facts.oauth2)}: see “oauth2”; left out`);
  const name = facts.name === undefined ? undefined : importLine(importText(facts.name), 60, 'name', remarks);
  const website = facts.website === undefined ? undefined : importUrl(importText(facts.website), 'website', remarks);
  return {
    record: {
      id,
      ...(name !== undefined && { name }),
      ...(website !== undefined && { website }),
      domains: [...new Set(domains)].sort(),
      incoming: servers.filter(({ protocol }) => protocol === 'imap') as Provider['incoming'],
      outgoing: servers.filter(({ protocol }) => protocol === 'smtp') as Provider['outgoing'],
      sources: { [sourceKey]: { ...source, ...lastChecked(facts.last_checked, remarks) } },
    },
    remarks: remarks.list,
  };
}

function readServer(value: unknown, where: string, remarks: Remarks): Server[] {
  const server = importMap(value) ?? {};
  for (const key of Object.keys(server))
    if (!understoodOfServer.has(key)) remarks.add(`${where}.${key}`, 'is not understood; left out');
  const protocol = importWord(typesRead, importText(server.type), `${where}.type`, remarks);
  const security = importWord(socketsRead, importText(server.socket), `${where}.socket`, remarks);
  const username = importWord(
    patternsRead,
    importText(server.username_pattern, 'EMAIL'),
    `${where}.username_pattern`,
    remarks,
  );
  const host = importHost(importText(server.hostname), `${where}.hostname`, remarks);
  const port = importPort(importText(server.port), `${where}.port`, remarks);
  if (!protocol || !security || !username || !host || !port) {
    remarks.add(where, 'is incomplete; left out');
    return [];
  }
  return [{ protocol, host, port, security, username, auth: ['password-cleartext'], sources: [sourceKey] }];
}

function lastChecked(value: unknown, remarks: Remarks): { seen?: string } {
  if (value === undefined) return {};
  const text = importText(value);
  if (date.safeParse(text).success) return { seen: text };
  remarks.add('last_checked', `“${text}” is not a date; left out`);
  return {};
}
