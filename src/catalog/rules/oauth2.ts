import type { Rule } from '../judge.ts';

/** OAuth2 as a sign-in method and the block that says where go together. */
export const oauth2: Rule = {
  name: 'oauth2',
  level: 'error',
  why: 'A client that is told OAuth2 must be told where; a block nobody refers to is dead.',
  *check(record) {
    const servers = [...record.incoming, ...record.outgoing, ...(record.services ?? [])];
    const using = servers.filter((server) => server.auth.includes('OAuth2'));
    if (using.length > 0 && !record.oauth2) {
      yield {
        path: ['oauth2'],
        says: 'is missing, but servers list OAuth2',
        tip: 'add endpoints and scopes, or drop OAuth2 from “auth”',
      };
    }
    if (using.length === 0 && record.oauth2) yield { path: ['oauth2'], says: 'no server lists OAuth2' };
    const scopes = record.oauth2?.scopes;
    if (!scopes) return;
    for (const protocol of new Set(using.map((server) => server.protocol))) {
      if (scopes[protocol] === undefined)
        yield { path: ['oauth2', 'scopes'], says: `there is no scope for ${protocol}` };
    }
  },
};
