/**
 * What one client would do with a domain: its steps are asked in its order, and read by its rules, until one has something.
 * What is asked is asked once for all clients (asked.ts).
 */

import { type Domain, withParents } from '../../name/domain.ts';
import { registrableDomain } from '../../name/suffix.ts';
import type { TrustLevel } from '../../provider/model.ts';
import { type AttemptCode, uncertainCodes } from '../model.ts';
import type { Asked, Document } from './asked.ts';
import type {
  Client,
  Person,
  PoxReading,
  Reading,
  Refusal,
  ReplayCode,
  Settings,
  Step,
  Subject,
  Unsure,
} from './model.ts';

/** One question and what the client made of the answer. */
export interface Replayed {
  readonly kind: Step['kind'];
  /** The URL or the DNS name, without anybody's address; absent where nothing is asked. */
  readonly asked?: string;
  readonly code: ReplayCode;
  readonly detail?: string;
  readonly refused?: Refusal;
  /** What the way to the answer rests on; absent for what we give ourselves. */
  readonly trust?: TrustLevel;
  readonly settings?: Settings;
}

export interface Ended {
  readonly steps: readonly Replayed[];
  /** The step that decided, by its number in `steps`. */
  readonly by?: number;
  readonly settings?: Settings;
  /** Why the real client might end otherwise. */
  readonly unsure: readonly Unsure[];
}

/** XML redirects that are followed for one step. */
const mostRedirects = 3;
/** Names above an MX host that are asked: a stranger may have given it a hundred labels. */
const mostNames = 4;

export async function replay(client: Client, asked: Asked): Promise<Ended> {
  const run = (step: Step) => runStep(client, step, asked);
  const early = await Promise.all(client.steps.map(async (step) => (isByMx(step) ? undefined : run(step))));
  const decided = early.findIndex((made) => made?.some(hasSettings));
  // The MX's places are asked only where nothing before them has anything: they are somebody else's.
  const made = await Promise.all(
    client.steps.map(async (step, i) => early[i] ?? (decided < 0 || i < decided ? run(step) : [notNeeded(step)])),
  );
  return conclude(client, made, asked.person);
}

function conclude(client: Client, made: readonly (readonly Replayed[])[], person: Person): Ended {
  const all = made.flat();
  const found = all.filter(hasSettings);
  const weigh = client.weight ?? (() => 0);
  const [winner] = found.toSorted(
    (a, b) => weigh(b.kind, b.settings ?? none, person) - weigh(a.kind, a.settings ?? none, person),
  );
  const by = winner ? all.indexOf(winner) : undefined;
  const asksOn = client.race === true || client.weight !== undefined;
  // What comes behind the answer, the client does not ask or does not heed.
  const steps = all.map((step, i) =>
    by === undefined || i <= by || asksOn || step.code === 'not-needed' ? step : passed(step),
  );
  const before = all.slice(0, by ?? all.length);
  const isRace = client.race === true && found.some(({ settings }) => !isSame(settings, winner?.settings));
  const unsure: readonly (Unsure | false)[] = [
    client.steps.some(({ kind }) => kind === 'own-list') && 'own-list',
    isRace && winner?.kind !== 'known-mx' && 'race',
    before.some(({ code }) => uncertainCodes.has(code as AttemptCode)) && 'unanswered',
  ];
  return {
    steps,
    ...(by !== undefined && winner?.settings && { by, settings: winner.settings }),
    unsure: unsure.filter((one) => one !== false),
  };
}

const none: Settings = { incoming: [], outgoing: [] };

function isSame(a: Settings | undefined, b: Settings | undefined): boolean {
  return JSON.stringify([a?.incoming[0], a?.outgoing[0]]) === JSON.stringify([b?.incoming[0], b?.outgoing[0]]);
}

function hasSettings({ settings }: Replayed): boolean {
  return settings !== undefined;
}

function notNeeded({ kind }: Step): Replayed {
  return { kind, code: 'not-needed' };
}

function passed({ kind, asked }: Replayed): Replayed {
  return { kind, ...(asked !== undefined && { asked }), code: 'not-needed' };
}

function isByMx(step: Step): boolean {
  return 'of' in step && step.of !== 'domain';
}

/** The names that a subject stands for: none, where the MX leads nowhere new. */
function subjects(of: Subject, { person, mx: host }: Asked): Domain[] {
  if (of === 'domain') return [person.domain];
  const base = host && registrableDomain(host);
  if (host === undefined || base === undefined) return [];
  if (of === 'mx-each')
    return withParents(host)
      .filter((name) => name.length >= base.length)
      .slice(0, mostNames);
  // Both Thunderbirds end here where the MX is the domain's own.
  if (base === person.domain) return [];
  if (of === 'mx-base') return [base];
  const parent = host === base ? undefined : withParents(host)[1];
  return parent === undefined || parent === base ? [] : [parent];
}

async function runStep(client: Client, step: Step, asked: Asked): Promise<readonly Replayed[]> {
  switch (step.kind) {
    case 'own-list':
    case 'guess':
      return [{ kind: step.kind, code: 'not-replayed' }];
    case 'autoconfig':
    case 'ispdb':
    case 'srv': {
      const names = subjects(step.of, asked);
      if (names.length === 0) return [{ kind: step.kind, code: 'not-needed' }];
      return (await Promise.all(names.map((name) => runNamed(client, step, name, asked)))).flat();
    }
    case 'profile':
      return [read(step.kind, await asked.profile(), (document) => client.profile?.(document.text, asked.person))];
    case 'known-mx':
      return runKnownMx(client, asked);
    default:
      return runAutodiscover(client, step, asked, asked.person);
  }
}

async function runNamed(
  client: Client,
  step: Extract<Step, { kind: 'autoconfig' | 'ispdb' | 'srv' }>,
  name: Domain,
  asked: Asked,
): Promise<Replayed[]> {
  if (step.kind === 'srv') return [await runSrv(client, name, step.labels, asked)];
  const document = step.kind === 'ispdb' ? await asked.ispdb(name) : await asked.get(step.url, name);
  return [readAutoconfig(client, step.kind, document, asked.person)];
}

function readAutoconfig(client: Client, kind: Step['kind'], document: Document, person: Person): Replayed {
  return read(kind, document, ({ type, root }) => {
    if (client.mediaTypes && !client.mediaTypes.some((known) => type.startsWith(known)))
      return { refused: 'content-type', where: type };
    return client.autoconfig?.(root(), person);
  });
}

type Page = Extract<Document, { text: string }>;

/** What the client makes of a document, or how the question ended before there was one. */
function read(kind: Step['kind'], document: Document, by: (page: Page) => Reading | undefined): Replayed {
  const { asked } = document;
  if ('code' in document) return { kind, ...document };
  let reading: Reading | undefined;
  try {
    reading = by(document);
  } catch (error) {
    if (error instanceof Error && error.name === 'XmlError')
      return { kind, asked, code: 'unreadable', detail: error.message };
    throw error;
  }
  return { kind, asked, ...ending(reading), ...(document.trust && { trust: document.trust }) };
}

function ending(reading: Reading | undefined): Pick<Replayed, 'code' | 'detail' | 'refused' | 'settings'> {
  if (!reading) return { code: 'not-found' };
  if ('refused' in reading) {
    const { refused, where } = reading;
    return { code: 'refused', refused, ...(where !== undefined && { detail: where.slice(0, 100) }) };
  }
  const isEmpty = reading.incoming.length + reading.outgoing.length === 0;
  return { code: isEmpty ? 'empty' : 'found', settings: reading };
}

async function runSrv(client: Client, name: Domain, labels: readonly string[], asked: Asked): Promise<Replayed> {
  const { records, failed } = await asked.srv(name, labels);
  const settings = failed ? undefined : client.srv?.(records, asked.person);
  const about = { kind: 'srv', asked: `${sayLabels(labels)}.${name}` } as const;
  if (settings) return { ...about, code: 'found', trust: 'dns', settings };
  return { ...about, code: failed ? 'dns-failure' : records.size > 0 ? 'unusable' : 'no-record' };
}

/** `_{imaps,imap}._tcp` */
function sayLabels(labels: readonly string[]): string {
  return `_{${labels.map((label) => label.replace(/^_(.*)\._tcp$/, '$1')).join(',')}}._tcp`;
}

async function runKnownMx(client: Client, asked: Asked): Promise<Replayed[]> {
  const host = asked.mx;
  const known = host && client.knownMx?.(host, asked.person);
  const about = { kind: 'known-mx', asked: asked.person.domain } as const;
  if (!known) return [{ ...about, code: 'no-record' }];
  if ('srv' in known) return [{ ...(await runSrv(client, known.srv, known.labels, asked)), kind: 'known-mx' }];
  if ('autoconfig' in known) {
    const document = await asked.get(known.autoconfig, asked.person.domain);
    return [readAutoconfig(client, 'known-mx', document, asked.person)];
  }
  return [{ ...about, code: 'found', detail: host, trust: 'dns', settings: known }];
}

type AutodiscoverStep = Extract<Step, { kind: `autodiscover${string}` }>;

/** Asks one place, and where its answer sends us. @param person of a redirect to another address, that one */
async function runAutodiscover(
  client: Client,
  step: AutodiscoverStep,
  asked: Asked,
  person: Person,
  isRestart = false,
): Promise<readonly Replayed[]> {
  const replayed: Replayed[] = [];
  let document = await beginAutodiscover(step, asked, person);
  for (let redirects = 0; ; redirects += 1) {
    let sentOn: { readonly url: string } | { readonly address: string } | undefined;
    const made = read(step.kind, document, ({ root }) => {
      const reading: PoxReading | undefined = client.autodiscover?.(root(), person);
      if (reading && ('url' in reading || 'address' in reading)) {
        sentOn = reading;
        return undefined;
      }
      return reading;
    });
    if (!sentOn || redirects >= mostRedirects) {
      replayed.push(sentOn ? { ...made, code: 'too-many-redirects' } : made);
      return replayed;
    }
    const to = 'url' in sentOn ? sentOn.url : sentOn.address;
    replayed.push({
      ...made,
      code: 'redirect',
      detail: 'url' in sentOn ? to.slice(0, 200) : `EMAILADDRESS@${to.split('@').at(-1)}`,
    });
    if ('address' in sentOn) return [...replayed, ...(isRestart ? [] : await restart(client, sentOn.address, asked))];
    document = await asked.post(to, person, 'method' in step ? step.method : 'POST', document.trust);
  }
}

async function beginAutodiscover(step: AutodiscoverStep, asked: Asked, person: Person): Promise<Document> {
  if (step.kind === 'autodiscover') return asked.post(step.url, person, step.method);
  return step.kind === 'autodiscover-srv' ? asked.postBySrv(person) : asked.postByRedirect(step.url, person);
}

/** All of the client's Autodiscover steps for another address; once. */
async function restart(client: Client, address: string, asked: Asked): Promise<readonly Replayed[]> {
  const person = asked.personOf(address);
  if (!person) return [];
  const steps = client.steps.filter((step): step is AutodiscoverStep => step.kind.startsWith('autodiscover'));
  const made = await Promise.all(steps.map((step) => runAutodiscover(client, step, asked, person, true)));
  const first = made.findIndex((some) => some.some(hasSettings));
  return made.slice(0, first < 0 ? undefined : first + 1).flat();
}
