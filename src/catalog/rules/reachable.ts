import type { Rule } from '../judge.ts';

/** A record must be found by something. */
export const reachable: Rule = {
  name: 'reachable',
  level: 'error',
  why: 'A record without domains, MX patterns or a record that names it is never an answer.',
  *check(record, { namedAsAlternative }) {
    if (record.domains.length > 0 || record.mx || namedAsAlternative.has(record.id)) return;
    yield { path: ['domains'], says: 'is empty, there is no “mx”, and no record names this one under “alternatives”' };
  },
};
