import { domainOrUndefined } from '../../name/domain.ts';
import { stem } from '../../name/pattern.ts';
import { isPublicSuffix } from '../../name/suffix.ts';
import { hostsOf, isTemplate } from '../../provider/hosts.ts';
import type { Rule } from '../judge.ts';
import type { Path } from '../problem.ts';

/** A name must be one that somebody can own: no public suffix, no IP address. */
export const ownNames: Rule = {
  name: 'own-names',
  level: 'error',
  why: 'A record for co.uk, or a host that is an IP address, would answer for strangers.',
  *check(record) {
    const named = [
      ...record.domains.map((name, i) => ({ name, path: ['domains', i] as Path })),
      ...(record.mx ?? []).map((name, i) => ({ name, path: ['mx', i] as Path })),
      ...hostsOf(record)
        .filter(({ host }) => !isTemplate(host))
        .map(({ host, path }) => ({ name: host, path })),
    ];
    for (const { name, path } of named) {
      const domain = domainOrUndefined(stem(name));
      if (domain !== stem(name))
        yield { path, says: `${name} is not a host name`, tip: 'A-labels, lower case, no IP address' };
      else if (isPublicSuffix(domain)) {
        yield { path, says: `${domain} is a public suffix: strangers have names below it` };
      }
    }
  },
};
