import { hasTemplates, literalDomains } from '../../provider/hosts.ts';
import { speaksFor } from '../../provider/parties.ts';
import type { Rule } from '../judge.ts';

/** The file of a provider that is followed is its own, and there is somebody to ask for it. */
export const follow: Rule = {
  name: 'follow',
  level: 'error',
  why: 'What is followed proposes where passwords go: it must be the provider’s own word.',
  *check(record) {
    if (!record.follow) return;
    const path = ['follow'];
    if (record.access !== 'open') yield { path, says: 'there are no servers to follow', tip: 'only with access: open' };
    if (literalDomains(record).length === 0)
      yield {
        path,
        says: 'no domain of the record can be asked',
        tip: 'a record without domains of its own follows nothing',
      };
    if (hasTemplates(record)) yield { path, says: 'hosts that differ from customer to customer cannot be followed' };
    const { url } = record.follow;
    if (url !== undefined && !speaksFor(new URL(url).hostname, record))
      yield {
        path: [...path, 'url'],
        says: `${new URL(url).hostname} is neither the provider’s nor its operator’s`,
        tip: 'a file of the provider, or of its “operator”',
      };
  },
};
