/** Answers and records as JSON: everything the atlas knows, with where each fact is from and whether it still works. */
import type { Domain } from '../name/domain.ts';
import { type CurrentProvider, currentOf } from '../provider/current.ts';
import { withHosts } from '../provider/hosts.ts';
import { fillUsername } from '../provider/login.ts';
import {
  type Answer,
  type AnsweredProvider,
  endpointKey,
  type Knowledge,
  type LocalServer,
  type Provider,
  type Server,
  type Service,
  type SetupStep,
  unverified,
} from '../provider/model.ts';
import { authenticOf } from '../provider/parties.ts';
import { stepText } from '../provider/phrases.ts';

/** The answer to a lookup. User names are filled in where the asker gave a local part. */
export function answerJson(answer: Answer, knowledge: Knowledge, local?: string) {
  const record = withHosts(answer);
  const { provider, withheld } = currentOf(record, knowledge);
  const { domain, matchedBy, trust, mx, publication } = answer;
  const asker = local === undefined ? undefined : { local, domain };
  return {
    domain,
    matchedBy,
    trust,
    ...(mx !== undefined && { mx }),
    ...(publication && { publication }),
    provider: identity(provider),
    withheld,
    ...settings(provider, { record, knowledge, asker }),
  };
}

/** A whole record, with its domains and the decisions behind it. */
export function providerJson(record: Provider, knowledge: Knowledge) {
  const { provider, withheld } = currentOf(record, knowledge);
  const { formerly = [], domains, mx = [], decisions = [] } = record;
  return {
    provider: identity(provider),
    formerly,
    domains,
    mx,
    withheld,
    ...settings(provider, { record, knowledge }),
    decisions,
  };
}

/** A line in a list of records. */
export function summaryJson(provider: Provider) {
  const { id, name, short, kind, country, access, domains } = provider;
  const protocols = [...new Set([...provider.incoming, ...provider.outgoing].map(({ protocol }) => protocol))];
  return { id, name, short, kind, country, access, domains: domains.length, protocols };
}

function identity(provider: CurrentProvider) {
  const { id, name, short, kind, country, operator, website, webmail, access, restriction } = provider;
  return defined({ id, name, short, kind, country, operator, website, webmail, access, restriction });
}

/** Whose user names are filled in. */
type Asker = { readonly local: string; readonly domain: Domain } | undefined;

/** What a server's answer needs beside the server. */
interface Context {
  /** Where sources are looked up. */
  readonly record: AnsweredProvider;
  readonly knowledge: Knowledge;
  readonly asker?: Asker;
}

function settings(provider: CurrentProvider, context: Context) {
  const {
    incoming,
    outgoing,
    local = [],
    services = [],
    oauth2,
    setup = [],
    alternatives = [],
    documentation = [],
    sources,
  } = provider;
  return defined({
    incoming: incoming.map((server) => serverJson(server, context)),
    outgoing: outgoing.map((server) => serverJson(server, context)),
    local: local.map((server) => loginJson(server, context.asker)),
    services: services.map((service) => loginJson(service, context.asker)),
    oauth2,
    setup: setup.map(stepJson),
    alternatives,
    documentation,
    sources,
  });
}

/** A server with what is known of it, on three axes that say nothing of each other, each with its date. */
function serverJson(server: Server, { record, knowledge: { statuses, signIns }, asker }: Context) {
  const { status, checkedAt, since, vantage } = statuses.get(endpointKey(server)) ?? unverified;
  return {
    ...loginJson(server, asker),
    status,
    checkedAt: checkedAt ?? null,
    authentic: authenticOf(server, record) ?? null,
    answers: checkedAt === undefined ? null : defined({ status, since: since ?? null, at: checkedAt, vantage }),
    signsIn: signIns.get(endpointKey(server)) ?? null,
  };
}

/** `username` is what to enter (null: ask, see `hint`); with an asker it is filled in. */
function loginJson<S extends Server | LocalServer | Service>(server: S, asker: Asker) {
  const { username } = server;
  const filled = asker ? fillUsername(username, asker) : username === 'ask' ? undefined : username;
  return { ...server, username: filled ?? null };
}

function stepJson(step: SetupStep) {
  return { ...step, text: { en: stepText(step, 'en'), de: stepText(step, 'de') } };
}

/** Without the fields that are not there: JSON.stringify drops them anyway, equality in tests does not. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T;
}
