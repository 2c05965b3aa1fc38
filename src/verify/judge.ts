/**
 * Evidence, judged: what the endpoint itself shows, whatever any record claims of sign-in. Pure.
 *
 * The findings of one connection stand in the order of the conversation. The first that fails decides; where none fails, the
 * first that is inconclusive; where there is none at all, it works. Of several addresses those that are conclusive count:
 * if one works, the endpoint works, and a warning names those that do not.
 */
import type { Language } from '../provider/phrases.ts';
import { certificateFindings, certificateWarnings, type Seen } from './certificate.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import type { Attempt, Capabilities, Evidence, Fault, Greeting } from './evidence.ts';
import { sayFinding, sayOk, sayWarning } from './sentences.ts';
import { tlsFinding } from './tls-reasons.ts';
import { type FindingCode, findings, type Said, type Verdict, type WarningCode } from './verdict.ts';

/** @param now certificates are judged by this clock, not by the day of the evidence */
export function judge(evidence: Evidence, now: Date, language: Language = 'en'): Verdict {
  const endpoint = parseEndpoint(evidence.endpoint);
  const judged = evidence.attempts.map((attempt) => ({ attempt, found: findingsOf(attempt, endpoint, now) }));
  const conclusive = judged.filter(({ found }) => found.length === 0 || found.some(fails));
  const working = conclusive.filter(({ found }) => found.length === 0);
  const decisive = working[0] ?? conclusive[0] ?? judged[0];
  const found = decisive?.found ?? resolutionFindings(evidence);
  const main = found.find(fails) ?? found[0];

  const say = ({ code, seen }: Seen<FindingCode>): Said<FindingCode> => ({
    code,
    says: sayFinding(code, { endpoint, address: decisive?.attempt.address, seen }, language),
  });
  const failing = working.length > 0 ? conclusive.filter((one) => !working.includes(one)) : [];
  const warnings = [
    ...(failing.length > 0 ? [{ code: 'address.some-fail' as const, seen: sayAddresses(failing) }] : []),
    ...working.flatMap(({ attempt }) => warningsOf(attempt, endpoint, now)),
  ];
  return {
    code: main?.code ?? 'ok',
    ok: main === undefined,
    outcome: main === undefined ? 'works' : fails(main) ? 'fails' : 'inconclusive',
    says: main === undefined ? sayOk({ endpoint, tls: decisive?.attempt.tls }, language) : say(main).says,
    also: found.filter((finding) => finding !== main).map(say),
    // One of a kind: eight addresses of one host show one certificate.
    warnings: warnings
      .filter(({ code }, i) => warnings.findIndex((other) => other.code === code) === i)
      .map(({ code, seen }) => ({ code, says: sayWarning(code, { endpoint, seen }, language) })),
  };
}

function fails({ code }: Seen<FindingCode>): boolean {
  return findings[code] !== 'inconclusive';
}

function sayAddresses(failing: readonly { attempt: Attempt; found: readonly Seen<FindingCode>[] }[]): string {
  return failing
    .map(({ attempt, found }) => `${attempt.address} (${(found.find(fails) ?? found[0])?.code ?? ''})`)
    .join(', ');
}

/** What there is to say where no address was dialled. */
function resolutionFindings({ dns }: Evidence): Seen<FindingCode>[] {
  if (dns.blocked?.what === 'port') return [{ code: 'policy.port', seen: dns.blocked.which }];
  if (dns.blocked) return [{ code: 'policy.blocked-address', seen: `${dns.blocked.which} (${dns.blocked.because})` }];
  // No time was left to dial anything: the name servers took it.
  return [{ code: `dns.${dns.fault ?? 'timeout'}`, seen: '' }];
}

/** Everything that is wrong with one connection, in the order of the conversation. */
function findingsOf(attempt: Attempt, endpoint: Endpoint, now: Date): Seen<FindingCode>[] {
  const { fault, tls, greeting, starttls, explained } = attempt;
  const found: Seen<FindingCode>[] = [];
  const add = (code: FindingCode | undefined, seen = '') => {
    if (code !== undefined) found.push({ code, seen });
  };
  const certificate = () => {
    if (tls) found.push(...certificateFindings(tls, endpoint.host, now));
  };
  const at = (phase: Fault['phase']) => (fault?.phase === phase ? fault : undefined);

  if (at('connect')) add(connectFinding(attempt), fault?.detail);
  if (endpoint.security === 'tls') {
    if (at('tls') && fault) found.push(...tlsFault(fault, explained));
    certificate();
  }
  if (at('greeting') && fault) found.push(greetingFault(fault, explained));
  if (greeting) found.push(...greetingFindings(greeting, explained));
  if (at('capabilities') && fault) found.push(capabilityFault(fault, tls !== undefined));
  found.push(...refusals(attempt, endpoint));
  if (endpoint.security === 'starttls') {
    if (attempt.before && !attempt.before.starttls && !starttls && attempt.before.refused === undefined)
      add('starttls.missing', attempt.before.names.join(' '));
    if (at('starttls')) add('starttls.broken', sayFault(fault));
    if (starttls) found.push(...starttlsFindings(starttls));
    // No TLS where TLS was agreed on; what kind of failure it was is told beside it.
    if (at('tls') && fault) found.push(...afterStartTls(fault, explained));
    certificate();
  }
  // Whatever was overlooked above: without TLS nothing works that promises it.
  if (found.length === 0 && endpoint.security !== 'none' && !tls) add('starttls.missing');
  return found;
}

/** This machine itself has no address or no network to call from. */
const noWayOut: ReadonlySet<string | undefined> = new Set(['EADDRNOTAVAIL', 'ENETDOWN']);

function connectFinding({ fault, address }: Attempt): FindingCode {
  switch (fault?.kind) {
    case 'refused':
      return 'tcp.refused';
    case 'timeout':
    case 'deadline':
      return 'tcp.timeout';
    case 'reset':
      return 'tcp.reset';
    case 'unreachable':
      // Most machines without IPv6 of their own learn it here, and it says nothing of the server. By IPv4 a router on the
      // way may say ENETUNREACH, too.
      if (address.includes(':') && (noWayOut.has(fault.detail) || fault.detail === 'ENETUNREACH')) return 'tcp.no-ipv6';
      return noWayOut.has(fault.detail) ? 'tcp.failed' : 'tcp.unreachable';
    default:
      return 'tcp.failed';
  }
}

function tlsFault(fault: Fault, explained: Attempt['explained']): Seen<FindingCode>[] {
  if (explained?.kind === 'plain-greeting') {
    // The server did not want us at all: that says nothing of TLS (sslscan #316).
    const refused = greetingFindings(explained.greeting).filter(({ code }) => /^limit\.|tempfail/.test(code));
    return refused.length > 0 ? refused : [{ code: 'tls.plaintext-on-tls-port', seen: explained.greeting.text }];
  }
  const legacy = explained?.kind === 'legacy-tls' ? `${explained.version} ${explained.cipher}` : undefined;
  return [{ code: tlsFinding(fault, legacy), seen: legacy ?? sayFault(fault) }];
}

function afterStartTls(fault: Fault, explained: Attempt['explained']): Seen<FindingCode>[] {
  const [finding] = tlsFault(fault, explained);
  const code = finding?.code;
  if (!finding || code === 'tls.plaintext-on-tls-port' || code === 'tls.closed' || code === 'tls.timeout')
    return [{ code: 'starttls.broken', seen: sayFault(fault) }];
  return [finding];
}

function greetingFault(fault: Fault, explained: Attempt['explained']): Seen<FindingCode> {
  const seen = sayFault(fault);
  if (explained?.kind === 'tls-at-once') return { code: 'tls.tls-on-plaintext-port', seen: explained.version };
  // TLS 1.3: a server that wants our certificate says so only after the handshake (RFC 8446 section 4.4.2.4).
  if (fault.kind === 'tls') return { code: tlsFinding(fault, undefined), seen };
  if (fault.kind === 'too-long') return { code: 'greeting.too-long', seen };
  return { code: fault.kind === 'timeout' || fault.kind === 'deadline' ? 'greeting.timeout' : 'greeting.closed', seen };
}

/** What a server means that lets us in no further; by its words, since the codes are the same. */
const limits: readonly (readonly [code: FindingCode, words: RegExp])[] = [
  [
    'limit.connections',
    /too many (?:\w+ ){0,4}connections|connection (?:count )?limit|max(?:imum)? (?:number of )?connections|\[LIMIT\]/i,
  ],
  ['limit.greylist', /gr[ea]y-?list/i],
  ['limit.blocked', /block|black-?list|deny-?list|banned|spamhaus|\brbl\b|dnsbl|reputation|abuse|access denied/i],
  ['limit.rate', /throttl|\brate\b|too (?:many|fast|often|frequent)|slow down|exceeded/i],
];

function greetingFindings(greeting: Greeting, explained?: Attempt['explained']): Seen<FindingCode>[] {
  const { kind, text } = greeting;
  switch (kind) {
    case 'ready':
      return [];
    case 'preauth':
      return [{ code: 'greeting.preauth', seen: text }];
    case 'wrong-protocol':
      return [{ code: 'greeting.wrong-protocol', seen: `${greeting.protocol?.toUpperCase() ?? ''}: ${text}` }];
    case 'garbage':
      return explained?.kind === 'tls-at-once'
        ? [{ code: 'tls.tls-on-plaintext-port', seen: explained.version }]
        : [{ code: 'greeting.garbage', seen: text }];
    default: {
      const limit = limits.find(([, words]) => words.test(text))?.[0];
      return [{ code: limit ?? (kind === 'temporary' ? 'greeting.tempfail' : 'greeting.rejected'), seen: text }];
    }
  }
}

function capabilityFault(fault: Fault, secure: boolean): Seen<FindingCode> {
  const seen = sayFault(fault);
  if (fault.kind === 'tls' && secure) return { code: tlsFinding(fault, undefined), seen };
  if (fault.kind === 'too-long') return { code: 'caps.too-long', seen };
  return { code: fault.kind === 'timeout' || fault.kind === 'deadline' ? 'caps.timeout' : 'caps.closed', seen };
}

/** A server that does not answer what every client asks first. POP3's CAPA is optional (RFC 2449 section 5). */
function refusals({ before, capabilities }: Attempt, { protocol }: Endpoint): Seen<FindingCode>[] {
  const refused = capabilities?.refused ?? before?.refused;
  if (refused === undefined || protocol === 'pop3') return [];
  const limit = limits.find(([, words]) => words.test(refused))?.[0];
  if (limit !== undefined) return [{ code: limit, seen: refused }];
  // RFC 5530 section 3 for IMAP; a BYE in the place of an answer is a server that goes down.
  if (/^(?:4|BYE\b|NO \[UNAVAILABLE\])/i.test(refused)) return [{ code: 'greeting.tempfail', seen: refused }];
  return [{ code: protocol === 'smtp' ? 'ehlo.rejected' : 'caps.rejected', seen: refused }];
}

function starttlsFindings({ kind, text, behind }: NonNullable<Attempt['starttls']>): Seen<FindingCode>[] {
  if (kind === 'temporary') return [{ code: 'starttls.tempfail', seen: text }];
  if (kind !== 'ready') return [{ code: 'starttls.refused', seen: text }];
  if (behind === undefined) return [];
  // Courier takes its OK back in plain text when its TLS is broken; nobody injects a refusal.
  const withdrawn = /^(?:a2 (?:NO|BAD)\b|[45]\d\d[ -]|-ERR\b)/i.test(behind);
  return [{ code: withdrawn ? 'starttls.broken' : 'starttls.injected', seen: behind.trim() }];
}

function sayFault(fault: Fault | undefined): string {
  return fault ? [fault.kind, fault.detail].filter((part) => part !== undefined).join(': ') : '';
}

const plaintextMechanisms: ReadonlySet<string> = new Set(['PLAIN', 'LOGIN']);

function warningsOf(attempt: Attempt, { security, protocol }: Endpoint, now: Date): Seen<WarningCode>[] {
  const { tls, before, capabilities, fault } = attempt;
  const warnings: Seen<WarningCode>[] = [];
  const add = (code: WarningCode, seen = '') => warnings.push({ code, seen });
  if (tls) warnings.push(...certificateWarnings(tls, now));
  if (security === 'none') add('security.none', before?.starttls ? 'STARTTLS' : '');
  if (capabilities?.refused !== undefined) add('caps.unknown', capabilities.refused);
  const malformed = capabilities?.malformed ?? before?.malformed;
  if (malformed) add('caps.malformed', malformed[0]);
  // RFC 3207 section 4.2: the server must not offer it again.
  if (tls && capabilities?.starttls) add('starttls.offered-again');
  if (before && security === 'starttls' && offersPlaintext(before, protocol)) add('auth.plaintext-offered');
  if (fault?.phase === 'quit') add('quit.impolite', sayFault(fault));
  return warnings;
}

/** RFC 4954 section 4, RFC 9051 section 6.2.3, RFC 2595 section 2.1: no password in the open where TLS can be had. */
function offersPlaintext({ mechanisms, login }: Capabilities, protocol: Endpoint['protocol']): boolean {
  return mechanisms.some((name) => plaintextMechanisms.has(name)) || (protocol !== 'smtp' && login === true);
}
