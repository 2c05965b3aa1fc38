/**
 * PACC, the configuration that a provider publishes for its own domain (draft-ietf-mailmaint-pacc): a JSON document at
 * `https://ua-auto-config.<domain>/.well-known/user-agent-configuration.json`, and its SHA-256 in a TXT record, without which
 * clients ignore it. The bytes are the thing: they must be served as they are, not written anew.
 *
 * Pinned to revision -03, in which submission is called `submit` (`smtp` before), as croessner/automx, Stalwart and
 * io-pim-discovery implement it. Revision -04 exists and was not read.
 *
 * It knows TLS on the default ports alone, and the whole address as user name. `oauth-public` promises that any client may
 * register itself (draft-ietf-mailmaint-oauth-public); no record says that of a provider, so it is never written.
 */
import { type CurrentProvider, currentOf } from '../../provider/current.ts';
import { isTemplate, withHosts } from '../../provider/hosts.ts';
import { takesPassword } from '../../provider/login.ts';
import type { Answer, Knowledge, Server, Service } from '../../provider/model.ts';
import type { Language, Says } from '../../provider/phrases.ts';
import { hostMembers, urlMembers } from './vocabulary.ts';

/** What cannot be written says every reason at once, as clauses. */
export type Published = { readonly text: string } | { readonly why: readonly [Says, ...Says[]] };

/** Reasons as one text, without a full stop. */
export function sayReasons(why: readonly Says[], language: Language): string {
  return [...new Set(why.map((reason) => reason[language]))].join('; ');
}

/** Nothing is left of the servers, or there never was one for this domain. */
export function noServer(name: string, domain: string): Says {
  return {
    en: `${name} has no server that can be given for ${domain}`,
    de: `${name} hat keinen Server, der für ${domain} genannt werden kann`,
  };
}

/** The member of each protocol, with the one port that it means. */
const members = Object.fromEntries(
  Object.entries(hostMembers).map(([member, { protocol, port }]) => [protocol, { member, port }]),
) as Readonly<Record<Server['protocol'], { readonly member: string; readonly port: number }>>;

/**
 * The document of an answer, byte for byte: UTF-8, sorted members, no white space, no line break at the end. It follows from
 * the facts and from what is under quarantine, never from who answers today: its digest stands in somebody's DNS.
 */
export function renderPacc(answer: Pick<Answer, 'domain' | 'provider' | 'mx'>, knowledge: Knowledge): Published {
  const { provider } = currentOf(withHosts(answer), { ...knowledge, statuses: new Map() });
  if (provider.access !== 'open') return { why: [noAccess(provider.name)] };
  const [incoming, outgoing] = [provider.incoming.map(judge), provider.outgoing.map(judge)];
  const reasons = [incoming, outgoing].flatMap((servers) =>
    servers.some(({ wrong }) => wrong === undefined) ? [] : servers.flatMap(({ wrong }) => wrong ?? []),
  );
  const [reason, ...more] = reasons;
  if (reason !== undefined) return { why: [reason, ...more] };
  if (incoming.length === 0 || outgoing.length === 0) return { why: [noServer(provider.name, answer.domain)] };

  const fit = [...incoming, ...outgoing].flatMap(({ server, wrong }) => (wrong === undefined ? [server] : []));
  const hosts = fit.map(({ protocol, host }) => [members[protocol].member, { host }] as const);
  // Of several servers of a protocol the last entry wins, which has to be the first server.
  const protocols = new Map<string, object>([...services(provider), ...hosts.toReversed()]);
  const sorted = Object.fromEntries([...protocols].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { text: JSON.stringify({ authentication: { password: true }, info: info(provider), protocols: sorted }) };
}

function noAccess(name: string): Says {
  return { en: `${name} offers no IMAP, POP3 or SMTP`, de: `${name} bietet weder IMAP noch POP3 noch SMTP an` };
}

/** A server with what PACC cannot say of it. */
function judge(server: Server): { server: Server; wrong: Says | undefined } {
  const { protocol, host, port, security, username, auth } = server;
  const standard = members[protocol].port;
  const at = `${host}:${port}`;
  const name = protocol.toUpperCase();
  if (isTemplate(host))
    return {
      server,
      wrong: { en: 'every customer has a server of their own', de: 'jeder Kunde hat einen eigenen Server' },
    };
  if (security !== 'tls' || port !== standard)
    return {
      server,
      wrong: {
        en: `${at} is not ${name} with TLS on port ${standard}`,
        de: `${at} ist nicht ${name} mit TLS auf Port ${standard}`,
      },
    };
  if (username !== '%EMAILADDRESS%')
    return {
      server,
      wrong: {
        en: `${host} takes another user name than the address`,
        de: `${host} verlangt einen anderen Benutzernamen als die Adresse`,
      },
    };
  if (!takesPassword(server))
    return {
      server,
      wrong: {
        en: `${host} takes no password, and PACC cannot say which clients may sign in with ${auth.join(' or ')}`,
        de: `${host} nimmt kein Passwort, und PACC kann nicht sagen, welche Programme sich mit ${auth.join(' oder ')} anmelden dürfen`,
      },
    };
  return { server, wrong: undefined };
}

/** Services with a URL on the default port; of the WebDAV family, no bare origin. One that does not fit is left out. */
function services({ services: all = [] }: CurrentProvider): [string, { url: string }][] {
  return all.flatMap(({ protocol, url, username, auth }: Service): [string, { url: string }][] => {
    if (url === undefined || !urlMembers.some((member) => member === protocol)) return [];
    const dav = protocol !== 'jmap';
    const { href, port, pathname } = new URL(url);
    const says = port === '' && username === '%EMAILADDRESS%' && takesPassword({ auth }) && !(dav && pathname === '/');
    return says ? [[protocol, { url: href }]] : [];
  });
}

function info({ name, short, documentation = [] }: CurrentProvider) {
  const page = documentation.find(({ about }) => about === 'settings') ?? documentation[0];
  return { ...(page && { help: { documentation: page.url } }), provider: { name, shortName: short } };
}
