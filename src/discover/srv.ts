/**
 * SRV records (RFC 6186, 8314, 8620, 6764, 5804), with the TXT record beside those of CalDAV and CardDAV that has the path.
 * Whatever they say is a draft too; what they do not say (user name, sign-in) is assumed, and the remarks say so.
 */
import { Remarks, sourceKey } from '../formats/draft.ts';
import { type Domain, domainOrUndefined } from '../name/domain.ts';
import type { SrvAnswer, SrvRecord } from '../net/dns/resolver.ts';
import type { Provider, Security, Server, Service } from '../provider/model.ts';
import { type Asking, attempt, finding } from './asking.ts';
import { type Attempt, type Catch, type SrvLabel, type SrvSeen, srvLabels } from './model.ts';

/** What a label stands for. `path`: what clients ask at the host where no TXT record says more. */
export const srvMeanings: Readonly<
  Record<
    SrvLabel,
    | { readonly protocol: Server['protocol'] | 'managesieve'; readonly security: Security }
    | { readonly protocol: 'jmap' | 'caldav' | 'carddav'; readonly path: string }
  >
> = {
  '_imaps._tcp': { protocol: 'imap', security: 'tls' },
  '_imap._tcp': { protocol: 'imap', security: 'starttls' },
  '_pop3s._tcp': { protocol: 'pop3', security: 'tls' },
  '_pop3._tcp': { protocol: 'pop3', security: 'starttls' },
  '_submissions._tcp': { protocol: 'smtp', security: 'tls' },
  '_submission._tcp': { protocol: 'smtp', security: 'starttls' },
  '_jmap._tcp': { protocol: 'jmap', path: '/.well-known/jmap' },
  '_caldavs._tcp': { protocol: 'caldav', path: '/.well-known/caldav' },
  '_carddavs._tcp': { protocol: 'carddav', path: '/.well-known/carddav' },
  '_sieve._tcp': { protocol: 'managesieve', security: 'starttls' },
};

const login: Pick<Server, 'username' | 'auth' | 'sources'> = {
  username: '%EMAILADDRESS%',
  auth: ['password-cleartext'],
  sources: [sourceKey],
};

/** Targets of one label that are looked at: the first ones are the preferred ones. */
const mostTargets = 10;

interface Placed {
  readonly label: SrvLabel;
  readonly record: SrvRecord;
  readonly host: Domain;
}

export async function askSrv(asking: Asking): Promise<Catch & { readonly srv: readonly SrvSeen[] }> {
  const { domain, resolver } = asking;
  const answers = await Promise.all(
    srvLabels.map(async (label) => ({ label, answer: await resolver.srv(`${label}.${domain}`) })),
  );
  const remarks = new Remarks();
  const placed = answers.flatMap(({ label, answer }) => usable(label, answer, remarks));
  const [srv, paths] = await Promise.all([look(answers, placed, asking), davPaths(placed, asking)]);
  const draft = draftOf(placed, paths, asking, remarks);
  const trust = { level: 'dns', certified: [] } as const;
  const found = finding('srv', domain, trust, draft);
  return { srv, findings: found ? [found] : [], attempts: attemptsOf(answers, placed, domain) };
}

/** Records that name a host and a port. A root target means “not available”, port 0 nothing at all. */
function usable(label: SrvLabel, answer: SrvAnswer, remarks: Remarks): Placed[] {
  if (answer.kind !== 'records') return [];
  return answer.records.slice(0, mostTargets).flatMap((record) => {
    if (record.target === '') return [];
    const host = domainOrUndefined(record.target);
    const says = host === undefined ? `“${record.target.slice(0, 80)}” is no host name` : 'has the port 0';
    if (host !== undefined && record.port > 0) return [{ label, record, host }];
    remarks.add(label, `${says}; left out`);
    return [];
  });
}

/** Whether the targets are what RFC 2782 wants: names with addresses, no aliases. */
async function look(
  answers: readonly { label: SrvLabel; answer: SrvAnswer }[],
  placed: readonly Placed[],
  { resolver }: Asking,
): Promise<SrvSeen[]> {
  const hosts = [...new Set(placed.map(({ host }) => host))].slice(0, 20);
  const seen = await Promise.all(
    hosts.map(async (host) => {
      const [alias, answer] = await Promise.all([resolver.isAlias(host), resolver.addresses(host)]);
      return { host, alias: alias === true, dead: answer.kind === 'none' };
    }),
  );
  return answers.map(({ label, answer }) => {
    const own = seen.filter(({ host }) => placed.some((one) => one.label === label && one.host === host));
    return {
      label,
      answer,
      aliases: own.flatMap(({ host, alias }) => (alias ? [host] : [])),
      dead: own.flatMap(({ host, dead }) => (dead ? [host] : [])),
    };
  });
}

/** RFC 6764 section 4: a TXT record at the same name has `path=`. */
async function davPaths(placed: readonly Placed[], { domain, resolver }: Asking): Promise<Map<SrvLabel, string>> {
  const labels = (['_caldavs._tcp', '_carddavs._tcp'] as const).filter((label) =>
    placed.some((one) => one.label === label),
  );
  const paths = await Promise.all(
    labels.map(async (label) => {
      const answer = await resolver.txt(`${label}.${domain}`);
      const texts = answer.kind === 'texts' ? answer.texts : [];
      const path = texts.map((text) => /^path=(\/\S*)$/i.exec(text)?.[1]).find((found) => found !== undefined);
      return path === undefined ? [] : [[label, path] as const];
    }),
  );
  return new Map(paths.flat());
}

function draftOf(
  placed: readonly Placed[],
  paths: ReadonlyMap<SrvLabel, string>,
  { domain, today }: Asking,
  remarks: Remarks,
) {
  // Priorities count between services as well (RFC 6186 section 3.4); at equal ones TLS from the first byte comes first.
  const sorted = placed.toSorted((a, b) => a.record.priority - b.record.priority);
  const incoming: Server[] = [];
  const outgoing: Server[] = [];
  const services: Service[] = [];
  for (const { label, record, host } of sorted) {
    const meaning = srvMeanings[label];
    if ('path' in meaning) {
      const { protocol, path } = meaning;
      const isThere = services.some((service) => service.protocol === protocol);
      if (isThere) continue;
      const port = record.port === 443 ? '' : `:${record.port}`;
      services.push({ protocol, url: `https://${host}${port}${paths.get(label) ?? path}`, ...login });
    } else if (meaning.protocol === 'managesieve') {
      const isThere = services.some(({ protocol }) => protocol === 'managesieve');
      if (!isThere) services.push({ protocol: 'managesieve', host, port: record.port, security: 'starttls', ...login });
    } else {
      const server = { protocol: meaning.protocol, host, port: record.port, security: meaning.security, ...login };
      (meaning.protocol === 'smtp' ? outgoing : incoming).push(server);
    }
  }
  if (placed.length > 0) remarks.add('SRV', 'says nothing of user names and sign-in; both are assumed');
  const says = placed
    .map(({ label, record: { priority, weight, port }, host }) => `${label} SRV ${priority} ${weight} ${port} ${host}`)
    .join('; ')
    .slice(0, 300)
    .trimEnd();
  return {
    record: {
      id: domain,
      domains: [domain],
      incoming: incoming as Provider['incoming'],
      outgoing: outgoing as Provider['outgoing'],
      ...(services.length > 0 && { services }),
      sources: { [sourceKey]: { dns: domain, seen: today, ...(says !== '' && { says }) } },
    },
    remarks: remarks.list,
  };
}

/** One line for all labels that do not exist, one for each that does. */
function attemptsOf(
  answers: readonly { label: SrvLabel; answer: SrvAnswer }[],
  placed: readonly Placed[],
  domain: Domain,
): Attempt[] {
  const told = answers.flatMap(({ label, answer }) => {
    const asked = `SRV ${label}.${domain}`;
    if (answer.kind === 'failed') return [attempt('srv', asked, { code: 'dns-failure', detail: answer.why })];
    if (answer.kind === 'none') return [];
    const isFound = placed.some((one) => one.label === label);
    const isRefused = answer.records.every(({ target }) => target === '');
    return [attempt('srv', asked, { code: isFound ? 'found' : isRefused ? 'not-offered' : 'unusable' })];
  });
  return told.length > 0 ? told : [attempt('srv', `SRV _…._tcp.${domain}`, { code: 'no-record' })];
}
