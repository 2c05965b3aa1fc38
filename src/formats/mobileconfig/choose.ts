/**
 * What of a record a configuration profile can say: one server to fetch mail from and one to send through, by IMAP before
 * POP3 and in the record's own order otherwise.
 *
 * Apple's Mail has one switch for TLS, and the port decides how it begins: with TLS at once on 993, 995 and 465, with
 * STARTTLS on 143, 110 and 587 (iCloud itself sends through 587 so). On another port nobody knows what it would do; such
 * servers are left out, and so is everything without TLS. A server that does the other thing on one of these ports fails,
 * but is never spoken to without TLS.
 */

import type { CurrentProvider } from '../../provider/current.ts';
import type { Server } from '../../provider/model.ts';
import { imapFirst } from '../../provider/rank.ts';
import { type EmailAuth, emailAuth, ports } from './vocabulary.ts';

/** A server and how the profile says its sign-in. */
export interface Chosen<S extends Server = Server> {
  readonly server: S;
  readonly auth: EmailAuth;
}

export interface Pair {
  readonly incoming: Chosen;
  readonly outgoing: Chosen;
}

/** Why there is no profile. */
export const refusals = ['no-access', 'oauth2-only', 'sign-in', 'security', 'no-server'] as const;
export type Refusal = (typeof refusals)[number];

/** The servers for a profile, or why there is none. */
export function choose({ access, incoming, outgoing }: CurrentProvider): Pair | Refusal {
  if (access !== 'open') return 'no-access';
  const fetch = first(imapFirst(incoming));
  if (typeof fetch === 'string') return fetch;
  const send = first(outgoing);
  return typeof send === 'string' ? send : { incoming: fetch, outgoing: send };
}

function first(servers: readonly Server[]): Chosen | Refusal {
  if (servers.length === 0) return 'no-server';
  const secure = servers.filter(
    ({ protocol, security, port }) => security !== 'none' && ports[protocol][security] === port,
  );
  if (secure.length === 0) return 'security';
  const able = secure.flatMap((server) => {
    const auth = emailAuthOf(server);
    return auth === undefined ? [] : [{ server, auth }];
  });
  const [best] = able.toSorted((a, b) => preferred.indexOf(a.auth) - preferred.indexOf(b.auth));
  if (best) return best;
  return secure.every(({ auth }) => auth.every((method) => method === 'OAuth2')) ? 'oauth2-only' : 'sign-in';
}

/** Everybody has a password; without sign-in, a server knows people by their network and works nowhere else. */
const preferred: readonly EmailAuth[] = ['EmailAuthPassword', 'EmailAuthNTLM', 'EmailAuthNone'];

/** The best method that a profile can say; without sign-in only to send, and only where the server knows nothing else. */
function emailAuthOf({ protocol, auth }: Server): EmailAuth | undefined {
  const said = new Set(auth.map((method) => emailAuth[method]));
  const best = preferred.find((method) => said.has(method));
  return best === 'EmailAuthNone' && (protocol !== 'smtp' || said.size > 1) ? undefined : best;
}
