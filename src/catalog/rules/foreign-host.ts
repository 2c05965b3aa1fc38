import { type Domain, domainOrUndefined } from '../../name/domain.ts';
import { stem } from '../../name/pattern.ts';
import { registrableDomain } from '../../name/suffix.ts';
import { hostsOf, isTemplate } from '../../provider/hosts.ts';
import type { Source } from '../../provider/model.ts';
import type { Rule } from '../lint.ts';

/**
 * A server under a domain that is neither the provider's nor its operator's must be named by one of the two: this is the
 * check that keeps a record from sending a domain's passwords to a stranger (the autoconfig draft demands it of whoever
 * runs a central database).
 */
export const foreignHost: Rule = {
  name: 'foreign-host',
  level: 'error',
  why: 'Whoever owns the host gets the passwords.',
  *check(record) {
    const mailDomains = [record.id, ...record.domains.map(stem)].map(owner);
    const parties = new Set([...mailDomains, owner(record.operator ?? ''), owner(new URL(record.website).hostname)]);
    for (const { host, path, sources } of hostsOf(record)) {
      // What is no host name at all is told by own-names.
      if (isTemplate(host) || owner(host) === undefined || mailDomains.includes(owner(host))) continue;
      if (sources.some((key) => namesIt(record.sources[key], host, parties))) continue;
      const says = `${host} is under another domain than the record’s, and no first-party source names it`;
      yield {
        path,
        says,
        tip: 'give a page, autoconfig file or DNS record of the provider or its “operator” as a source',
      };
    }
    // Where OAuth2 clients send people to type their password: the provider's, its operator's or its site's domain will do.
    const { sources: keys = [], ...oauth2 } = record.oauth2 ?? {};
    for (const [field, url] of Object.entries(oauth2)) {
      if (typeof url !== 'string' || parties.has(owner(new URL(url).hostname))) continue;
      const { hostname } = new URL(url);
      if (keys.some((key) => namesIt(record.sources[key], hostname, parties))) continue;
      const says = `${hostname} is neither the provider’s nor its operator’s, and no first-party source names it`;
      yield {
        path: ['oauth2', field],
        says,
        tip: 'give a page of the provider or its “operator” that names it as a source',
      };
    }
  },
};

function owner(host: string): Domain | undefined {
  const domain = domainOrUndefined(host);
  return domain && (registrableDomain(domain) ?? domain);
}

/** A page counts when it stands on the provider's or its operator's own domain and, as somebody has read, names the host. */
function namesIt(source: Source | undefined, named: string, parties: ReadonlySet<Domain | undefined>): boolean {
  if (!source?.says?.toLowerCase().includes(named)) return false;
  const page = source.url ?? source.autoconfig;
  const host = source.dns ?? (page === undefined ? undefined : new URL(page).hostname);
  const who = host === undefined ? undefined : owner(host);
  return who !== undefined && parties.has(who);
}
