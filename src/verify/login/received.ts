/**
 * Whether a message gives its sender's address away: the one of the machine it was written on, which tells where a person is
 * and by whom they are connected.
 */
import { parseEntity } from './mime.ts';

export interface SenderTrace {
  readonly revealed: boolean;
  /** The header line that says it, with the address masked. */
  readonly line?: string;
}

export interface Sender {
  /** Addresses of the machine that sent it. */
  readonly addresses: readonly string[];
  /** How it called itself in EHLO: what a server repeats of it is no discovery. */
  readonly name: string;
}

const mask = '(your address)';
/** Characters of one header field: an honest one has a tenth, and a message may have very many addresses in one. */
const mostRead = 2000;
const tellTale =
  /^x-(?:originating|originalip|client|sender|source|remote|real|forwarded)(?:-?ip|-?ip-?address|-for)?$/;

/**
 * Own addresses anywhere in `Received` and in fields made for it; any public address in what the first hop says of whom it
 * had the message from (RFC 5321 section 4.4), because behind NAT the own public address is not known.
 */
export function traceSender(raw: string, sender: Sender): SenderTrace {
  const { headers } = parseEntity(raw);
  const received = headers.filter(([name]) => name === 'received').map(([, value]) => value);
  const own = new Set(sender.addresses.map(plain));
  // What is glued to something else is not found, and is masked all the same. Our own greeting is no secret.
  const others = sender.addresses.filter((address) => plain(address) !== plain(sender.name));
  const first = received.at(-1);
  // The first hop is the last such line; it is the one that knows.
  for (const [name, whole] of headers.toReversed()) {
    const isFirst = name === 'received' && whole === first;
    const value = whole.slice(0, mostRead);
    if (name !== 'received' && !tellTale.test(name)) continue;
    const from = name === 'received' ? clause(value, sender.name) : value;
    const found = addressesIn(from).filter(
      (address) => own.has(plain(address)) || (isOpen(name, isFirst) && isPublic(address)),
    );
    if (found.length > 0) return { revealed: true, line: `${title(name)}: ${masked(value, [...found, ...others])}` };
  }
  return { revealed: false };
}

function isOpen(name: string, isFirst: boolean): boolean {
  return isFirst || name !== 'received';
}

/** What a hop says of where it had the message from, without the name that we gave ourselves. */
function clause(value: string, ehlo: string): string {
  const from = value.split(/\sby\s/i)[0] ?? value;
  return from.replace(/^from\s+(\S+)/i, (all, name: string) => (plain(name) === plain(ehlo) ? 'from' : all));
}

/** The address, and what stands in one pair of brackets with it: the name that DNS has for it. */
function masked(value: string, found: readonly string[]): string {
  return found.reduce((text, address) => {
    const inBrackets = new RegExp(String.raw`\([^()]*${RegExp.escape(address)}[^()]*\)`, 'g');
    return text.replace(inBrackets, mask).replaceAll(address, mask);
  }, value);
}

function addressesIn(text: string): string[] {
  const candidates =
    text.match(
      /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]|\.\d)|(?<![\w:])(?:IPv6:)?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])/gi,
    ) ?? [];
  return candidates.filter(
    (found) => found.includes('.') || found.includes('::') || plain(found).split(':').length === 8,
  );
}

/** `[IPv6:2001:DB8::1]`, `::ffff:192.0.2.1` -> as others write it. */
function plain(address: string): string {
  return address
    .toLowerCase()
    .replaceAll(/^\[|\]$/g, '')
    .replace(/^ipv6:/, '')
    .replace(/^::ffff:(?=\d+\.)/, '');
}

/** Addresses that say nothing outside the network they are of (RFC 6890). */
function isPublic(address: string): boolean {
  const text = plain(address);
  if (text.includes(':')) return !/^(?:::1?$|f[cd]|fe[89a-f]|2001:db8:)/.test(text);
  const [a = 0, b = 0] = text.split('.').map(Number);
  const special = a === 0 || a === 10 || a === 127 || a >= 224 || (a === 169 && b === 254) || (a === 192 && b === 168);
  return !special && !(a === 172 && b >= 16 && b < 32) && !(a === 100 && b >= 64 && b < 128);
}

function title(name: string): string {
  return name.replaceAll(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase()).replace(/ip$/i, 'IP');
}
