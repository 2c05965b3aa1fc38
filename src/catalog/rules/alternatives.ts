import type { Rule } from '../judge.ts';

/** A record that is named must exist. */
export const alternatives: Rule = {
  name: 'alternatives',
  level: 'error',
  why: 'An alternative that leads nowhere helps nobody.',
  *check(record, { exists }) {
    for (const [i, { provider }] of (record.alternatives ?? []).entries()) {
      const path = ['alternatives', i, 'provider'];
      if (provider === record.id) yield { path, says: 'is this record itself' };
      else if (!exists(provider)) yield { path, says: `there is no record ${provider}` };
    }
  },
};
