import type { Rule } from '../judge.ts';

/** A record either leads to servers or says why it cannot. */
export const access: Rule = {
  name: 'access',
  level: 'error',
  why: '“No access” is an answer that people act on: it needs a source, and no half of a configuration beside it.',
  *check(record, { exists }) {
    const { incoming, outgoing, restriction } = record;
    if (record.access === 'open') {
      const tip = 'a mail client needs both';
      if (incoming.length === 0) yield { path: ['incoming'], says: 'is empty, but access is open', tip };
      if (outgoing.length === 0) yield { path: ['outgoing'], says: 'is empty, but access is open', tip };
      if (restriction) yield { path: ['restriction'], says: 'is for access none or closed' };
      if (record.local) yield { path: ['local'], says: 'a bridge is for access none' };
      return;
    }
    if (incoming.length + outgoing.length > 0) {
      yield {
        path: ['access'],
        says: `is ${record.access}, but there are servers`,
        tip: 'servers of a bridge go under “local”',
      };
    }
    if (!restriction) {
      yield {
        path: ['access'],
        says: `is ${record.access} without “restriction”`,
        tip: 'say since when and who says so',
      };
    } else if (record.access === 'closed' && restriction.since === undefined) {
      yield { path: ['restriction'], says: 'lacks “since”: the day the service ended' };
    }
    const successor = restriction?.successor;
    if (successor !== undefined && !exists(successor)) {
      yield { path: ['restriction', 'successor'], says: `there is no record ${successor}` };
    }
  },
};
