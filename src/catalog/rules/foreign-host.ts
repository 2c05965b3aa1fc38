import { stem } from '../../name/pattern.ts';
import { ownerDomain } from '../../name/suffix.ts';
import { hostsOf, isTemplate } from '../../provider/hosts.ts';
import type { Provider, Source } from '../../provider/model.ts';
import { isFirstParty, speaksFor } from '../../provider/parties.ts';
import type { Rule } from '../judge.ts';

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
    const mailDomains = new Set([record.id, ...record.domains.map(stem)].map(ownerDomain));
    for (const { host, path, sources } of hostsOf(record)) {
      // What is no host name at all is told by own-names.
      if (isTemplate(host) || ownerDomain(host) === undefined || mailDomains.has(ownerDomain(host))) continue;
      if (sources.some((key) => namesIt(record.sources[key], host, record))) continue;
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
      if (typeof url !== 'string' || speaksFor(new URL(url).hostname, record)) continue;
      const { hostname } = new URL(url);
      if (keys.some((key) => namesIt(record.sources[key], hostname, record))) continue;
      const says = `${hostname} is neither the provider’s nor its operator’s, and no first-party source names it`;
      yield {
        path: ['oauth2', field],
        says,
        tip: 'give a page of the provider or its “operator” that names it as a source',
      };
    }
  },
};

/** A page counts when it stands on the provider's or its operator's own domain and, as somebody has read, names the host. */
function namesIt(source: Source | undefined, named: string, record: Provider): boolean {
  return source?.says?.toLowerCase().includes(named) === true && isFirstParty(source, record);
}
