/**
 * Keeps a password out of everything that is said, wherever it comes from: our own lines, what a server echoes, what a
 * library puts into an error.
 */

const mask = '•••';
const encoder = new TextEncoder();

/** Takes every form of the secrets out of a text. */
export type Redact = (text: string) => string;

/**
 * @param password as it is typed
 * @param usernames with which it is sent; together they are what SASL PLAIN says (RFC 4616)
 */
export function redactor(password: string, usernames: readonly string[]): Redact {
  const plain = [...usernames.flatMap((name) => [`\0${name}\0${password}`, `${name}\0${name}\0${password}`]), password];
  const forms = new Set([
    ...plain.flatMap(base64Forms),
    password,
    // As servers and logs quote it: in JSON, in an IMAP string (RFC 9051 section 4.3), in a URL, in hexadecimal.
    JSON.stringify(password).slice(1, -1),
    password.replaceAll(/["\\]/g, String.raw`\$&`),
    encodeURIComponent(password.toWellFormed()),
    latin1(password),
    Array.from(encoder.encode(password), (octet) => octet.toString(16).padStart(2, '0')).join(''),
  ]);
  // The longest first, or a part of one is left standing beside the mask.
  const all = [...forms].filter((form) => form !== '').sort((a, b) => b.length - a.length);
  return (text) => all.reduce((rest, form) => rest.replaceAll(form, mask), text);
}

/**
 * What base64 makes of a text that stands somewhere in a longer one: three alignments, without the characters at the ends
 * that depend on the neighbours.
 */
function base64Forms(text: string): string[] {
  const octets = encoder.encode(text);
  const shifted = [0, 1, 2].map((before) => {
    const all = base64(Uint8Array.from([...Array.from({ length: before }, () => 0), ...octets]));
    const start = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + octets.length) * 8) / 6);
    return all.slice(start, end);
  });
  // A stump of a short password would be found everywhere; what is complete is taken out at any length.
  return [base64(octets), ...shifted.filter((form) => form.length >= 6)];
}

/** RFC 4648 section 4. */
export function base64(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets));
}

/** UTF-8 as the wire shows it, one character an octet. */
export function latin1(text: string): string {
  return String.fromCharCode(...encoder.encode(text));
}

/** Every text in a value, redacted; keys are ours and stay. */
export function redactAll<T>(value: T, redact: Redact): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => redactAll(item, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redactAll(inner, redact)])) as T;
}
