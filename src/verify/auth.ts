/**
 * A record's claim of sign-in held against what a server says: advertised, contradicted or unverifiable; never “works”,
 * which only a login can show (autoconfig draft, “CAPABILITIES”: what is advertised often does not work). Judged when it is
 * read, for each record: the endpoint's own status does not depend on it.
 */
import type { Auth } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import type { Endpoint } from './endpoint.ts';
import type { Attempt, Evidence } from './evidence.ts';

export type Standing = 'advertised' | 'contradicted' | 'unverifiable';

export interface AuthJudgement {
  readonly auth: Auth;
  readonly standing: Standing;
  /** The mechanisms or commands that stand for it, where it is advertised: `PLAIN LOGIN`. */
  readonly by?: string;
  readonly says: string;
}

type Seen = Pick<Attempt, 'capabilities' | 'greeting' | 'fault'>;
/** The mechanisms that speak for a claim, or how it stands without any. */
type Judge = (seen: Seen & Required<Pick<Attempt, 'capabilities'>>, endpoint: Endpoint) => readonly string[] | Standing;

/** RFC 5802, RFC 7677: SCRAM in all its strengths, with channel binding or not. */
const encrypted = /^(?:CRAM-MD5|DIGEST-MD5|SCRAM-.+)$/;

function offered(pattern: RegExp): Judge {
  return ({ capabilities: { mechanisms, refused } }) => {
    const found = mechanisms.filter((name) => pattern.test(name));
    // POP3 without CAPA: the server does not tell.
    return found.length > 0 ? found : refused === undefined ? 'contradicted' : 'unverifiable';
  };
}

/** Claim -> how it is judged (RFC 9051 section 6.2.2, RFC 5034, RFC 4954; RFC 7628 for OAuth2). */
const judges: Readonly<Record<Auth, Judge>> = {
  'password-cleartext': (seen, endpoint) => {
    const { mechanisms, login, refused } = seen.capabilities;
    const found: string[] = mechanisms.filter((name) => /^(?:PLAIN|LOGIN)$/.test(name));
    // The protocol's own command needs no mechanism: IMAP LOGIN, POP3 USER and PASS.
    if (login === true) found.push(endpoint.protocol === 'imap' ? 'LOGIN command' : 'USER');
    if (found.length > 0) return found;
    return refused === undefined ? 'contradicted' : 'unverifiable';
  },
  'password-encrypted': (seen, endpoint) => (seen.greeting?.apop ? ['APOP'] : offered(encrypted)(seen, endpoint)),
  OAuth2: (seen, endpoint) =>
    // RFC 7628 section 3: TLS is a must.
    endpoint.security === 'none' ? 'contradicted' : offered(/^(?:OAUTHBEARER|XOAUTH2)$/)(seen, endpoint),
  NTLM: offered(/^NTLM$/),
  GSSAPI: offered(/^(?:GSSAPI|GSS-SPNEGO)$/),
  // EXTERNAL is shown only to those who came with a certificate.
  'TLS-client-cert': ({ capabilities: { mechanisms } }) =>
    mechanisms.includes('EXTERNAL') ? ['EXTERNAL'] : 'unverifiable',
  // We are not at that address.
  'client-IP-address': () => 'unverifiable',
  none: ({ greeting }, { protocol }) => {
    if (protocol === 'smtp') return 'unverifiable';
    return greeting?.kind === 'preauth' ? ['PREAUTH'] : 'contradicted';
  },
};

/** How the claims of one server stand, each by itself, in the record's order. */
export function judgeAuth(
  claims: readonly Auth[],
  endpoint: Endpoint,
  evidence: Evidence | undefined,
  language: Language = 'en',
): AuthJudgement[] {
  const seen = evidence?.attempts.find(({ capabilities }) => capabilities !== undefined);
  return claims.map((auth) => {
    const found = seen?.capabilities && judges[auth]({ ...seen, capabilities: seen.capabilities }, endpoint);
    const standing = found === undefined ? 'unverifiable' : typeof found === 'string' ? found : 'advertised';
    const by = typeof found === 'object' ? found.join(' ') : undefined;
    const says = sentences[standing][language](auth, `${endpoint.host}:${endpoint.port}`, by ?? '');
    return { auth, standing, ...(by !== undefined && { by }), says };
  });
}

const sentences: Readonly<Record<Standing, Record<Language, (auth: Auth, where: string, by: string) => string>>> = {
  advertised: {
    en: (auth, where, by) => `${where} offers ${auth} (${by}); whether it works, only a login can show.`,
    de: (auth, where, by) => `${where} bietet ${auth} an (${by}); ob es geht, zeigt nur eine Anmeldung.`,
  },
  contradicted: {
    en: (auth, where) => `${where} does not offer ${auth}, which the record claims. Check the record.`,
    de: (auth, where) => `${where} bietet ${auth} nicht an, obwohl der Eintrag es nennt. Den Eintrag prüfen.`,
  },
  unverifiable: {
    en: (auth, where) => `Whether ${where} takes ${auth} cannot be seen from outside.`,
    de: (auth, where) => `Ob ${where} ${auth} annimmt, ist von außen nicht zu sehen.`,
  },
};
