import { isTemplate } from '../../provider/hosts.ts';
import type { Rule } from '../judge.ts';

/** Host names are constants; only hosters whose customers have their own server may use a template. */
export const hostTemplate: Rule = {
  name: 'host-template',
  level: 'error',
  why: 'A template is filled in from the customer’s MX or domain, so it makes sense only where an MX led here.',
  *check(record) {
    for (const list of ['incoming', 'outgoing', 'services'] as const) {
      for (const [i, { host }] of (record[list] ?? []).entries()) {
        if (host === undefined || !isTemplate(host)) continue;
        if (!record.mx) yield { path: [list, i, 'host'], says: `${host} needs “mx” in the record` };
        else if (record.domains.length > 0) {
          yield {
            path: [list, i, 'host'],
            says: `${host} cannot be filled in for the record’s own domains`,
            tip: 'make two records',
          };
        }
      }
    }
  },
};
