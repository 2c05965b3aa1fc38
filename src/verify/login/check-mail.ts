/**
 * The marked message of a login check: what it says, how it is known again, and whether it came through unchanged.
 */
import { createHash } from 'node:crypto';
import { contentOf, type Entity, headerOf, leavesOf, parseEntity, typeOf } from './mime.ts';

export interface CheckMail {
  /** Random: nobody else can have sent a message with it. */
  readonly id: string;
  /** With CRLF, US-ASCII, lines far below 78 characters: nothing on the way has a reason to touch it. */
  readonly raw: string;
  /** SHA-256 of its body, hex. */
  readonly digest: string;
}

const field = 'x-mailatlas-check';

/**
 * Writes the message from an account to itself.
 * @param id letters and digits, at least 16
 */
export function writeCheckMail({ id, address, at }: { id: string; address: string; at: Date }): CheckMail {
  const body = [
    'This message checks whether mail can be sent and fetched with this account.',
    "It was sent by mailatlas on behalf of the account's owner",
    'and is deleted as soon as it has arrived. If you see it, you may delete it.',
    '',
    `Check: ${id}`,
  ].join('\r\n');
  const digest = bodyDigest(body);
  const head = [
    // The zone of toUTCString, GMT, is obsolete (RFC 5322 section 4.3).
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    `From: <${address}>`,
    `To: <${address}>`,
    `Subject: mailatlas check ${id}`,
    `Message-ID: <${id}@${address.slice(address.lastIndexOf('@') + 1)}>`,
    `X-Mailatlas-Check: ${id}`,
    `X-Mailatlas-Digest: ${digest}`,
    // No answer from a holiday responder (RFC 3834 section 5).
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
    'Content-Transfer-Encoding: 7bit',
  ];
  return { id, digest, raw: `${head.join('\r\n')}\r\n\r\n${body}\r\n` };
}

/** The digest of a body, blind to what servers may do by right: line ends, spaces at ends of lines, empty last lines. */
function bodyDigest(body: string): string {
  const canonical = body
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
  return createHash('sha256').update(canonical, 'latin1').digest('hex');
}

/** Headers that tell what a message is to us; `maybe-bounce` has to be read as a whole. */
export function concerns(head: string, id: string): 'ours' | 'maybe-bounce' | 'no' {
  const entity = parseEntity(head);
  // Exchange drops strangers' fields; the subject comes through everywhere.
  if (headerOf(entity, field) === id) return 'ours';
  if (typeOf(entity) === 'multipart/report') return 'maybe-bounce';
  if (headerOf(entity, 'subject')?.endsWith(`mailatlas check ${id}`)) return 'ours';
  return /mailer-daemon|postmaster/i.test(headerOf(entity, 'from') ?? '') ? 'maybe-bounce' : 'no';
}

/** Whether the body is the one that was sent. Multiparts are looked through: some servers add a part of their own. */
export function isIntact(raw: string, { digest }: Pick<CheckMail, 'digest'>): boolean {
  return leavesOf(parseEntity(raw)).some((leaf: Entity) => bodyDigest(contentOf(leaf)) === digest);
}
