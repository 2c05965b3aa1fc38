/** What changed, as entries of a feed: revisions of records, statuses of servers that moved, quarantine. Pure. */
import { sayRevision } from '../../catalog/revised.ts';
import type { FeedEntry } from '../../formats/atom.ts';
import type { Provider, StatusName } from '../../provider/model.ts';
import type { Language } from '../../provider/phrases.ts';
import type { TracedRevision } from '../../store/revisions.ts';
import type { PastQuarantine } from '../../store/seen/quarantine.ts';
import type { PastTransition } from '../../store/seen/transitions.ts';
import { parseEndpoint } from '../../verify/endpoint.ts';
import { sayReason } from '../../verify/reasons.ts';

export interface Changes {
  readonly revisions: readonly TracedRevision[];
  readonly transitions: readonly PastTransition[];
  readonly quarantine: readonly PastQuarantine[];
}

export interface Saying {
  readonly language: Language;
  /** The record as it is served. */
  readonly record: (id: string) => Provider | undefined;
  /** Of the records that a server or a quarantine concerns: for feeds of more than one. */
  readonly concerns?: (change: PastTransition | PastQuarantine) => readonly string[];
  /** The page of a record; undefined where the server does not know its own URL. */
  readonly link: (id: string) => string | undefined;
}

/** The newest first. Statuses that say nothing to whoever uses a server are left out. */
export function feedEntries({ revisions, transitions, quarantine }: Changes, saying: Saying): FeedEntry[] {
  const entries = [
    ...revisions.map((revision) => revised(revision, saying)),
    ...transitions.filter(isTold).map((transition) => moved(transition, saying)),
    ...quarantine.flatMap((entry) => quarantined(entry, saying)),
  ];
  return entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

function revised(revision: TracedRevision, { language, record, link, concerns }: Saying): FeedEntry {
  const { n, at, id, oldDigest, newDigest, cause } = revision;
  const words = texts[language];
  const now = record(id);
  const kind = oldDigest === null ? 'added' : newDigest === null ? 'removed' : 'changed';
  const says = sayRevision(revision, now, language);
  return {
    about: `revision ${n} ${at} ${id}`,
    title: named(concerns && [now ?? revision.before ?? { name: id }], words.record[kind]),
    at,
    paragraphs: [...says.map((line) => `${line}.`), words.cause(cause)],
    link: link(id),
  };
}

function moved(transition: PastTransition, { language, record, link, concerns }: Saying): FeedEntry {
  const { n, at, endpoint, to, reason } = transition;
  const { protocol, host, port } = parseEndpoint(endpoint);
  const ids = concerns?.(transition);
  const [first] = ids ?? [];
  const reasoned = sayReason(endpoint, reason, language);
  return {
    about: `status ${n} ${at} ${endpoint}`,
    title: named(ids?.map(record), `${protocol.toUpperCase()} ${host}:${port} ${texts[language].status[to]}`),
    at,
    paragraphs: reasoned === undefined ? [] : [reasoned],
    ...(first !== undefined && { link: link(first) }),
  };
}

/** It came, and perhaps it was lifted: two things that happened. */
function quarantined(entry: PastQuarantine, { language, record, concerns }: Saying): FeedEntry[] {
  const { name, at, why, liftedAt } = entry;
  const words = texts[language];
  const records = concerns?.(entry).map(record);
  const about = `${name} ${at}`;
  const came = { about: `quarantine ${about}`, title: named(records, words.quarantine(name)), at };
  const lifted = { about: `quarantine lifted ${about}`, title: named(records, words.lifted(name)) };
  return [
    { ...came, paragraphs: [why, words.nobody] },
    ...(liftedAt === null ? [] : [{ ...lifted, at: liftedAt, paragraphs: [words.again] }]),
  ];
}

/** A first look that goes well, and not having looked for long, are no news. */
function isTold({ from, to }: PastTransition): boolean {
  if (to === 'unverified') return false;
  return from !== 'unverified' || to === 'failing' || to === 'dead';
}

function named(records: readonly ({ readonly name: string } | undefined)[] | undefined, title: string): string {
  const names = (records ?? []).flatMap((record) => (record ? [record.name] : []));
  return names.length === 0 ? title : `${names.join(', ')}: ${title}`;
}

interface Words {
  readonly record: Readonly<Record<'added' | 'changed' | 'removed', string>>;
  readonly status: Readonly<Record<StatusName, string>>;
  readonly quarantine: (name: string) => string;
  readonly lifted: (name: string) => string;
  readonly nobody: string;
  readonly again: string;
  readonly cause: (cause: string) => string;
  readonly feed: (name: string) => string;
  readonly all: string;
}

export const texts: Readonly<Record<Language, Words>> = {
  en: {
    record: { added: 'new record', changed: 'the settings changed', removed: 'the record is gone' },
    status: {
      unverified: 'is not looked at',
      verified: 'answers again',
      degraded: 'answers, but not as it should',
      failing: 'fails',
      dead: 'has been silent for weeks',
    },
    quarantine: (name) => `${name} is under quarantine`,
    lifted: (name) => `${name} is free again`,
    nobody: 'Nobody is sent there until a person has looked.',
    again: 'A person has looked, and settings lead there again.',
    cause: (cause) => (cause === 'load' ? 'With the data of this server.' : `Published on this server (${cause}).`),
    feed: (name) => `${name}: mail settings and servers`,
    all: 'Mail settings and servers of all providers',
  },
  de: {
    record: {
      added: 'neuer Datensatz',
      changed: 'die Einstellungen haben sich geändert',
      removed: 'den Datensatz gibt es nicht mehr',
    },
    status: {
      unverified: 'wird nicht angesehen',
      verified: 'antwortet wieder',
      degraded: 'antwortet, aber nicht wie er soll',
      failing: 'geht nicht',
      dead: 'schweigt seit Wochen',
    },
    quarantine: (name) => `${name} steht unter Quarantäne`,
    lifted: (name) => `${name} ist wieder frei`,
    nobody: 'Dorthin wird niemand geschickt, bis ein Mensch nachgesehen hat.',
    again: 'Ein Mensch hat nachgesehen; die Einstellungen führen wieder dorthin.',
    cause: (cause) =>
      cause === 'load' ? 'Mit den Daten dieses Servers.' : `Auf diesem Server veröffentlicht (${cause}).`,
    feed: (name) => `${name}: Mail-Einstellungen und Server`,
    all: 'Mail-Einstellungen und Server aller Anbieter',
  },
};
