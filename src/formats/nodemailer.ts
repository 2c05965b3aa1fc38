/**
 * nodemailer's well-known services (`services.json`): where to send through, by a name, an alias or a domain. One file for
 * everybody. `secure` is TLS from the first byte; `requireTLS` refuses to go on where STARTTLS fails.
 */
import { currentOf } from '../provider/current.ts';
import { isTemplate, literalDomains } from '../provider/hosts.ts';
import { takesPassword } from '../provider/login.ts';
import type { Knowledge, Provider, Server } from '../provider/model.ts';

interface NodemailerService {
  readonly description: string;
  readonly aliases?: readonly string[];
  readonly domains?: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly secure?: true;
  readonly requireTLS?: true;
}

/** nodemailer finds a service by its name without white space and signs, in lower case. */
function normal(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9.-]/g, '');
}

/**
 * All services, by name; two providers of one name are told apart by their ids.
 * @returns the text, and why some records are not in it
 */
export function renderNodemailer(records: readonly Provider[], knowledge: Knowledge): { text: string; why: string[] } {
  const services = new Map<string, NodemailerService>();
  const taken = new Set<string>();
  const why: string[] = [];
  for (const record of records.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const { provider } = currentOf(record, knowledge);
    const server = provider.outgoing.find(isSayable);
    if (!server) {
      why.push(`${record.name} has no server that nodemailer can send through`);
      continue;
    }
    const free = [record.name, record.id].find((name) => normal(name) !== '' && !taken.has(normal(name)));
    const name = free ?? record.id;
    const aliases = [record.id, record.short].filter(
      (alias) => normal(alias) !== '' && !taken.has(normal(alias)) && normal(alias) !== normal(name),
    );
    for (const one of [name, ...aliases]) taken.add(normal(one));
    services.set(name, serviceOf(record, server, [...new Set(aliases)]));
  }
  const sorted = [...services].sort(([a], [b]) => (a < b ? -1 : 1));
  return { text: `${JSON.stringify(Object.fromEntries(sorted), null, 4)}\n`, why };
}

function serviceOf(record: Provider, { host, port, security }: Server, aliases: readonly string[]): NodemailerService {
  const domains = literalDomains(record);
  return {
    description: record.name,
    ...(aliases.length > 0 && { aliases }),
    ...(domains.length > 0 && { domains }),
    host,
    port,
    ...(security === 'tls' ? { secure: true } : { requireTLS: true }),
  };
}

/** User names are the caller's business; passwords and OAuth2 are what nodemailer can do. */
function isSayable({ host, security, auth }: Server): boolean {
  return security !== 'none' && !isTemplate(host) && (auth.includes('OAuth2') || takesPassword({ auth }));
}
