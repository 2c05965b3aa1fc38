/**
 * HTTP/1.1 as text (RFC 9112), for whoever has no client that dials a given address: one request on a connection of its own,
 * and its reply. The reply is a stranger's: head and content are bounded, and what is not HTTP is a fault.
 */
import { HttpFault, type HttpReply, type HttpRequest, maxHead, maxReply } from './http.ts';

/** A request after which the connection ends. Its header lines are ours, and have no line breaks. */
export function writeRequest({ method, url, headers, body }: Omit<HttpRequest, 'address' | 'deadline'>): Uint8Array {
  const lines = Object.entries({ Host: url.host, Connection: 'close', ...headers }).map(
    ([name, is]) => `${name}: ${is}`,
  );
  return new TextEncoder().encode(
    [`${method} ${url.pathname}${url.search} HTTP/1.1`, ...lines, '', body ?? ''].join('\r\n'),
  );
}

/**
 * Reads the reply to a GET or POST.
 * @throws {HttpFault} `closed` where it ends too early, `malformed`, `too-large`
 */
export async function readReply(octets: AsyncIterable<Uint8Array>): Promise<HttpReply> {
  const reader = new Octets(octets);
  let left = maxHead;
  for (;;) {
    const lines: string[] = [];
    for (let line = await reader.line(left); line !== ''; line = await reader.line(left)) {
      lines.push(line);
      left -= line.length + 2;
    }
    const [first = '', ...rest] = lines;
    const status = Number(/^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/.exec(first)?.[1] ?? Number.NaN);
    if (Number.isNaN(status) || status === 101) throw new HttpFault('malformed', 'no status line');
    left -= 2;
    // RFC 9110 section 15.2: an interim reply says nothing yet.
    if (status < 200) continue;
    const headers = headersOf(rest);
    const content = status === 204 || status === 304 ? new Uint8Array() : await readContent(reader, headers);
    return { status, headers, body: await unpack(content, headers['content-encoding']) };
  }
}

/** The first line of each name. */
function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/.exec(line) ?? [];
    if (name === '') throw new HttpFault('malformed', 'a header line');
    if (!headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value.trim());
  }
  return Object.fromEntries(headers);
}

/** RFC 9112 section 6.3. */
async function readContent(reader: Octets, headers: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const { 'transfer-encoding': coding, 'content-length': length } = headers;
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') throw new HttpFault('malformed', `transfer coding ${coding.slice(0, 40)}`);
    return readChunks(reader);
  }
  if (length === undefined) return reader.rest(maxReply);
  if (!/^\d+$/.test(length)) throw new HttpFault('malformed', 'Content-Length');
  if (Number(length) > maxReply) throw new HttpFault('too-large');
  return reader.exactly(Number(length));
}

/** RFC 9112 section 7.1. What follows the last chunk, nobody needs. */
async function readChunks(reader: Octets): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let octets = 0; ; ) {
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i.exec(await reader.line(maxHead))?.[1];
    if (size === undefined) throw new HttpFault('malformed', 'a chunk');
    const length = Number.parseInt(size, 16);
    if (length === 0) return joined(chunks);
    octets += length;
    if (octets > maxReply) throw new HttpFault('too-large');
    chunks.push(await reader.exactly(length));
    if ((await reader.line(2)) !== '') throw new HttpFault('malformed', 'a chunk');
  }
}

/** Octets as they come in, in portions of one's own. Whoever sends them one by one causes no more work than with all at once. */
class Octets {
  readonly #from: AsyncIterator<Uint8Array>;
  /** What has come and was not taken stands between the two places. */
  #room = new Uint8Array(4096);
  #start = 0;
  #end = 0;

  constructor(from: AsyncIterable<Uint8Array>) {
    this.#from = from[Symbol.asyncIterator]();
  }

  /** False at the end. */
  async #more(): Promise<boolean> {
    const { done, value } = await this.#from.next();
    if (done === true) return false;
    const held = this.#end - this.#start;
    if (this.#end + value.length > this.#room.length) {
      const room = new Uint8Array(Math.max(this.#room.length, 2 * (held + value.length)));
      room.set(this.#room.subarray(this.#start, this.#end));
      [this.#room, this.#start, this.#end] = [room, 0, held];
    }
    this.#room.set(value, this.#end);
    this.#end += value.length;
    return true;
  }

  #take(length: number): Uint8Array {
    this.#start += length;
    return this.#room.slice(this.#start - length, this.#start);
  }

  /** The next line, without its end; an octet is a character. */
  async line(most: number): Promise<string> {
    for (let looked = 0; ; ) {
      const found = this.#room.subarray(this.#start + looked, this.#end).indexOf(0x0a);
      const length = found === -1 ? this.#end - this.#start : looked + found;
      if (length > most) throw new HttpFault('too-large');
      if (found !== -1) return latin1.decode(this.#take(length + 1)).replace(/\r?\n$/, '');
      looked = length;
      if (!(await this.#more())) throw new HttpFault('closed');
    }
  }

  async exactly(length: number): Promise<Uint8Array> {
    while (this.#end - this.#start < length) if (!(await this.#more())) throw new HttpFault('closed');
    return this.#take(length);
  }

  async rest(most: number): Promise<Uint8Array> {
    while (this.#end - this.#start <= most) if (!(await this.#more())) return this.#take(this.#end - this.#start);
    throw new HttpFault('too-large');
  }
}

const latin1 = new TextDecoder('latin1');

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

const unpackers: ReadonlyMap<string, 'gzip' | 'deflate'> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
]);

/** We ask for no coding; some servers use one all the same. */
async function unpack(packed: Uint8Array, coding = 'identity'): Promise<Uint8Array> {
  const name = coding.trim().toLowerCase();
  if (name === 'identity' || name === '' || packed.length === 0) return packed;
  const format = unpackers.get(name);
  if (format === undefined) throw new HttpFault('malformed', `content coding ${name.slice(0, 40)}`);
  try {
    const stream = new Blob([new Uint8Array(packed)]).stream().pipeThrough(new DecompressionStream(format));
    return await new Octets(stream).rest(maxReply);
  } catch (error) {
    if (error instanceof HttpFault) throw error;
    throw new HttpFault('malformed', `content coding ${name}`);
  }
}
