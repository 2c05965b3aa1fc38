/** What routes ask of the store, wherever it is. */

import type { Store } from '../../store/db.ts';
import { readChanges, readRevisions, traceRevisions } from '../../store/revisions.ts';
import { readComparisons, readNewestComparisons, readPublishersDue } from '../../store/seen/comparisons.ts';
import { readDays } from '../../store/seen/days.ts';
import { readDueAt, readHistory, readLastEvidence } from '../../store/seen/history.ts';
import { readQuarantineHistory } from '../../store/seen/quarantine.ts';
import { readTransitions } from '../../store/seen/transitions.ts';
import { readVitals } from '../../store/seen/vitals.ts';
import { authenticate } from '../../store/tokens.ts';
import type { Deps } from './served.ts';

export function fromStore(
  store: Store,
): Pick<Deps, 'revisions' | 'changes' | 'vitals' | 'history' | 'news' | 'authenticate'> {
  const { db } = store;
  return {
    authenticate: (secret, role) => authenticate(store, secret, role, new Date().toISOString()),
    revisions: (id, limit) => readRevisions(db, id, limit),
    changes: (since, limit) => readChanges(db, since, limit),
    vitals: () => readVitals(db, new Date().toISOString()),
    history: {
      checks: (keys, page) => readHistory(db, keys, page),
      evidence: (keys) => readLastEvidence(db, keys),
      due: (keys) => readDueAt(db, keys),
      days: (since) => readDays(db, since),
      comparisons: (record, page) => readComparisons(db, record, page),
      compared: (record) => readNewestComparisons(db, record),
      asked: (domains) => readPublishersDue(db, domains),
    },
    news: {
      revisions: (limit, id) => traceRevisions(db, limit, id),
      transitions: (limit, keys) => readTransitions(db, limit, keys),
      quarantine: (limit, names) => readQuarantineHistory(db, limit, names),
    },
  };
}
