/** Two lists of servers of one kind put together: what is the same place, what is nearly so, and what only one of both has. */
import type { Server, Service } from '../provider/model.ts';

export type Place = Server | Service;

export interface Pair<O, T> {
  readonly ours: O;
  readonly theirs: T;
  /** What they have in common: host and port, the host, or nothing but protocol and mode. */
  readonly by: 'place' | 'host' | 'kind';
}

export interface Paired<O, T> {
  readonly pairs: readonly Pair<O, T>[];
  /** Without a counterpart. */
  readonly ours: readonly O[];
  readonly theirs: readonly T[];
}

/** @param ours of one protocol and mode, like `theirs` */
export function pairUp<O extends Place, T extends Place>(ours: readonly O[], theirs: readonly T[]): Paired<O, T> {
  const left = { ours: [...ours], theirs: [...theirs] };
  const pairs: Pair<O, T>[] = [];
  const pair = (by: Pair<O, T>['by'], same: (a: O, b: T) => boolean) => {
    for (const their of left.theirs.slice()) {
      const own = left.ours.find((one) => same(one, their));
      if (!own) continue;
      left.ours.splice(left.ours.indexOf(own), 1);
      left.theirs.splice(left.theirs.indexOf(their), 1);
      pairs.push({ ours: own, theirs: their, by });
    }
  };
  pair('place', (a, b) => hostOf(a) === hostOf(b) && portOf(a) === portOf(b));
  pair('host', (a, b) => hostOf(a) === hostOf(b));
  pair('kind', () => true);
  return { pairs, ...left };
}

/** `imap tls`, `caldav` */
export function kindOf(place: Place): string {
  const security = 'url' in place && place.url !== undefined ? undefined : place.security;
  return security === undefined ? place.protocol : `${place.protocol} ${security}`;
}

/** What “ask” is, only a person knows. */
export function usernameDiffers(ours: Place, theirs: Place): boolean {
  return ours.username !== 'ask' && ours.username !== theirs.username;
}

/** No sign-in method in common. */
export function authDiffers(ours: Place, theirs: Place): boolean {
  return !ours.auth.some((method) => theirs.auth.includes(method));
}

export function isMail(place: Pick<Place, 'protocol'> | undefined): boolean {
  return place !== undefined && ['imap', 'pop3', 'smtp'].includes(place.protocol);
}

/**
 * True where the record has a server of this protocol at this host: what is published of it beside is another way to a
 * place that we know.
 */
export function isKnownHost(their: Place, record: readonly Place[]): boolean {
  return record.some((own) => own.protocol === their.protocol && hostOf(own) === hostOf(their));
}

function hostOf(place: Place): string | undefined {
  return 'url' in place && place.url !== undefined ? new URL(place.url).hostname : place.host;
}

function portOf(place: Place): number | undefined {
  return 'url' in place && place.url !== undefined ? Number(new URL(place.url).port || 443) : place.port;
}

export function sayPlace(place: Place): string {
  return 'url' in place && place.url !== undefined ? place.url : `${place.host}:${place.port}`;
}
