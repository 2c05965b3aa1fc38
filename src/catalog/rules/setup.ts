import type { Server, SetupStep } from '../../provider/model.ts';
import type { Rule } from '../judge.ts';

/** A set-up step must fit the servers beside it. */
export const setup: Rule = {
  name: 'setup',
  level: 'error',
  why: 'People follow these steps to the letter.',
  *check(record) {
    const steps = record.setup ?? [];
    const servers = [...record.incoming, ...record.outgoing];
    const all = [...servers, ...(record.services ?? []), ...(record.local ?? [])];
    const protocols = new Set<string>(all.map((server) => server.protocol));
    const password = all.some(({ auth }) => auth.includes('password-cleartext') || auth.includes('password-encrypted'));
    for (const [i, step] of steps.entries()) {
      const path = ['setup', i];
      if (step.kind === 'app-password' && record.access === 'open' && !password) {
        yield { path, says: 'asks for an app password, but no server takes a password' };
      }
      const oauth2 = concerned(servers, step).filter(({ auth }) => auth.includes('OAuth2'));
      if (step.when === 'without-oauth2' && oauth2.length === 0) {
        yield { path: [...path, 'when'], says: 'is without-oauth2, but no server lists OAuth2' };
      }
      if (step.kind === 'app-password' && step.when === 'always' && oauth2.length > 0) {
        yield {
          path: [...path, 'when'],
          says: 'is always, but servers list OAuth2',
          tip: 'without-oauth2, or drop OAuth2 from “auth”',
        };
      }
      if (step.kind === 'note' && !step.text) yield { path, says: 'a note needs “text”' };
      if (step.kind === 'bridge' && !record.local) yield { path, says: 'a bridge needs its servers under “local”' };
      for (const [k, protocol] of (step.protocols ?? []).entries()) {
        if (!protocols.has(protocol)) yield { path: [...path, 'protocols', k], says: `there is no ${protocol} server` };
      }
    }
    if (record.local && !steps.some(({ kind }) => kind === 'bridge')) {
      yield { path: ['local'], says: 'needs a set-up step “bridge”' };
    }
  },
};

/** The servers a step speaks of: all, unless it names protocols. */
function concerned(servers: readonly Server[], step: SetupStep): readonly Server[] {
  return servers.filter(({ protocol }) => step.protocols?.includes(protocol) ?? true);
}
