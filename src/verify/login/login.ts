/**
 * The login check: what it finds, how that is judged. Pure; run.ts takes the steps, the `-node` files talk.
 *
 * It answers two questions that no probe can: does a sign-in work with what the record says (evidence level L3), and does
 * a message that is sent arrive (L4).
 */
import type { MessageEntry } from '../../provider/lists.ts';
import { explainMessage } from '../../provider/messages.ts';
import type { EndpointKey, Provider, Server, SignIn } from '../../provider/model.ts';
import type { Capabilities } from '../evidence.ts';
import type { Verdict, Weight } from '../verdict.ts';
import type { Bounce } from './bounce.ts';
import type { Step } from './conversation.ts';
import type { SenderTrace } from './received.ts';

/** Code -> how it counts, in the order of the conversation. A `warning` does not stop anything from working. */
export const loginFindings = {
  'auth.mechanism-missing': 'permanent',
  'auth.oauth-required': 'permanent',
  'auth.app-password': 'permanent',
  'auth.account-locked': 'permanent',
  'auth.failed': 'permanent',
  'auth.temporary': 'transient',
  'send.rejected': 'permanent',
  'send.tempfail': 'transient',
  'fetch.timeout': 'transient',
  'fetch.mismatch': 'permanent',
  'fetch.spam-folder': 'warning',
} as const satisfies Record<string, Weight | 'warning'>;
export type LoginCode = keyof typeof loginFindings;

/** The part of an entry of `data/messages.yml` that a report repeats. */
export type Explanation = Pick<MessageEntry, 'id' | 'meaning' | 'cure'>;

export interface LoginFinding {
  readonly code: LoginCode;
  readonly endpoint: EndpointKey;
  /** The server's words. Absent where nothing was sent to it that it could have refused. */
  readonly heard?: string;
  /** What went wrong on our side of the wire: a connection that broke. */
  readonly fault?: string;
  readonly explained?: Explanation;
  /** SASL mechanisms that are offered, where none of them is ours. */
  readonly offered?: readonly string[];
  /** Seconds, for `fetch.timeout`. */
  readonly waited?: number;
  /** Its name, for `fetch.spam-folder`. */
  readonly folder?: string;
  /** For `send.rejected`: it was taken first, and came back. */
  readonly bounced?: true;
}

/** What is left of a server to be reached by: no templates. */
export type Target = Pick<Server, 'protocol' | 'host' | 'port' | 'security' | 'auth' | 'username'>;

/** One server, as this account saw it. */
export interface Visit {
  readonly endpoint: EndpointKey;
  readonly protocol: Server['protocol'];
  /** The address that was checked and dialled. */
  readonly address?: string;
  /** What the probe of the endpoint said. No password goes where it is not ok. */
  readonly verdict: Pick<Verdict, 'code' | 'ok' | 'says'>;
  /** L2: TLS and capabilities, L3: signed in, L4: a message went through here. Absent where not even the probe was ok. */
  readonly level?: 'L2' | 'L3' | 'L4';
  readonly steps: readonly Step[];
}

/** Where the message was found. */
export interface Arrival {
  readonly endpoint: EndpointKey;
  readonly protocol: 'imap' | 'pop3';
  /** Milliseconds from the server's 250 to the moment it was seen; POP3 is asked after IMAP has it. */
  readonly ms: number;
  readonly folder: string;
  readonly spam: boolean;
  readonly intact: boolean;
  readonly deleted: boolean;
}

/** One marked message. */
export interface Delivery {
  readonly id: string;
  /** The outgoing server that took it. */
  readonly via: EndpointKey;
  /** ISO 8601 */
  readonly at: string;
  readonly arrivals: readonly Arrival[];
  readonly bounce?: Bounce;
  /** Absent where nothing arrived. */
  readonly sender?: SenderTrace;
}

export interface AccountReport {
  readonly address: string;
  /** The id of the record. */
  readonly provider?: string;
  /** When the check began, ISO 8601. */
  readonly at: string;
  readonly outcome: 'works' | 'fails' | 'inconclusive';
  readonly visits: readonly Visit[];
  readonly deliveries: readonly Delivery[];
  readonly findings: readonly LoginFinding[];
  /** A server refused the sign-in here, and no other was tried with this password. */
  readonly stopped?: EndpointKey;
  /** Why nothing was tried at all. */
  readonly skipped?: Skip;
}

/** `unknown`: no record; `closed`: no mail programs; `username`: it does not follow from the address; `dns`: ask again. */
export type Skip = 'unknown' | 'dns' | 'closed' | 'no-servers' | 'username';

/**
 * The servers that are tried, in order: the first kind of incoming server before sending, so that there is somebody to fetch
 * the message; the second kind after it, because it is the one that is often switched off, and a refusal ends the check.
 */
export function planOf({ incoming, outgoing }: Pick<Provider, 'incoming' | 'outgoing'>): {
  readonly before: readonly Server[];
  readonly sending: readonly Server[];
  readonly after: readonly Server[];
} {
  // What is not encrypted gets no password; that it exists is the record's and the probe's business.
  const secure = (servers: readonly Server[]) => servers.filter(({ security }) => security !== 'none');
  const imap = secure(incoming.filter(({ protocol }) => protocol === 'imap'));
  const pop3 = secure(incoming.filter(({ protocol }) => protocol === 'pop3'));
  const sending = secure(outgoing);
  return imap.length > 0 ? { before: imap, sending, after: pop3 } : { before: pop3, sending, after: [] };
}

/** How to sign in with a password: by a SASL mechanism, or the protocol's own command (IMAP LOGIN, POP3 USER). */
export type Way = 'PLAIN' | 'LOGIN' | 'CRAM-MD5' | 'command';

/** The mechanisms that we can, in the order in which we like them. */
const mechanisms = { imap: ['PLAIN', 'LOGIN'], pop3: ['PLAIN'], smtp: ['PLAIN', 'LOGIN', 'CRAM-MD5'] } as const;

/**
 * Chooses how to sign in, or says why there is no way; then nothing secret is sent. What is not offered is not tried:
 * a client that tries anyway either fails, or believes to be signed in where nobody asked it who it is.
 * @param capabilities within TLS; absent where the server does not tell (POP3 without CAPA)
 */
export function chooseWay(
  { protocol, auth }: Pick<Target, 'protocol' | 'auth'>,
  capabilities: Pick<Capabilities, 'mechanisms' | 'login' | 'refused'> | undefined,
):
  | { readonly way: Way }
  | { readonly code: 'auth.mechanism-missing' | 'auth.oauth-required'; readonly offered: string[] } {
  const offered = [...(capabilities?.mechanisms ?? [])];
  // The record says that no password is taken here: to try would be a failed sign-in on the account.
  if (!auth.some((method) => method.startsWith('password-'))) return { code: 'auth.oauth-required', offered };
  const mechanism = mechanisms[protocol].find((name) => offered.includes(name));
  if (mechanism !== undefined) return { way: mechanism };
  // RFC 1939 section 7: USER and PASS are as old as POP3, and a server without CAPA cannot list them.
  const unasked = protocol === 'pop3' && (capabilities === undefined || capabilities.refused !== undefined);
  if (capabilities?.login || unasked) return { way: 'command' };
  const oauth = offered.some((name) => name === 'XOAUTH2' || name === 'OAUTHBEARER');
  return { code: oauth ? 'auth.oauth-required' : 'auth.mechanism-missing', offered };
}

/** What helps -> what was wrong, where the open list of messages knows the server's words. */
const byCure: Partial<Record<MessageEntry['cure'], LoginCode>> = {
  'app-password': 'auth.app-password',
  oauth2: 'auth.oauth-required',
  unlock: 'auth.account-locked',
  wait: 'auth.temporary',
};

/** RFC 9051 and 5530 (IMAP), RFC 2449 and 3206 (POP3), RFC 4954 section 6 (SMTP): what passes by itself. */
const passes =
  /^\S* ?(?:NO|BAD|BYE) \[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|^-ERR \[(?:SYS\/TEMP|IN-USE|LOGIN-DELAY)\]/i;

/** What a refused sign-in means. */
export function judgeRefusal(
  heard: string,
  explained: Pick<Explanation, 'cure'> | undefined,
): Extract<LoginCode, `auth.${string}`> {
  if (/^4\d\d/.test(heard) || passes.test(heard)) return 'auth.temporary';
  const known = explained && byCure[explained.cure];
  if (known?.startsWith('auth.')) return known as Extract<LoginCode, `auth.${string}`>;
  // RFC 4954 section 6: 534 the mechanism is too weak, which is how an app password is asked for; 504 it is unknown.
  if (heard.startsWith('534')) return 'auth.app-password';
  if (/^(?:504|503|502)/.test(heard)) return 'auth.mechanism-missing';
  if (/\[(?:EXPIRED|CONTACTADMIN)\]/i.test(heard)) return 'auth.account-locked';
  return 'auth.failed';
}

/** What a refused message means: 4yz may pass, 5yz does not (RFC 5321 section 4.2.1). */
export function judgeSending(heard: string | undefined): 'send.rejected' | 'send.tempfail' {
  return heard?.startsWith('5') ? 'send.rejected' : 'send.tempfail';
}

/** Explains a server's words by the open list. */
export function explain(
  messages: readonly MessageEntry[],
  heard: string,
  at: { protocol: 'imap' | 'pop3' | 'smtp'; provider: string },
): { explained?: Explanation } {
  const entry = explainMessage(messages, heard, at);
  return entry ? { explained: { id: entry.id, meaning: entry.meaning, cure: entry.cure } } : {};
}

/** An account works when nothing is wrong but warnings; what may pass by itself decides nothing. */
export function outcomeOf(visits: readonly Visit[], findings: readonly LoginFinding[]): AccountReport['outcome'] {
  const weights = findings.map(({ code }) => loginFindings[code]).filter((weight) => weight !== 'warning');
  if (weights.includes('permanent')) return 'fails';
  if (weights.length > 0 || visits.length === 0) return 'inconclusive';
  return visits.every(({ verdict }) => verdict.ok) ? 'works' : 'fails';
}

/** The endpoints that took a password, each with the highest level that it reached. */
export function signInsOf(reports: readonly AccountReport[]): Map<EndpointKey, SignIn> {
  const worked = new Map<EndpointKey, SignIn>();
  for (const { at, visits } of reports)
    for (const { endpoint, level } of visits)
      if (level === 'L4' || (level === 'L3' && worked.get(endpoint)?.level !== 'L4'))
        worked.set(endpoint, { at, level });
  return worked;
}
