/**
 * Whose hosts, pages and patterns a draft names, judged: the check that keeps a stranger's word from sending a domain's
 * passwords to somebody else's server. What is not proved by both sides waits for a reviewer who takes it upon themselves.
 */
import type { Atlas } from '../../atlas/tables.ts';
import type { Domain } from '../../name/domain.ts';
import { stem } from '../../name/pattern.ts';
import { ownerDomain, registrableDomain } from '../../name/suffix.ts';
import { hostsOf, isTemplate } from '../../provider/hosts.ts';
import type { Provider } from '../../provider/model.ts';
import type { CheckItem, CheckResult, Draft } from '../model.ts';
import { ownDomains, type Party, partiesOf } from '../parties.ts';
import { listed } from '../say.ts';
import { item, judged, result } from './item.ts';

const summary = {
  passed: 'hosts-passed',
  attention: 'hosts-attention',
  failed: 'hosts-failed',
  unknown: 'hosts-attention',
} as const;

/** @param held registrable domains that vouch for this very draft (proof.ts) */
export function checkHosts(draft: Draft, atlas: Atlas, held: ReadonlySet<string>): CheckResult {
  const { record, id, reason } = draft;
  if (!record) {
    const linked = linksIn(reason, id);
    return linked.length > 0 ? judged('hosts', linked, summary) : result('hosts', 'passed', 'not-for-kind');
  }
  const about = whoIs(record, atlas, atlas.records.get(id), held);
  const items = [
    ...partiesOf(record).flatMap((party) => judge(party, about)),
    ...hostsOf(record)
      .filter(({ host }) => isTemplate(host))
      .map(({ host }) => item(host, 'passed', 'customer-host')),
    ...linksIn(reason, id),
  ];
  // The same host on five ports is one thing to look at.
  const seen = new Set<string>();
  const unique = items.filter(({ code, about: name }) => !seen.has(`${code} ${name}`) && seen.add(`${code} ${name}`));
  return judged('hosts', unique, summary);
}

/** What the judgement of each name needs to know of the record as a whole. */
interface About {
  readonly record: Provider;
  readonly own: ReadonlySet<Domain>;
  /** What the served record says, as `role name`, and whose mail domains it has. */
  readonly served: ReadonlySet<string>;
  readonly servedDomains: ReadonlySet<Domain>;
  readonly held: ReadonlySet<string>;
  /** Ids of served records with the same operator. */
  readonly operated: readonly string[];
}

function whoIs(record: Provider, atlas: Atlas, base: Provider | undefined, held: ReadonlySet<string>): About {
  const { operator } = record;
  const sameOperator = ({ id, operator: other, domains }: Provider) =>
    id !== record.id && (other === operator || domains.includes(operator ?? ''));
  return {
    record,
    own: ownDomains(record),
    served: new Set(base ? partiesOf(base).map(keyOf) : []),
    servedDomains: base ? ownDomains(base) : new Set(),
    held,
    operated: operator === undefined ? [] : atlas.curated.providers.filter(sameOperator).map(({ id }) => id),
  };
}

const keyOf = ({ role, name }: Party) => `${role} ${name}`;

function judge(party: Party, about: About): CheckItem[] {
  const { role, name, field, owner, odd } = party;
  if (owner === undefined) return [item(name, 'failed', 'no-name', { field })];
  const served = about.served.has(keyOf(party));
  const oddities: CheckItem[] = [];
  if (odd === 'credentials') oddities.push(item(name, 'failed', 'url-credentials', { field }));
  if (odd === 'port' && !served) oddities.push(item(name, 'attention', 'url-port', { field }));
  const { record, own, held } = about;
  const facts = { owner, field };
  const everybody = [...own].every((domain) => held.has(domain));
  // Whether a mail domain wants this is for its proof.
  if (role === 'domain') return [];
  if (role === 'wildcard' || role === 'mx') {
    if (served) return [item(name, 'passed', 'served-already')];
    if (held.has(owner)) return [item(name, 'passed', 'proved-host', facts)];
    const code = role === 'wildcard' ? 'wildcard' : own.has(owner) ? 'own-mx' : 'foreign-mx';
    // Strangers have names below a suffix in the private part of the list.
    const isSuffix = registrableDomain(stem(name) as Domain) === undefined;
    return [
      item(name, 'attention', code, facts),
      ...(role === 'wildcard' && isSuffix ? [item(name, 'attention', 'private-suffix')] : []),
    ];
  }
  if (own.has(owner)) {
    const others = [...own].filter((domain) => domain !== owner && !(served && about.servedDomains.has(domain)));
    if ((role !== 'host' && role !== 'oauth2') || others.length === 0)
      return [...oddities, item(name, 'passed', 'own', facts)];
    if (everybody) return [...oddities, item(name, 'passed', 'proved-host', facts)];
    return [...oddities, item(owner, 'attention', 'joint-host', { others: listed(others) })];
  }
  // A served host stays what it was for the domains that it was served to, and for no other.
  const newcomers = [...own].filter((domain) => !about.servedDomains.has(domain));
  if (served && (newcomers.length === 0 || role === 'link'))
    return [...oddities, item(name, 'passed', 'served-already')];
  if (held.has(owner) && everybody) return [...oddities, item(name, 'passed', 'proved-host', facts)];
  if (role === 'host' && record.operator !== undefined && ownerDomain(record.operator) === owner) {
    const { en, de } = listed(about.operated);
    const known = about.operated.length === 0 ? '' : { en: `, as ${en} do`, de: `, wie bei ${de}` };
    return [...oddities, item(name, 'attention', 'operator-host', { ...facts, known })];
  }
  const code = {
    host: 'foreign-host',
    oauth2: 'foreign-oauth2',
    'sign-in': 'foreign-sign-in',
    record: 'foreign-record',
    link: 'foreign-link',
  } as const;
  return [...oddities, item(name, 'attention', code[role], facts)];
}

/** Links in the submitter's own words: published nowhere, but a reviewer reads them. */
function linksIn(reason: string, id: string): CheckItem[] {
  const hosts = [...reason.matchAll(/https:\/\/\S+/gi)].map(([url]) => URL.parse(url)?.hostname ?? url.slice(0, 80));
  return [...new Set(hosts)]
    .filter((host) => ownerDomain(host) === undefined || ownerDomain(host) !== ownerDomain(id))
    .map((host) => item(host, 'attention', 'link-in-reason'));
}
