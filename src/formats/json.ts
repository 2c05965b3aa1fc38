/** Answers and records as JSON: everything the atlas knows, with where each fact is from and whether it still works. */
import type { Domain } from '../name/domain.ts';
import { withHosts } from '../provider/hosts.ts';
import { fillUsername } from '../provider/login.ts';
import {
  type Answer,
  endpointKey,
  type LocalServer,
  type Provider,
  type Server,
  type Service,
  type SetupStep,
  type Statuses,
  unverified,
} from '../provider/model.ts';
import { stepText } from '../provider/phrases.ts';

/** The answer to a lookup. User names are filled in where the asker gave a local part. */
export function answerJson(answer: Answer, statuses: Statuses, local?: string) {
  const provider = withHosts(answer);
  const { domain, matchedBy, trust, mx } = answer;
  const asker = local === undefined ? undefined : { local, domain };
  return {
    domain,
    matchedBy,
    trust,
    ...(mx !== undefined && { mx }),
    provider: identity(provider),
    ...settings(provider, statuses, asker),
  };
}

/** A whole record, with its domains and the decisions behind it. */
export function providerJson(provider: Provider, statuses: Statuses) {
  const { formerly = [], domains, mx = [], decisions = [] } = provider;
  return { provider: identity(provider), formerly, domains, mx, ...settings(provider, statuses), decisions };
}

/** A line in a list of records. */
export function summaryJson(provider: Provider) {
  const { id, name, short, kind, country, access, domains } = provider;
  const protocols = [...new Set([...provider.incoming, ...provider.outgoing].map(({ protocol }) => protocol))];
  return { id, name, short, kind, country, access, domains: domains.length, protocols };
}

function identity(provider: Provider) {
  const { id, name, short, kind, country, operator, website, webmail, access, restriction } = provider;
  return defined({ id, name, short, kind, country, operator, website, webmail, access, restriction });
}

function settings(provider: Provider, statuses: Statuses, asker?: { local: string; domain: Domain }) {
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
    incoming: incoming.map((server) => serverJson(server, statuses, asker)),
    outgoing: outgoing.map((server) => serverJson(server, statuses, asker)),
    local: local.map((server) => loginJson(server, asker)),
    services: services.map((service) => loginJson(service, asker)),
    oauth2,
    setup: setup.map(stepJson),
    alternatives,
    documentation,
    sources,
  });
}

function serverJson(server: Server, statuses: Statuses, asker: { local: string; domain: Domain } | undefined) {
  const { status, checkedAt } = statuses.get(endpointKey(server)) ?? unverified;
  return { ...loginJson(server, asker), status, checkedAt: checkedAt ?? null };
}

/** `username` is what to enter (null: ask, see `hint`); with an asker it is filled in. */
function loginJson<S extends Server | LocalServer | Service>(
  server: S,
  asker: { local: string; domain: Domain } | undefined,
) {
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
