/** What the draft's own domains publish about their mail, held against the draft: discover/, asked for a few of them. */

import { compare, type Row } from '../../discover/compare.ts';
import { stateSentences } from '../../discover/compare-sentences.ts';
import type { Discovery } from '../../discover/model.ts';
import type { Domain } from '../../name/domain.ts';
import { before } from '../../net/deadline.ts';
import { literalDomains, withHosts } from '../../provider/hosts.ts';
import type { Provider } from '../../provider/model.ts';
import type { CheckItem, CheckResult, Draft } from '../model.ts';
import { item, judged, result } from './item.ts';

/** Never rejects; undefined where this instance asks nobody. */
export type Discover = (domain: Domain) => Promise<Discovery>;

/** A domain costs two dozen questions. */
const mostDomains = 3;

/** @param base the record that is served: what is new is asked first @param deadline on the clock of `performance.now()` */
export async function checkPublished(
  { record, id }: Draft,
  base: Provider | undefined,
  discover: Discover | undefined,
  deadline: number,
): Promise<CheckResult> {
  if (!record || record.access !== 'open') return result('published', 'passed', 'not-for-kind');
  const own = literalDomains(record) as Domain[];
  if (own.length === 0) return result('published', 'passed', 'published-none');
  if (!discover) return result('published', 'unknown', 'published-here');
  const rank = (domain: Domain) => (domain === id ? 0 : base?.domains.includes(domain) ? 2 : 1);
  const ordered = own.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const asked = await Promise.all(
    ordered.slice(0, mostDomains).map((domain) =>
      before(
        deadline,
        discover(domain).then((seen) => compared(record, domain, seen)),
        [item(domain, 'unknown', 'publishes-unknown')],
      ),
    ),
  );
  const left = ordered.slice(mostDomains).map((domain) => item(domain, 'passed', 'not-asked', { most: mostDomains }));
  return judged('published', [...asked.flat(), ...left], {
    passed: 'published-passed',
    attention: 'published-attention',
    failed: 'published-attention',
    unknown: 'published-unknown',
  });
}

function compared(record: Provider, domain: Domain, seen: Discovery): CheckItem[] {
  const { verdict, sources, rows } = compare(withHosts({ domain, provider: record }), seen);
  const where = sources.map((one) => one.where).join(', ');
  if (verdict === 'differs')
    return rows.filter(({ level }) => level === 'differs').map((row) => difference(domain, row));
  if (verdict === 'unknown') return [item(domain, 'unknown', 'publishes-unknown')];
  return [
    verdict === 'agrees'
      ? item(domain, 'passed', 'publishes-same', { where })
      : item(domain, 'passed', 'publishes-nothing'),
  ];
}

function difference(domain: Domain, { mechanism, service, state, ours = '-', theirs = '-' }: Row): CheckItem {
  const about = `${domain} ${mechanism} ${service}`;
  return item(about, 'attention', 'differs', { domain, service, state: stateSentences[state], ours, theirs });
}
