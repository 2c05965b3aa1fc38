/**
 * E-mail addresses as people type them. Only the domain is ever looked up; the local part stays with the caller and is
 * used for nothing but filling in user names (it is never lower-cased or normalised: RFC 5321 section 2.4).
 */
import { type Domain, NameError, parseDomain } from './domain.ts';

/** What somebody typed: an address, or a domain alone (`local` undefined). */
export interface Address {
  readonly local?: string;
  readonly domain: Domain;
}

/** RFC 5321 section 4.5.3.1.1, in octets. */
const maxLocalOctets = 64;
/** RFC 5321 section 4.5.3.1.3: a path of 256 octets, angle brackets included. */
const maxOctets = 254;
/** A path of 254 octets plus a scheme, brackets, a display name and IDN overhead. Anything longer is nonsense. */
const maxInput = 2048;

/**
 * Parses an address or a domain. Tolerates spaces around it, `mailto:` with its query, angle brackets with a display
 * name, and any case; the domain is what follows the last `@`, because a quoted local part may contain one.
 * @throws {NameError} with a sentence that says what is wrong
 */
export function parseAddress(text: string): Address {
  if (text.length > maxInput) throw new NameError('too-long', 'That is too long for an e-mail address.');
  const bare = unwrap(text.trim());
  const at = bare.lastIndexOf('@');
  if (at < 0) return { domain: parseDomain(bare) };
  const domainText = bare.slice(at + 1).trim();
  if (domainText === '') throw new NameError('no-domain', 'The address ends with “@”: the domain is missing.');
  if (domainText.startsWith('[')) {
    throw new NameError('ip-address', 'The address names a machine by its IP address, not a mail domain.');
  }
  const domain = parseDomain(domainText);
  const local = bare.slice(0, at);
  if (local === '') return { domain };
  if (octets(local) + 1 + domain.length > maxOctets && octets(local) <= maxLocalOctets) {
    throw new NameError('too-long', 'The address is longer than 254 octets.');
  }
  return { local: checkedLocal(local), domain };
}

/** Takes `mailto:` (RFC 6068) and a display name with angle brackets (RFC 5322 section 3.4) away. */
function unwrap(text: string): string {
  const bracketed = /<([^<>]*)>\s*$/.exec(text)?.[1];
  const inner = (bracketed ?? text).trim();
  const mailto = /^mailto:/i.exec(inner);
  if (!mailto) return inner;
  const target = inner.slice(mailto[0].length).split('?')[0] ?? '';
  try {
    return decodeURIComponent(target).trim();
  } catch {
    throw new NameError('bad-character', 'The mailto: link has a “%” that encodes nothing.');
  }
}

function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** An atom or quoted string is not taken apart: what a server calls a mailbox is the server's business. */
function checkedLocal(local: string): string {
  if (octets(local) > maxLocalOctets) {
    throw new NameError('bad-local-part', 'The part before “@” is longer than 64 octets.');
  }
  if (/[\p{Cc}\p{Cs}]/u.test(local)) {
    throw new NameError('bad-local-part', 'The part before “@” contains a control character.');
  }
  if (/[\s@<>]/.test(local) && !/^".*"$/s.test(local)) {
    throw new NameError(
      'bad-local-part',
      'The part before “@” contains a space, “<”, “>” or another “@” without quotation marks.',
    );
  }
  return local;
}
