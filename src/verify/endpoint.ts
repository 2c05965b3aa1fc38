/** Endpoints: what is probed. Many records share one; it is probed once, and its status is everybody's. */
import { parseDomain } from '../name/domain.ts';
import { isTemplate } from '../provider/hosts.ts';
import { type Curated, type EndpointKey, endpointKey, type Security } from '../provider/model.ts';
import { mailPorts } from '../provider/ports.ts';
import { mayProbe } from './may-probe.ts';

/** The protocols that can be probed. */
export const mailProtocols = ['imap', 'pop3', 'smtp'] as const;
export type MailProtocol = (typeof mailProtocols)[number];

/** One service on one port of one host, in one mode. */
export interface Endpoint {
  readonly protocol: MailProtocol;
  /** A host name as {@link parseDomain} makes it, or an IP address (of a server that an operator tests). */
  readonly host: string;
  readonly port: number;
  readonly security: Security;
}

/** An endpoint that records send people to. */
export interface ListedEndpoint {
  readonly key: EndpointKey;
  readonly endpoint: Endpoint;
  /** The ids of these records, sorted. */
  readonly records: readonly string[];
}

/** Why a text names no endpoint, as a sentence. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

const example = 'imap://imap.example.com:993?security=tls';

/** Between servers (RFC 5321, RFC 3207); some people's programs were told to use it. */
const relay = { port: 25, protocol: 'smtp', security: 'starttls' } as const;

/**
 * The endpoints of all open records, each once, in the order of their keys. Hosts with a template are nobody's in
 * particular and are left out; so are a bridge's servers on the user's own machine, and hosts whose owners asked for it.
 */
export function endpoints({ providers: records, noProbe }: Pick<Curated, 'providers' | 'noProbe'>): ListedEndpoint[] {
  const optOuts = new Set(noProbe.map(({ name }) => name));
  const found = new Map<EndpointKey, { endpoint: Endpoint; records: Set<string> }>();
  for (const { id, access, incoming, outgoing } of records) {
    if (access !== 'open') continue;
    for (const { protocol, host, port, security } of [...incoming, ...outgoing]) {
      if (isTemplate(host) || !mayProbe(host, optOuts)) continue;
      const endpoint: Endpoint = { protocol, host: parseDomain(host), port, security };
      const key = endpointKey(endpoint);
      const known = found.get(key) ?? { endpoint, records: new Set() };
      known.records.add(id);
      found.set(key, known);
    }
  }
  return [...found]
    .map(([key, { endpoint, records: users }]) => ({ key, endpoint, records: [...users].sort() }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * Parses `imap://imap.example.com:993?security=tls`. Without `security` it is what the port is for, without a port it is
 * the protocol's own.
 * @throws {EndpointError} that says what is wrong and what it should look like, {NameError} for the host
 */
export function parseEndpoint(text: string): Endpoint {
  const parts = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<rest>[^?#]*)(\?(?<query>[^#]*))?$/i.exec(text.trim())?.groups;
  if (!parts) throw new EndpointError(`“${text}” is no endpoint: it looks like ${example}.`);
  const protocol = protocolOf(parts['scheme'] ?? '');
  const { host, given } = authorityOf(parts['rest'] ?? '');
  const said = securityOf(parts['query'] ?? '');
  const port = given ?? ownPort(protocol, said ?? 'tls');
  if (port === undefined) throw new EndpointError(`A port is missing: name it, as in ${example}.`);
  const known = port === relay.port ? relay : mailPorts.get(port);
  const security = said ?? (known?.protocol === protocol ? known.security : undefined);
  if (security === undefined) {
    throw new EndpointError(`Port ${port} says nothing of the security: add ?security=tls, starttls or none.`);
  }
  return { protocol, host, port, security };
}

function protocolOf(scheme: string): MailProtocol {
  const name = scheme.toLowerCase();
  const found = mailProtocols.find((protocol) => protocol === name);
  if (found) return found;
  const meant = mailProtocols.find((protocol) => `${protocol}s` === name);
  if (meant) throw new EndpointError(`Write ${meant}:// and ?security=tls instead of ${name}://, as in ${example}.`);
  throw new EndpointError(`“${name}” cannot be probed: imap, pop3 and smtp can, as in ${example}.`);
}

function authorityOf(rest: string): { host: string; given?: number } {
  const parts = /^(?<host>[^/@:[\]]+|\[[0-9a-f:.]+\])(:(?<port>[^/]*))?\/?$/i.exec(rest)?.groups;
  if (!parts) throw new EndpointError(`“${rest}” is no host and port: they look like imap.example.com:993.`);
  const typed = parts['host'] ?? '';
  // The URL parser knows addresses in all their forms and writes each in one (RFC 5952).
  const address = /^[\d.]+$|^\[/.test(typed)
    ? URL.parse(`http://${typed}/`)?.hostname.replaceAll(/[[\]]/g, '')
    : undefined;
  const host = address ?? parseDomain(typed);
  if (parts['port'] === undefined) return { host };
  const port = Number(parts['port']);
  if (!/^\d{1,5}$/.test(parts['port']) || port < 1 || port > 65535) {
    throw new EndpointError(`“${parts['port']}” is no port: it is a number from 1 to 65535.`);
  }
  return { host, given: port };
}

function securityOf(query: string): Security | undefined {
  let security: Security | undefined;
  for (const [name, value] of new URLSearchParams(query)) {
    if (name !== 'security') throw new EndpointError(`“${name}” is no part of an endpoint: only security is.`);
    if (value !== 'tls' && value !== 'starttls' && value !== 'none') {
      throw new EndpointError(`“${value}” is no security: it is tls, starttls or none.`);
    }
    security = value;
  }
  return security;
}

function ownPort(protocol: MailProtocol, security: Security): number | undefined {
  return [...mailPorts].find(([, known]) => known.protocol === protocol && known.security === security)?.[0];
}
