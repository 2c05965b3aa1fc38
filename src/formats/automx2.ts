/**
 * The JSON with which automx2 is seeded: `{provider, domains, servers: [{type, name, port?, prio?, url?}]}`. Ports and
 * security follow automx2's own defaults (its database.py: 993, 995, 465; TLS on these, STARTTLS elsewhere).
 */
import type { Provider, Server, Service } from '../provider/model.ts';
import {
  type Draft,
  importHost,
  importLine,
  importList,
  importMap,
  importPort,
  importText,
  importUrl,
  importUsername,
  Remarks,
  sourceKey,
} from './draft.ts';

const types: Record<string, { protocol: Server['protocol']; port: number }> = {
  imap: { protocol: 'imap', port: 993 },
  pop: { protocol: 'pop3', port: 995 },
  pop3: { protocol: 'pop3', port: 995 },
  smtp: { protocol: 'smtp', port: 465 },
};
const implicitTls: ReadonlySet<number> = new Set([465, 993, 995]);
const understood: ReadonlySet<string> = new Set(['provider', 'domains', 'servers']);
const understoodOfServer: ReadonlySet<string> = new Set(['type', 'name', 'port', 'prio', 'user_name']);
const understoodOfDav: ReadonlySet<string> = new Set(['type', 'url', 'prio', 'user_name']);

/** @returns undefined where the value is no automx2 seed */
export function parseAutomx2(value: unknown, source: Provider['sources'][string]): Draft | undefined {
  const seed = importMap(value);
  if (!seed || !Array.isArray(seed.domains) || !Array.isArray(seed.servers)) return undefined;
  const remarks = new Remarks();
  remarkOthers(seed, understood, '', remarks);
  const domains = importList(seed.domains).flatMap(
    (domain) => importHost(importText(domain), 'domains', remarks) ?? [],
  );
  const [id] = domains;
  if (id === undefined) return undefined;
  const servers: Server[] = [];
  const services: Service[] = [];
  const inOrder = importList(seed.servers)
    .map((server, i) => ({ server: importMap(server) ?? {}, where: `servers[${i}]` }))
    .sort((a, b) => Number(a.server.prio ?? 10) - Number(b.server.prio ?? 10));
  for (const { server, where } of inOrder) {
    const type = importText(server.type);
    if (type === 'caldav' || type === 'carddav') services.push(...readDav(server, type, where, remarks));
    else servers.push(...readServer(server, type, where, remarks));
  }
  const name = importLine(importText(seed.provider), 60, 'provider', remarks);
  const short = name && importLine(name.split(' ')[0] ?? name, 20, 'provider', remarks);
  return {
    record: {
      id,
      ...(name !== undefined && short !== undefined && { name, short }),
      domains: [...new Set(domains)].sort(),
      incoming: servers.filter(({ protocol }) => protocol !== 'smtp') as Provider['incoming'],
      outgoing: servers.filter(({ protocol }) => protocol === 'smtp') as Provider['outgoing'],
      ...(services.length > 0 && { services }),
      sources: { [sourceKey]: source },
    },
    remarks: remarks.list,
  };
}

/** Nothing is dropped in silence. */
function remarkOthers(
  map: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
  prefix: string,
  remarks: Remarks,
): void {
  for (const key of Object.keys(map))
    if (!known.has(key)) remarks.add(`${prefix}${key}`, 'is not understood; left out');
}

function readServer(server: Record<string, unknown>, type: string, where: string, remarks: Remarks): Server[] {
  const known = Object.hasOwn(types, type) ? types[type] : undefined;
  if (!known) {
    remarks.add(`${where}.type`, `“${type}” is not understood; left out`);
    return [];
  }
  remarkOthers(server, understoodOfServer, `${where}.`, remarks);
  const host = importHost(importText(server.name), `${where}.name`, remarks);
  const port = importPort(importText(server.port, String(known.port)), `${where}.port`, remarks);
  const username = importUsername(importText(server.user_name, '%EMAILADDRESS%'), `${where}.user_name`, remarks);
  if (host === undefined || port === undefined || username === undefined) return [];
  const security = implicitTls.has(port) ? 'tls' : 'starttls';
  return [
    {
      protocol: known.protocol,
      host,
      port,
      security,
      username,
      auth: ['password-cleartext'],
      sources: [sourceKey],
    },
  ];
}

function readDav(
  server: Record<string, unknown>,
  protocol: 'caldav' | 'carddav',
  where: string,
  remarks: Remarks,
): Service[] {
  remarkOthers(server, understoodOfDav, `${where}.`, remarks);
  const url = importUrl(importText(server.url), `${where}.url`, remarks);
  const username = importUsername(importText(server.user_name, '%EMAILADDRESS%'), `${where}.user_name`, remarks);
  if (url === undefined || username === undefined) return [];
  return [{ protocol, url, username, auth: ['password-cleartext'], sources: [sourceKey] }];
}
