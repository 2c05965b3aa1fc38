/**
 * Evidence that comes from elsewhere: its shape, and how much of it there may be. Every bound is wider than what a probe of
 * ours writes (session.ts, wire.ts), and what has no name here is dropped.
 */
import * as z from 'zod';
import { faultKinds } from '../../net/wire.ts';
import { endpointKey } from '../../provider/model.ts';
import { parseEndpoint } from '../endpoint.ts';
import { type Evidence, greetingKinds, phases } from '../evidence.ts';

/** Characters of the evidence of one probe, as JSON: D1 takes two megabytes a row, and nobody reads a fifth of that. */
export const mostEvidence = 384 * 1024;

/** Whole characters: a probe writes octets as Latin 1, and people read what is said of it. */
const whole = z.string().refine((said) => said.isWellFormed(), 'has half a character');
const word = whole.max(300);
/** A line of a server, or a name in a certificate. */
const text = whole.max(4096);
const words = z.array(word).max(400);
const address = z.string().regex(/^[0-9a-f:.%a-z]{2,60}$/i, 'must be an IP address');
const milliseconds = z.number().min(0).max(86_400_000);

const capabilities = z.object({
  names: words,
  mechanisms: words,
  starttls: z.boolean(),
  login: z.boolean().optional(),
  refused: text.optional(),
  malformed: z.array(text).max(20).optional(),
});

const greeting = z.object({
  kind: z.enum(greetingKinds),
  text,
  protocol: z.enum(['smtp', 'imap', 'pop3', 'http', 'ssh', 'ftp']).optional(),
  apop: z.boolean().optional(),
});

const certificate = z.object({
  subject: text,
  issuer: text,
  commonName: text.optional(),
  names: z.array(text).max(10_000),
  addresses: z.array(word).max(1000),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  serial: word,
  fingerprint: word,
  keyDigest: word,
  key: word,
  signature: word,
});

const attempt = z.object({
  address,
  ms: z.partialRecord(z.enum(phases), milliseconds),
  greeting: greeting.optional(),
  before: capabilities.optional(),
  starttls: z
    .object({ kind: z.enum(['ready', 'temporary', 'permanent', 'garbage']), text, behind: text.optional() })
    .optional(),
  tls: z
    .object({ version: word, cipher: word, chainError: word.optional(), chain: z.array(certificate).max(20) })
    .optional(),
  capabilities: capabilities.optional(),
  fault: z.object({ phase: z.enum(phases), kind: z.enum(faultKinds), detail: text.optional() }).optional(),
  explained: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('plain-greeting'), greeting }),
      z.object({ kind: z.literal('tls-at-once'), version: word }),
      z.object({ kind: z.literal('legacy-tls'), version: word, cipher: word }),
    ])
    .optional(),
  transcript: z.array(z.object({ from: z.enum(['S', 'C', '--']), text })).max(200),
});

/** What one probe of one endpoint saw. */
export const EvidenceShape = z.object({
  endpoint: z.string().max(300).refine(isEndpoint, 'must be an endpoint, as the lease names it'),
  at: z.iso.datetime().describe('When the probe began.'),
  vantage: word.describe('Not read: the token says who looked.'),
  dns: z.object({
    ms: milliseconds,
    addresses: z.array(address).max(500),
    fault: z.enum(['nxdomain', 'nodata', 'servfail', 'timeout']).optional(),
    blocked: z.object({ what: z.enum(['address', 'port']), which: word, because: word }).optional(),
  }),
  attempts: z.array(attempt).max(32),
  skipped: z.array(address).max(500).optional(),
});

/** Evidence, or why it is none: a clause in lower case without a full stop. */
export function readEvidence(value: unknown): Evidence | string {
  const size = JSON.stringify(value)?.length ?? 0;
  if (size > mostEvidence) return `it has more than ${mostEvidence / 1024} KiB`;
  const result = EvidenceShape.safeParse(value);
  if (result.success) return result.data as z.infer<typeof EvidenceShape> & Evidence;
  const [issue] = result.error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
}

/** The evidence itself, or where it is larger than anybody reads, without conversations and then without later addresses. */
export function fitted(evidence: Evidence): Evidence {
  const fits = (one: Evidence) => JSON.stringify(one).length <= mostEvidence;
  if (fits(evidence)) return evidence;
  const [first, ...rest] = evidence.attempts;
  const quiet = {
    ...evidence,
    attempts: [...(first ? [first] : []), ...rest.map((one) => ({ ...one, transcript: [] }))],
  };
  if (fits(quiet)) return quiet;
  for (let kept = quiet.attempts.length - 1; kept > 0; kept--) {
    const attempts = quiet.attempts.slice(0, kept);
    const skipped = [...quiet.attempts.slice(kept).map((one) => one.address), ...(evidence.skipped ?? [])];
    const shorter = { ...quiet, attempts, skipped };
    if (fits(shorter)) return shorter;
  }
  return { ...quiet, attempts: [] };
}

function isEndpoint(key: string): boolean {
  try {
    return endpointKey(parseEndpoint(key)) === key;
  } catch {
    return false;
  }
}
