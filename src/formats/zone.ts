/**
 * What the owner of a mail domain publishes in DNS so that mail programs find its provider's servers: SRV records
 * (RFC 6186; RFC 8314 section 5.1 for `_submissions`; RFC 5804 for ManageSieve; RFC 8620 for JMAP; RFC 6764 for CalDAV and
 * CardDAV, with their path as TXT), and the names that lead to a host with configuration files (autoconfig, Autodiscover,
 * PACC with its digest).
 *
 * Complete names, one line a record, in a fixed order, so that two outputs can be compared and each line can be typed into
 * any panel. Servers without TLS are never named.
 */
import { type CurrentProvider, currentOf } from '../provider/current.ts';
import { withHosts } from '../provider/hosts.ts';
import type { Answer, Knowledge, Server } from '../provider/model.ts';
import { paccRecord } from './pacc/digest.ts';
import { noServer, type Published, renderPacc, sayReasons } from './pacc/render.ts';
import { paccPath } from './pacc/vocabulary.ts';

/** Seconds that resolvers may keep a record. */
const ttl = 3600;

/** The labels of a server, and the priority of the first one: TLS from the first byte before STARTTLS, IMAP before POP3. */
const labels: Record<
  Server['protocol'],
  Partial<Record<Server['security'], readonly [label: string, from: number]>>
> = {
  imap: { tls: ['_imaps', 0], starttls: ['_imap', 10] },
  pop3: { tls: ['_pop3s', 20], starttls: ['_pop3', 30] },
  smtp: { tls: ['_submissions', 0], starttls: ['_submission', 10] },
};
const order = ['_imaps', '_imap', '_pop3s', '_pop3', '_submissions', '_submission'];

/**
 * @param web the host that serves the configuration files of this domain, such as another mailatlas; without it their names
 * are left out. It needs a certificate for each of them.
 */
export function renderZone(
  answer: Pick<Answer, 'domain' | 'provider' | 'mx'>,
  knowledge: Knowledge,
  web?: string,
): Published {
  const { domain } = answer;
  const { provider } = currentOf(withHosts(answer), { ...knowledge, statuses: new Map() });
  // The longest name that is written must be one (RFC 1035 section 2.3.4).
  if (`_ua-auto-config.${domain}`.length > 253) {
    const reason = { en: `${domain} is too long for names below it`, de: `${domain} ist zu lang für Namen darunter` };
    return { why: [reason] };
  }
  const servers = mailRecords(provider, domain);
  if (servers.length === 0) return { why: [noServer(provider.name, domain)] };
  const missing = withHosts(answer).incoming.length < answer.provider.incoming.length;
  const asked = [...provider.incoming, ...provider.outgoing].some(({ username }) => username !== '%EMAILADDRESS%');
  const lines = [
    `; How mail programs find the servers of ${provider.name} for ${domain}`,
    '; A target must be a name with addresses of its own, no alias (RFC 2782).',
    ...(missing ? ['; Servers named after the MX host are missing: mailatlas lookup --mx knows it.'] : []),
    ...(asked ? ['; The user name is not the whole address everywhere; these records cannot say so.'] : []),
    ...servers,
    ...serviceRecords(provider, domain),
    ...(web === undefined ? [] : fileRecords(answer, knowledge, web)),
    '',
  ];
  return { text: lines.join('\n') };
}

function mailRecords({ access, incoming, outgoing }: CurrentProvider, domain: string): string[] {
  // "Decidedly not available" (RFC 6186 section 3.4): only where the record says so, never because a server is missing.
  if (access !== 'open') return order.map((label) => srv(label, domain, { priority: 0, weight: 0, port: 0, host: '' }));
  const seen = new Map<string, number>();
  const records = [...incoming, ...outgoing].flatMap(({ protocol, security, port, host }) => {
    const [label, from = 0] = labels[protocol][security] ?? [];
    if (label === undefined) return [];
    const before = seen.get(label) ?? 0;
    seen.set(label, before + 1);
    return [{ label, line: srv(label, domain, { priority: from + before, weight: 1, port, host }) }];
  });
  return order.flatMap((label) => records.filter((record) => record.label === label).map(({ line }) => line));
}

function serviceRecords({ services = [] }: CurrentProvider, domain: string): string[] {
  return (['jmap', 'caldav', 'carddav', 'managesieve'] as const).flatMap((protocol) =>
    services
      .filter((service) => service.protocol === protocol)
      .flatMap(({ url, host, port = 4190, security = 'starttls' }, i): string[] => {
        const at = { priority: i, weight: 1 };
        // ManageSieve has no label for TLS from the first byte.
        if (host !== undefined) return security === 'starttls' ? [srv('_sieve', domain, { ...at, port, host })] : [];
        if (url === undefined) return [];
        const { hostname, port: named, pathname } = new URL(url);
        const target = { ...at, port: Number(named || 443), host: hostname };
        if (protocol === 'jmap') return jmapRecord(srv('_jmap', domain, target), url, pathname);
        const label = `_${protocol}s`;
        // A path belongs to all targets of a label (RFC 6764 section 4), so only the first service is named.
        return i > 0 ? [] : [srv(label, domain, target), txt(`${label}._tcp.${domain}`, `path=${pathname}`)];
      }),
  );
}

/** RFC 8620 section 2.2: clients ask the target for /.well-known/jmap. That it leads to the session, nobody has checked. */
function jmapRecord(line: string, url: string, pathname: string): string[] {
  if (pathname === '/.well-known/jmap') return [line];
  return [`; If /.well-known/jmap there leads to ${url}:`, `; ${line}`];
}

function fileRecords(answer: Pick<Answer, 'domain' | 'provider' | 'mx'>, knowledge: Knowledge, web: string): string[] {
  const { domain } = answer;
  const pacc = renderPacc(answer, knowledge);
  const alias = (label: string) => {
    const owner = `${label}.${domain}`;
    return owner === web ? [] : [`${owner}. ${ttl} IN CNAME ${web}.`];
  };
  const files = [...alias('autoconfig'), ...alias('autodiscover')];
  if ('why' in pacc) return [...files, `; PACC cannot say these settings: ${sayReasons(pacc.why, 'en')}`];
  return [
    ...files,
    ...alias('ua-auto-config'),
    `; the digest of exactly these bytes, at https://ua-auto-config.${domain}${paccPath}`,
    `; ${pacc.text}`,
    txt(`_ua-auto-config.${domain}`, paccRecord(pacc.text)),
  ];
}

interface Target {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  /** Empty: there is none. */
  readonly host: string;
}

function srv(label: string, domain: string, { priority, weight, port, host }: Target): string {
  return `${label}._tcp.${domain}. ${ttl} IN SRV ${priority} ${weight} ${port} ${host}.`;
}

/** Strings of at most 255 octets each (RFC 1035 section 3.3.14). URLs and digests are ASCII. */
function txt(owner: string, text: string): string {
  const strings = text.match(/.{1,255}/g) ?? [''];
  return `${owner}. ${ttl} IN TXT ${strings.map((part) => `"${part.replace(/["\\]/g, '\\$&')}"`).join(' ')}`;
}
