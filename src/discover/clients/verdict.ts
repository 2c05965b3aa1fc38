/**
 * What a client ends with, held against what our record means. Pure. A client that takes another server of the record than
 * its first choice does no harm; one that signs in as somebody else, or somewhere else, does.
 */
import { fillUsername, usernameOrAddress } from '../../provider/login.ts';
import type { AnsweredProvider, Server } from '../../provider/model.ts';
import type { ClientServer, Person, Settings } from './model.ts';

/** A closed list, with sentences in sentences.ts. */
export const verdicts = [
  'as-meant',
  /** Servers of the record, but not its first choice. */
  'other-choice',
  'differs',
  /** Nothing; there may be a record with settings, or none at all. */
  'nothing',
  /** Nothing, and the provider lets nobody in. */
  'nothing-meant',
  /** Settings, though the provider lets nobody in. */
  'not-meant',
  /** Settings, and we have no record to hold them against. */
  'no-record',
] as const;
export type Verdict = (typeof verdicts)[number];

export const differenceFields = ['server', 'port', 'security', 'username', 'auth', 'missing'] as const;

export interface Difference {
  readonly which: 'incoming' | 'outgoing';
  readonly field: (typeof differenceFields)[number];
  readonly ours: string;
  readonly theirs: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly differences: readonly Difference[];
}

/** @param meant the record as it may be given now (provider/current.ts); undefined: there is none */
export function judgeSettings(
  settings: Settings | undefined,
  meant: Pick<AnsweredProvider, 'access' | 'incoming' | 'outgoing'> | undefined,
  person: Person,
): Judgement {
  const incoming = chosen(settings?.incoming ?? [], meant?.incoming ?? []);
  const outgoing = chosen(settings?.outgoing ?? [], meant?.outgoing ?? []);
  if (!meant) return { verdict: incoming || outgoing ? 'no-record' : 'nothing', differences: [] };
  const hasMeant = meant.access === 'open' && meant.incoming.length + meant.outgoing.length > 0;
  if (!incoming && !outgoing) return { verdict: hasMeant ? 'nothing' : 'nothing-meant', differences: [] };
  if (!hasMeant) return { verdict: 'not-meant', differences: [] };
  const found = [
    compare('incoming', incoming, meant.incoming, person),
    compare('outgoing', outgoing, meant.outgoing, person),
  ];
  const differences = found.flatMap(({ wrong }) => wrong);
  if (differences.length > 0) return { verdict: 'differs', differences };
  return { verdict: found.every(({ isFirst }) => isFirst) ? 'as-meant' : 'other-choice', differences: [] };
}

/** The first; of two ways into the same port, which it tries in turn, the one that our record has. */
function chosen(taken: readonly ClientServer[], ours: readonly Server[]): ClientServer | undefined {
  const [first] = taken;
  const ways = taken.filter(({ host, port }) => host === first?.host && port === first.port);
  return ways.find((way) => ours.some((server) => sayServer(server) === sayServer(way))) ?? first;
}

function compare(
  which: Difference['which'],
  taken: ClientServer | undefined,
  servers: readonly Server[],
  person: Person,
): { readonly wrong: readonly Difference[]; readonly isFirst: boolean } {
  const [first] = servers;
  const wrong = (field: Difference['field'], ours: string, theirs: string) => ({
    wrong: [{ which, field, ours, theirs }],
    isFirst: false,
  });
  if (!taken) return first ? wrong('missing', sayServer(first), '') : { wrong: [], isFirst: true };
  const same = servers.filter(({ host, protocol }) => host === taken.host && protocol === taken.protocol);
  const onPort = same.filter(({ port }) => port === taken.port);
  const exact = onPort.find(({ security }) => security === taken.security);
  const [near = first] = [...onPort, ...same];
  const ours = near ? sayServer(near) : '';
  if (same.length === 0) return wrong('server', ours, sayServer(taken));
  if (onPort.length === 0) return wrong('port', ours, sayServer(taken));
  if (!exact) return wrong('security', ours, sayServer(taken));
  const login = fillUsername(usernameOrAddress(exact.username), person) ?? '';
  // Without sign-in nobody looks at the name.
  const needsName = exact.auth.some((method) => method !== 'none' && method !== 'client-IP-address');
  if (needsName && login !== taken.username) return wrong('username', login, taken.username);
  if (taken.auth && !taken.auth.some((method) => isOffered(method, exact)))
    return wrong('auth', exact.auth.join(', '), taken.auth.join(', '));
  return { wrong: [], isFirst: exact === first };
}

/** Who knows its clients by their network wants no sign-in, which formats have one word for. */
function isOffered(method: string, { auth }: Server): boolean {
  return auth.some((one) => one === method || (method === 'none' && one === 'client-IP-address'));
}

/** `imap imap.example.com:993 tls` */
export function sayServer({
  protocol,
  host,
  port,
  security,
}: Pick<ClientServer, 'protocol' | 'host' | 'port' | 'security'>): string {
  return `${protocol} ${host}:${port} ${security}`;
}
