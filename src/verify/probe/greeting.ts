/** What the first lines of a server are, whoever it is. */
import type { Greeting } from '../evidence.ts';

type Speaks = NonNullable<Greeting['protocol']>;

/** The form of each protocol's first line. SMTP and FTP begin alike and are told apart by their words. */
const forms: readonly (readonly [protocol: Speaks, form: RegExp])[] = [
  ['http', /^HTTP\/\d/i],
  ['ssh', /^SSH-\d/],
  ['ftp', /^220[ -](?!.*\be?smtp\b).*\bftp/i],
  // RFC 9051 section 7.1: OK, PREAUTH and BYE are the only greetings.
  ['imap', /^\* (?:OK|PREAUTH|BYE)\b/i],
  ['pop3', /^(?:\+OK|-ERR)(?: |$)/i],
  ['smtp', /^[245]\d\d(?:[ -]|$)/],
];

/** Which protocol a first line belongs to, or undefined. */
export function speaks(line: string): Speaks | undefined {
  return forms.find(([, form]) => form.test(line))?.[0];
}

/** A greeting that is not this protocol's: another's, or nobody's. */
export function strange(line: string, masked: string): Greeting {
  const protocol = speaks(line);
  return protocol === undefined
    ? { kind: 'garbage', text: masked }
    : { kind: 'wrong-protocol', text: masked, protocol };
}
