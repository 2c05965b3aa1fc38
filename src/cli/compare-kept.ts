/** What `compare` keeps in a server's database, and reads there. */
import type { Comparison, Row } from '../discover/compare.ts';
import type { Discovery } from '../discover/model.ts';
import type { Domain } from '../name/domain.ts';
import type { Provider } from '../provider/model.ts';
import { type PastComparison, putComparison, readNewestComparisons } from '../store/seen/comparisons.ts';
import { openSqlite } from '../store/sqlite.ts';
import { comparisonOf, nextDue } from '../verify/comparing.ts';
import { note } from './say.ts';

export interface Kept {
  keep(record: Provider, discovery: Discovery): Promise<void>;
  /** The newest conclusive comparisons: of these domains, or of all. */
  newest(domains?: readonly Domain[]): Promise<Comparison[]>;
  close(): void;
}

/** @throws {StoreError} where the file cannot be used */
export function openKept(file: string): Kept {
  const store = openSqlite(file, note);
  return {
    async keep(record, discovery) {
      const result = comparisonOf(record, discovery);
      await store.atomically(putComparison(store.db, result, nextDue(result, Date.now(), Math.random)));
    },
    async newest(domains) {
      const all = await readNewestComparisons(store.db);
      return all.filter(({ domain }) => !domains || domains.includes(domain)).map(comparisonFrom);
    },
    close: () => store.close(),
  };
}

/** What is the same on both sides was not kept. */
function comparisonFrom({ domain, record, verdict, sources, differences }: PastComparison): Comparison {
  return { domain, record, verdict, sources: sources as Comparison['sources'], rows: differences as readonly Row[] };
}
