/**
 * A PACC document (`/.well-known/user-agent-configuration.json`), read into a draft. Hosts speak TLS from the first byte on
 * the usual port, and the full address is the user name; both are the format's rule, not the document's. Revision -02 says
 * `smtp` where -03 says `submit`: both are read.
 */
import type { Auth, Provider, Server, Service } from '../../provider/model.ts';
import { type Draft, importHost, importLine, importMap, importText, importUrl, Remarks, sourceKey } from '../draft.ts';
import { hostMembers, urlMembers } from './vocabulary.ts';

/** The document is not one; the message says why, in a clause. */
export class PaccError extends Error {
  override readonly name = 'PaccError';
}

const sources = [sourceKey];
const username = '%EMAILADDRESS%';
const hosts = { ...hostMembers, smtp: hostMembers.submit };

/**
 * @param domain the mail domain; a document names none
 * @throws {PaccError}
 */
export function parsePacc(text: string, domain: string, source: Provider['sources'][string]): Draft {
  const document = importMap(readJson(text));
  const protocols = importMap(document?.['protocols']);
  if (!document || !protocols) throw new PaccError('there is no “protocols”');
  const remarks = new Remarks();
  const auth = readAuth(document['authentication'], remarks);
  const servers: Server[] = [];
  const services: Service[] = [];
  for (const [key, value] of Object.entries(protocols)) {
    const place = importMap(value);
    if (Object.hasOwn(hosts, key)) {
      const { protocol, port } = hosts[key as keyof typeof hosts];
      const host = importHost(importText(place?.['host']), `protocols.${key}.host`, remarks);
      const isThere = servers.some((server) => server.protocol === protocol);
      if (isThere) remarks.add(`protocols.${key}`, 'is there already; left out');
      else if (host !== undefined) servers.push({ protocol, host, port, security: 'tls', username, auth, sources });
    } else if ((urlMembers as readonly string[]).includes(key)) {
      const url = importUrl(importText(place?.['url']), `protocols.${key}.url`, remarks);
      if (url !== undefined)
        services.push({ protocol: key as (typeof urlMembers)[number], url, username, auth, sources });
    } else remarks.add(`protocols.${key}`, 'is not understood; left out');
  }
  const provider = importMap(importMap(document['info'])?.['provider']);
  const name = importText(provider?.['name']);
  const line = name === '' ? undefined : importLine(name, 60, 'info.provider.name', remarks);
  const shortName = importText(provider?.['shortName']);
  const short = shortName === '' ? undefined : importLine(shortName, 20, 'info.provider.shortName', remarks);
  return {
    record: {
      id: domain,
      ...(line !== undefined && { name: line }),
      ...(short !== undefined && { short }),
      domains: [domain],
      incoming: servers.filter(({ protocol }) => protocol !== 'smtp') as Provider['incoming'],
      outgoing: servers.filter(({ protocol }) => protocol === 'smtp') as Provider['outgoing'],
      ...(services.length > 0 && { services }),
      sources: { [sourceKey]: source },
    },
    remarks: remarks.list,
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PaccError('it is no JSON');
  }
}

function readAuth(value: unknown, remarks: Remarks): Auth[] {
  const authentication = importMap(value);
  const issuer = importMap(authentication?.['oauth-public'])?.['issuer'];
  const auth: Auth[] = [];
  if (issuer !== undefined) {
    auth.push('OAuth2');
    remarks.add('authentication.oauth-public', `${importText(issuer)} is an issuer to ask for its endpoints; left out`);
  }
  if (authentication?.['password'] === true) auth.push('password-cleartext');
  if (auth.length > 0) return auth;
  remarks.add('authentication', 'is not there, or names nothing we know; a password was assumed');
  return ['password-cleartext'];
}
