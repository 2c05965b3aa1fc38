/**
 * Domain names, parsed once at the border and compared only as parsed values.
 *
 * The lookup key of mailatlas is the lower-case A-label form without a trailing dot: `straße.de`, `STRASSE.DE.` and
 * `xn--strae-oqa.de` are strings, a {@link Domain} is the one key. The mapping is UTS 46, non-transitional, as the
 * WHATWG URL parser does it on Node and on Workers alike; that parser does not apply STD3 rules or the DNS length
 * limits, so those are checked here (RFC 1035 section 2.3.4, RFC 5890 section 2.3.1).
 */

/** A host or mail domain: lower case, A-labels, at least two labels, no trailing dot. Made only by {@link parseDomain}. */
export type Domain = string & { readonly __brand: 'Domain' };

/** Why a text is not a domain. `code` is stable, `message` is a sentence for people. */
export class NameError extends Error {
  override readonly name = 'NameError';
  readonly code: NameFault;
  constructor(code: NameFault, message: string) {
    super(visible(message));
    this.code = code;
  }
}

export type NameFault =
  | 'empty'
  | 'too-long'
  | 'label-too-long'
  | 'empty-label'
  | 'bad-character'
  | 'bad-hyphen'
  | 'bad-idn'
  | 'single-label'
  | 'ip-address'
  | 'no-domain'
  | 'bad-local-part';

const maxOctets = 253;
const maxLabelOctets = 63;
/** Longest text that is looked at: an IDN may have four octets a character and still be valid. */
const maxInput = 1024;

/**
 * Parses a domain as people type it: any case, U-labels or A-labels, one trailing dot, spaces around it.
 * @throws {NameError} with the reason, naming the offending label
 */
export function parseDomain(text: string): Domain {
  const typed = text.trim().replace(/[.。．｡]$/u, '');
  if (typed === '') throw new NameError('empty', 'The domain is empty.');
  if (typed.length > maxInput) throw new NameError('too-long', 'The domain is longer than 253 characters.');
  const ascii = isPlainAscii(typed) ? typed.toLowerCase() : toAscii(typed);
  return checked(ascii);
}

/** The domain of a text, or undefined where it is none. For places where a bad name simply does not match. */
export function domainOrUndefined(text: string): Domain | undefined {
  try {
    return parseDomain(text);
  } catch {
    return undefined;
  }
}

/** True where the text is already in the form that {@link parseDomain} returns. */
export function isCanonicalDomain(text: string): text is Domain {
  return domainOrUndefined(text) === text;
}

/** The name and each of its parents down to two labels, longest first: a.b.example -> a.b.example, b.example. */
export function withParents(domain: Domain): Domain[] {
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_, i) => labels.slice(i).join('.') as Domain);
}

/** True where `domain` is `ancestor` or stands below it. */
export function isAtOrBelow(domain: Domain, ancestor: string): boolean {
  return domain === ancestor || domain.endsWith(`.${ancestor}`);
}

/** ASCII needs no mapping but lower case. An A-label is taken as it is: one that encodes nothing is in no atlas. */
function isPlainAscii(text: string): boolean {
  return /^\p{ASCII}*$/u.test(text);
}

/** UTS 46 ToASCII by the platform's URL parser, which percent-decodes hosts first: `%` is refused before it sees it. */
function toAscii(text: string): string {
  const bad = /[\p{Cc}\s%/?#@:\\[\]<>^|]/u.exec(text);
  if (bad) throw badCharacter(bad[0], text);
  const url = URL.parse(`http://${text}/`);
  if (!url)
    throw new NameError('bad-idn', `“${text.slice(0, 80)}” is not a valid internationalised domain name (UTS 46).`);
  return url.hostname;
}

function checked(ascii: string): Domain {
  if (ascii.length > maxOctets) throw new NameError('too-long', 'The domain is longer than 253 characters.');
  const labels = ascii.split('.');
  for (const label of labels) checkLabel(label, ascii);
  if (labels.length < 2) {
    throw new NameError('single-label', `“${ascii}” has no dot: a mail domain looks like example.com.`);
  }
  // WHATWG URL, "ends in a number": such a host is an IPv4 address or nothing, and no top-level domain is a number.
  if (/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')) {
    throw new NameError('ip-address', `“${ascii}” is an IP address, not a domain.`);
  }
  return ascii as Domain;
}

function checkLabel(label: string, whole: string): void {
  if (label === '') throw new NameError('empty-label', `“${whole}” has two dots in a row or starts with one.`);
  if (label.length > maxLabelOctets) {
    throw new NameError('label-too-long', `The part “${label.slice(0, 20)}…” is longer than 63 characters.`);
  }
  const bad = /[^a-z0-9-]/.exec(label);
  if (bad) throw badCharacter(bad[0], whole);
  if (label.startsWith('-') || label.endsWith('-')) {
    throw new NameError('bad-hyphen', `The part “${label}” starts or ends with a hyphen.`);
  }
}

/** Without what steers a terminal or a log, turns the direction of the text, or is half a character: names are quoted. */
function visible(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
}

function badCharacter(character: string, whole: string): NameError {
  const shown = /[\p{Cc}\s]/u.test(character)
    ? `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`
    : `“${character}”`;
  return new NameError(
    'bad-character',
    `The domain “${whole.slice(0, 80)}” contains ${shown}, which no domain name may.`,
  );
}
