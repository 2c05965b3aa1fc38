/** What changed between two states of the data, in words: for reviewers and release notes. */
import { canonicalJson } from '../atlas/digest.ts';
import type { Provider, Server } from '../provider/model.ts';

export interface RecordChange {
  readonly id: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Sentences without a full stop; what matters to people first. */
  readonly says: readonly string[];
}

/** All records that differ, by id. */
export function diffRecords(before: readonly Provider[], after: readonly Provider[]): RecordChange[] {
  const old = new Map(before.map((record) => [record.id, record]));
  const now = new Map(after.map((record) => [record.id, record]));
  const ids = [...new Set([...old.keys(), ...now.keys()])].sort();
  return ids.flatMap((id): RecordChange[] => {
    const a = old.get(id);
    const b = now.get(id);
    if (!a && b)
      return [
        {
          id,
          kind: 'added',
          says: [
            `new record for ${amount(b.domains.length, 'domain')}`,
            ...b.incoming.map(sayServer),
            ...b.outgoing.map(sayServer),
          ],
        },
      ];
    if (a && !b)
      return [{ id, kind: 'removed', says: [`the record for ${amount(a.domains.length, 'domain')} is gone`] }];
    const says = a && b ? changes(a, b) : [];
    return says.length > 0 ? [{ id, kind: 'changed', says }] : [];
  });
}

/** What a change to one record means, in the order in which it hurts. */
export function changes(a: Provider, b: Provider): string[] {
  return [
    ...(a.access === b.access ? [] : [`access was ${a.access}, is ${b.access}`]),
    ...serverChanges('incoming', a.incoming, b.incoming),
    ...serverChanges('outgoing', a.outgoing, b.outgoing),
    ...setChanges('domain', a.domains, b.domains),
    ...setChanges('MX pattern', a.mx ?? [], b.mx ?? []),
    ...fieldChanges(a, b),
  ];
}

/** `imap imap.mail.example:993 tls, user name %EMAILADDRESS%, password-cleartext` */
export function sayServer({ protocol, host, port, security, username, auth }: Server): string {
  return `${protocol} ${host}:${port} ${security}, user name ${username}, ${auth.join(' or ')}`;
}

const place = ({ protocol, host, port }: Server): string => `${protocol} ${host}:${port}`;

function serverChanges(list: string, before: readonly Server[], after: readonly Server[]): string[] {
  const old = new Map(before.map((server) => [place(server), server]));
  const now = new Map(after.map((server) => [place(server), server]));
  const gone = before
    .filter((server) => !now.has(place(server)))
    .map((server) => `${list}: ${sayServer(server)} is gone`);
  const come = after
    .filter((server) => !old.has(place(server)))
    .map((server) => `${list}: ${sayServer(server)} is new`);
  const other = after.flatMap((server) => {
    const was = old.get(place(server));
    if (!was) return [];
    const unsaid = (['hint', 'sources'] as const).filter(
      (field) => canonicalJson(was[field] ?? null) !== canonicalJson(server[field] ?? null),
    );
    return [
      ...(sayServer(was) === sayServer(server) ? [] : [`${list}: ${sayServer(was)} is now ${sayServer(server)}`]),
      ...unsaid.map((field) => `${list}: ${field} of ${place(server)} changed`),
    ];
  });
  const kept = (servers: readonly Server[], others: ReadonlyMap<string, Server>) =>
    servers
      .map(place)
      .filter((key) => others.has(key))
      .join();
  const moved = kept(before, now) === kept(after, old) ? [] : [`${list}: the order of preference changed`];
  return [...gone, ...come, ...other, ...moved];
}

function setChanges(what: string, before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((name) => !after.includes(name));
  const come = after.filter((name) => !before.includes(name));
  return [
    ...(come.length > 0 ? [`${amount(come.length, what)} more: ${come.join(', ')}`] : []),
    ...(gone.length > 0 ? [`${amount(gone.length, what)} less: ${gone.join(', ')}`] : []),
  ];
}

const toldElsewhere: ReadonlySet<string> = new Set(['access', 'incoming', 'outgoing', 'domains', 'mx']);

/** Everything else: short values in full, longer ones by name. */
function fieldChanges(a: Provider, b: Provider): string[] {
  const fields = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((field) => !toldElsewhere.has(field));
  return fields.flatMap((field) => {
    const [was, is] = [a, b].map((record) => (record as Record<string, unknown>)[field]);
    if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) return [];
    if (was === undefined) return [`${field} is new${shown(is)}`];
    if (is === undefined) return [`${field} is gone${shown(was)}`];
    return [typeof was === 'string' && typeof is === 'string' ? `${field} was ${was}, is ${is}` : `${field} changed`];
  });
}

const shown = (value: unknown): string => (typeof value === 'string' ? `: ${value}` : '');
const amount = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
