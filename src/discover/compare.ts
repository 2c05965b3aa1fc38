/**
 * Our record of a domain held against what the domain publishes, finding by finding: RFC 2782's and RFC 6186's rules for
 * SRV, and what the measurement “Automatic Insecurity” (NDSS 2025) found wrong in practice. Pure: everything was asked before.
 *
 * A difference says that one of both is wrong, not which. What only one of several mechanisms leaves out is no difference.
 */
import type { AnsweredProvider, Mechanism, TrustLevel } from '../provider/model.ts';
import { type Discovery, type Finding, uncertainCodes } from './model.ts';
import { authDiffers, isKnownHost, isMail, kindOf, type Place, pairUp, sayPlace, usernameDiffers } from './pairs.ts';
import { srvMeanings } from './srv.ts';

/** What can be said of one service in one finding; a closed list, with sentences in compare-sentences.ts. */
export const states = [
  'match',
  /** We have it, this mechanism does not. */
  'missing',
  /** This mechanism has it, we do not. */
  'extra',
  'host-differs',
  'port-differs',
  'username-differs',
  /** No sign-in method in common. */
  'auth-differs',
  /** SRV says that it is not available, and so do we. */
  'not-offered',
  /** One says that it is not available, the other has it. */
  'not-offered-conflict',
  /** The SRV target is an alias (RFC 2782 forbids it). */
  'alias-target',
  /** The SRV target has no address. */
  'unresolvable-target',
  /** Nobody knows now. */
  'lookup-error',
  /** What begins without TLS is preferred to what begins with it. */
  'insecure-preferred',
  /** Only the way that begins without TLS is published; we have the other. */
  'tls-only-missing',
  'plaintext-offered',
  /** Mechanisms of the same domain disagree with each other. */
  'inconsistent',
] as const;
export type State = (typeof states)[number];

/** same: nothing to do. note: worth knowing. differs: one of both is wrong. unknown: another time may tell. */
export type Level = 'same' | 'note' | 'differs' | 'unknown';

const levels: Readonly<Record<State, Level>> = {
  match: 'same',
  missing: 'note',
  extra: 'note',
  'host-differs': 'differs',
  'port-differs': 'differs',
  'username-differs': 'differs',
  'auth-differs': 'differs',
  'not-offered': 'same',
  'not-offered-conflict': 'differs',
  'alias-target': 'note',
  'unresolvable-target': 'differs',
  'lookup-error': 'unknown',
  'insecure-preferred': 'note',
  'tls-only-missing': 'note',
  'plaintext-offered': 'note',
  inconsistent: 'note',
};

export interface Row {
  readonly mechanism: Mechanism | 'all';
  /** `imap tls`, `caldav` */
  readonly service: string;
  readonly state: State;
  readonly level: Level;
  readonly ours?: string;
  readonly theirs?: string;
}

export interface Comparison {
  readonly domain: string;
  /** The id of our record. */
  readonly record: string;
  /** agrees: nothing differs. nothing: the domain publishes nothing. unknown: it could not be asked. */
  readonly verdict: 'agrees' | 'differs' | 'nothing' | 'unknown';
  readonly sources: readonly { readonly mechanism: Mechanism; readonly where: string; readonly trust: TrustLevel }[];
  readonly rows: readonly Row[];
}

/** @param ours the record with its host templates filled in for the domain (provider/hosts.ts) */
export function compare(ours: AnsweredProvider, discovery: Discovery): Comparison {
  const { domain, findings, attempts } = discovery;
  const rows = [
    ...findings.flatMap((finding) => [...compareFinding(ours, finding), ...order(ours, finding)]),
    ...srvRows(ours, discovery),
    ...inconsistencies(findings),
  ];
  const isUncertain =
    attempts.some(({ code }) => uncertainCodes.has(code)) || rows.some(({ level }) => level === 'unknown');
  const differs = rows.some(({ level }) => level === 'differs');
  return {
    domain,
    record: ours.id,
    verdict: differs ? 'differs' : findings.length > 0 ? 'agrees' : isUncertain ? 'unknown' : 'nothing',
    sources: findings.map(({ mechanism, where, trust }) => ({ mechanism, where, trust: trust.level })),
    rows,
  };
}

function row(mechanism: Row['mechanism'], service: string, state: State, more: Partial<Row> = {}): Row {
  return { mechanism, service, state, level: levels[state], ...more };
}

function compareFinding(ours: AnsweredProvider, { mechanism, record }: Finding): Row[] {
  const own = Map.groupBy(placesOf(ours), kindOf);
  const published = Map.groupBy(placesOf(record), kindOf);
  const keys = [...new Set([...own.keys(), ...published.keys()])];
  return keys.flatMap((key) => {
    const both = { ours: own.get(key) ?? [], theirs: published.get(key) ?? [] };
    // What nobody publishes through this mechanism (a calendar in PACC …) says nothing as long as we alone have it.
    if (both.theirs.length === 0 && !isMail(both.ours[0])) return [];
    if (ours.access !== 'open' && isMail(both.theirs[0]))
      return [row(mechanism, key, 'not-offered-conflict', { theirs: both.theirs.map(sayPlace).join(', ') })];
    return compareKey(mechanism, key, both.ours, both.theirs, ours);
  });
}

/** The servers of one protocol and mode: pairs that are the same, then those that are nearly so, then what is left. */
function compareKey(
  mechanism: Mechanism,
  key: string,
  own: readonly Place[],
  published: readonly Place[],
  record: AnsweredProvider,
): Row[] {
  const { pairs, ours, theirs } = pairUp(own, published);
  const known = placesOf(record);
  return [
    ...pairs.flatMap(({ ours: a, theirs: b, by }) => [
      row(mechanism, key, paired[by], { ours: sayPlace(a), theirs: sayPlace(b) }),
      ...(by === 'place' ? login(mechanism, key, a, b) : []),
    ]),
    ...ours.map((one) => row(mechanism, key, 'missing', { ours: sayPlace(one) })),
    ...theirs.map((one) => {
      const state = one.security === 'none' ? 'plaintext-offered' : 'extra';
      // A second way to a host that we know is a choice, a calendar that we do not list is a gap; another mail host is neither.
      const isNote = isKnownHost(one, known) || state === 'plaintext-offered' || !isMail(one);
      const level = isNote ? {} : { level: 'differs' as const };
      return row(mechanism, key, state, { theirs: sayPlace(one), ...level });
    }),
  ];
}

const paired = { place: 'match', host: 'port-differs', kind: 'host-differs' } as const;

/** What SRV does not say cannot differ. */
function login(mechanism: Mechanism, key: string, ours: Place, theirs: Place): Row[] {
  if (mechanism === 'srv') return [];
  const rows: Row[] = [];
  if (usernameDiffers(ours, theirs))
    rows.push(row(mechanism, key, 'username-differs', { ours: ours.username, theirs: theirs.username }));
  if (authDiffers(ours, theirs))
    rows.push(row(mechanism, key, 'auth-differs', { ours: ours.auth.join(', '), theirs: theirs.auth.join(', ') }));
  return rows;
}

/** What comes first in a finding, for each protocol. */
function order(ours: AnsweredProvider, { mechanism, record }: Finding): Row[] {
  const servers = [...record.incoming, ...record.outgoing];
  return [...new Set(servers.map(({ protocol }) => protocol))].flatMap((protocol) => {
    const own = servers.filter((server) => server.protocol === protocol);
    const tls = own.findIndex(({ security }) => security === 'tls');
    if (tls > 0)
      return [
        row(mechanism, protocol, 'insecure-preferred', {
          theirs: own
            .slice(0, tls + 1)
            .map(sayPlace)
            .join(', '),
        }),
      ];
    const known = [...ours.incoming, ...ours.outgoing].find(
      (server) => server.protocol === protocol && server.security === 'tls',
    );
    return tls < 0 && known ? [row(mechanism, protocol, 'tls-only-missing', { ours: sayPlace(known) })] : [];
  });
}

/** What only the zone shows: targets, services that are not available, and failures. */
function srvRows(ours: AnsweredProvider, { srv }: Discovery): Row[] {
  const own = Map.groupBy(placesOf(ours), kindOf);
  return srv.flatMap(({ label, answer, aliases, dead }) => {
    const meaning = srvMeanings[label];
    const key = 'security' in meaning ? `${meaning.protocol} ${meaning.security}` : meaning.protocol;
    if (answer.kind === 'failed') return [row('srv', key, 'lookup-error', { theirs: `${label}: ${answer.why}` })];
    if (answer.kind === 'none') return [];
    const [first] = own.get(key) ?? [];
    const none = answer.records.every(({ target }) => target === '');
    const refused = first
      ? row('srv', key, 'not-offered-conflict', { ours: sayPlace(first), theirs: `${label} SRV .` })
      : row('srv', key, 'not-offered', { theirs: `${label} SRV .` });
    return [
      ...(none ? [refused] : []),
      ...aliases.map((host) => row('srv', key, 'alias-target', { theirs: host })),
      ...dead.map((host) => row('srv', key, 'unresolvable-target', { theirs: host })),
    ];
  });
}

/** The preferred server of each protocol, by mechanism: a client's choice of mechanism must not decide where mail goes. */
function inconsistencies(findings: readonly Finding[]): Row[] {
  return (['imap', 'pop3', 'smtp'] as const).flatMap((protocol) => {
    const firsts = findings.flatMap(({ mechanism, record }) => {
      const first = [...record.incoming, ...record.outgoing].find((server) => server.protocol === protocol);
      return first ? [{ mechanism, place: `${sayPlace(first)} ${first.security}` }] : [];
    });
    if (new Set(firsts.map(({ place }) => place)).size < 2) return [];
    const theirs = firsts.map(({ mechanism, place }) => `${mechanism} ${place}`).join(', ');
    return [row('all', protocol, 'inconsistent', { theirs })];
  });
}

function placesOf({
  incoming,
  outgoing,
  services = [],
}: Pick<AnsweredProvider, 'incoming' | 'outgoing' | 'services'>): Place[] {
  return [...incoming, ...outgoing, ...services];
}
