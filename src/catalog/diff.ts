/** What changed between two states of the data, in words: for reviewers and release notes. */
import { canonicalJson } from '../atlas/digest.ts';
import type { Provider, Server } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';

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
            ...b.incoming.map((server) => sayServer(server)),
            ...b.outgoing.map((server) => sayServer(server)),
          ],
        },
      ];
    if (a && !b)
      return [{ id, kind: 'removed', says: [`the record for ${amount(a.domains.length, 'domain')} is gone`] }];
    const says = a && b ? changes(a, b) : [];
    return says.length > 0 ? [{ id, kind: 'changed', says }] : [];
  });
}

/** One difference between two states of a record, as a clause in each language. */
export interface Change {
  readonly kind: 'access' | 'server' | 'domain' | 'mx' | 'field';
  /** `incoming`, `domains`, `webmail` … */
  readonly about: string;
  readonly says: Readonly<Record<Language, string>>;
}

/** What a change to one record means, in English, in the order in which it hurts. */
export function changes(a: Provider, b: Provider): string[] {
  return changesIn(a, b).map(({ says }) => says.en);
}

/** What a change to one record means, in the order in which it hurts. */
export function changesIn(a: Provider, b: Provider): Change[] {
  const access = {
    en: `access was ${a.access}, is ${b.access}`,
    de: `Zugang (access) war ${a.access}, ist ${b.access}`,
  };
  return [
    ...(a.access === b.access ? [] : [{ kind: 'access', about: 'access', says: access } as const]),
    ...serverChanges('incoming', a.incoming, b.incoming),
    ...serverChanges('outgoing', a.outgoing, b.outgoing),
    ...setChanges('domain', a.domains, b.domains),
    ...setChanges('mx', a.mx ?? [], b.mx ?? []),
    ...fieldChanges(a, b),
  ];
}

/** `imap imap.mail.example:993 tls, user name %EMAILADDRESS%, password-cleartext` */
export function sayServer(server: Server, language: Language = 'en'): string {
  const { protocol, host, port, security, username, auth } = server;
  const place = `${protocol} ${host}:${port} ${security}`;
  return language === 'de'
    ? `${place}, Benutzername ${username}, ${auth.join(' oder ')}`
    : `${place}, user name ${username}, ${auth.join(' or ')}`;
}

const place = ({ protocol, host, port }: Server): string => `${protocol} ${host}:${port}`;
const lists = { incoming: 'Empfang', outgoing: 'Versand' } as const;

function serverChanges(list: 'incoming' | 'outgoing', before: readonly Server[], after: readonly Server[]): Change[] {
  const change = (en: string, de: string): Change => ({
    kind: 'server',
    about: list,
    says: { en: `${list}: ${en}`, de: `${lists[list]}: ${de}` },
  });
  const old = new Map(before.map((server) => [place(server), server]));
  const now = new Map(after.map((server) => [place(server), server]));
  const gone = before
    .filter((server) => !now.has(place(server)))
    .map((server) => change(`${sayServer(server)} is gone`, `${sayServer(server, 'de')} entfällt`));
  const come = after
    .filter((server) => !old.has(place(server)))
    .map((server) => change(`${sayServer(server)} is new`, `${sayServer(server, 'de')} kommt hinzu`));
  const other = after.flatMap((server) => {
    const was = old.get(place(server));
    if (!was) return [];
    const unsaid = (['hint', 'sources'] as const).filter(
      (field) => canonicalJson(was[field] ?? null) !== canonicalJson(server[field] ?? null),
    );
    const [from, to] = [was, server].map((one) => sayServer(one, 'de'));
    return [
      ...(sayServer(was) === sayServer(server)
        ? []
        : [change(`${sayServer(was)} is now ${sayServer(server)}`, `aus ${from} wird ${to}`)]),
      ...unsaid.map((field) =>
        change(`${field} of ${place(server)} changed`, `${field} von ${place(server)} geändert`),
      ),
    ];
  });
  const kept = (servers: readonly Server[], others: ReadonlyMap<string, Server>) =>
    servers
      .map(place)
      .filter((key) => others.has(key))
      .join();
  const moved =
    kept(before, now) === kept(after, old)
      ? []
      : [change('the order of preference changed', 'die Reihenfolge ist eine andere')];
  return [...gone, ...come, ...other, ...moved];
}

const sets = {
  domain: { about: 'domains', en: ['domain', 'domains'], de: ['Domain', 'Domains'] },
  mx: { about: 'mx', en: ['MX pattern', 'MX patterns'], de: ['MX-Muster', 'MX-Muster'] },
} as const;

function setChanges(kind: keyof typeof sets, before: readonly string[], after: readonly string[]): Change[] {
  const { about, ...words } = sets[kind];
  const told = (names: readonly string[], en: string, de: string): Change[] => {
    if (names.length === 0) return [];
    const amount = (language: Language) => `${names.length} ${words[language][names.length === 1 ? 0 : 1]}`;
    const all = names.join(', ');
    return [{ kind, about, says: { en: `${amount('en')} ${en}: ${all}`, de: `${amount('de')} ${de}: ${all}` } }];
  };
  const gone = before.filter((name) => !after.includes(name));
  const come = after.filter((name) => !before.includes(name));
  return [...told(come, 'more', 'mehr'), ...told(gone, 'less', 'weniger')];
}

const toldElsewhere: ReadonlySet<string> = new Set(['access', 'incoming', 'outgoing', 'domains', 'mx']);

/** Everything else: short values in full, longer ones by name. */
function fieldChanges(a: Provider, b: Provider): Change[] {
  const fields = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((field) => !toldElsewhere.has(field));
  return fields.flatMap((field): Change[] => {
    const change = (en: string, de: string): Change[] => [
      { kind: 'field', about: field, says: { en: `${field} ${en}`, de: `${field} ${de}` } },
    ];
    const [was, is] = [a, b].map((record) => (record as Record<string, unknown>)[field]);
    if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) return [];
    if (was === undefined) return change(`is new${shown(is)}`, `kommt hinzu${shown(is)}`);
    if (is === undefined) return change(`is gone${shown(was)}`, `entfällt${shown(was)}`);
    return typeof was === 'string' && typeof is === 'string'
      ? change(`was ${was}, is ${is}`, `war ${was}, ist ${is}`)
      : change('changed', 'geändert');
  });
}

const shown = (value: unknown): string => (typeof value === 'string' ? `: ${value}` : '');
const amount = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
