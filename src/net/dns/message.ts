/**
 * DNS messages in wire format (RFC 1035 section 4), as far as DNS over HTTPS needs them: a question with one name, and the
 * answers of a few types. Messages come from the network: every length is checked, and a name cannot lead in circles.
 */

/** RFC 1035 section 3.2.2, RFC 3596 section 2.1, RFC 2782. */
export const recordTypes = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, AAAA: 28, SRV: 33 } as const;
export type RecordType = keyof typeof recordTypes;

/**
 * What a resolver answers. A record is its text as in a zone file, names in lower case and without the last dot; of TXT it is
 * the character-strings joined, an octet a character as Node has it.
 */
export interface DnsReply {
  /** RFC 1035 section 4.1.1: 0 no error, 2 server failure, 3 no such name. */
  readonly code: number;
  /** The records of the type that was asked for, of the name or of what it is an alias for. */
  readonly records: readonly string[];
}

/** The octets are no answer to the question. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}

const internet = 1;
/**
 * RFC 1035 section 2.3.4. Each label takes two octets, and one pointer after another leads in circles: without these bounds a
 * message of 64 KiB is five thousand names of eight thousand characters.
 */
const mostName = 255;
const mostLabels = 128;
/** Aliases of aliases; resolvers give up at about as many. */
const mostAliases = 16;

/** One question with recursion desired. The number is 0, so that equal questions are equal URLs (RFC 8484 section 4.1). */
export function encodeQuestion(name: string, type: RecordType): Uint8Array<ArrayBuffer> {
  const head = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const labels = name.split('.').flatMap((text) => [text.length, ...new TextEncoder().encode(text)]);
  const tail = [0, 0, recordTypes[type], 0, internet];
  return Uint8Array.from([...head, ...labels, ...tail]);
}

/**
 * Reads the answer to a question.
 * @throws {MessageError} where the octets are none, or the answer to another question
 */
export function decodeReply(octets: Uint8Array, name: string, type: RecordType): DnsReply {
  const reader = new Reader(octets);
  reader.skip(2);
  const flags = reader.uint16();
  const [questions, answers] = [reader.uint16(), reader.uint16()];
  reader.skip(4);
  const isAnswer = (flags & 0x8000) !== 0 && (flags & 0x7800) === 0;
  // Truncated: there is no such thing over HTTPS, and half a list is no list.
  if (!isAnswer || (flags & 0x0200) !== 0 || questions !== 1) throw new MessageError('no whole answer');
  const asked = [reader.name(), reader.uint16(), reader.uint16()];
  if (asked[0] !== name || asked[1] !== recordTypes[type] || asked[2] !== internet)
    throw new MessageError('the answer to another question');

  const aliases = new Map<string, string>();
  const found: { owner: string; data: string }[] = [];
  for (let i = 0; i < answers; i++) {
    const owner = reader.name();
    const [kind, family] = [reader.uint16(), reader.uint16()];
    reader.skip(4);
    const end = reader.uint16() + reader.at;
    if (family === internet && kind === recordTypes[type]) found.push({ owner, data: reader.data(type, end) });
    else if (family === internet && kind === recordTypes.CNAME) aliases.set(owner, reader.data('CNAME', end));
    reader.at = end;
  }
  let owner = name;
  for (let i = 0; i < mostAliases && aliases.has(owner); i++) owner = aliases.get(owner) ?? owner;
  return { code: flags & 0x000f, records: found.filter((one) => one.owner === owner).map(({ data }) => data) };
}

class Reader {
  at = 0;
  readonly #octets: Uint8Array;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  uint8(): number {
    const octet = this.#octets[this.at++];
    if (octet === undefined) throw new MessageError('it ends in the middle');
    return octet;
  }

  uint16(): number {
    return this.uint8() * 256 + this.uint8();
  }

  skip(count: number): void {
    this.at += count;
  }

  /** RFC 1035 section 4.1.4: labels, and at its end perhaps a pointer to the rest. */
  name(): string {
    const labels: string[] = [];
    let end: number | undefined;
    let octets = 1;
    for (let steps = 0; steps < 2 * mostLabels; steps++) {
      const length = this.uint8();
      if (length >= 0xc0) {
        const place = (length & 0x3f) * 256 + this.uint8();
        end ??= this.at;
        this.at = place;
      } else if (length > 63) {
        throw new MessageError('a label of no known kind');
      } else if (length === 0) {
        this.at = end ?? this.at;
        return labels.join('.');
      } else {
        octets += length + 1;
        if (octets > mostName) throw new MessageError('a name longer than any');
        labels.push(label(Array.from({ length }, () => this.uint8())));
      }
    }
    throw new MessageError('a name without an end');
  }

  /** What a record says; `end` is where its octets end. */
  data(type: RecordType, end: number): string {
    const text = this.#text(type, end);
    if (this.at !== end) throw new MessageError('a record of another length than it says');
    return text;
  }

  #text(type: RecordType, end: number): string {
    if (type === 'MX') return `${this.uint16()} ${this.name()}`;
    if (type === 'SRV') return `${this.uint16()} ${this.uint16()} ${this.uint16()} ${this.name()}`;
    if (type === 'TXT') return this.#strings(end);
    if (type === 'A') return Array.from({ length: 4 }, () => this.uint8()).join('.');
    if (type === 'AAAA') return Array.from({ length: 8 }, () => this.uint16().toString(16)).join(':');
    return this.name();
  }

  /** RFC 1035 section 3.3.14: each has its length before it. */
  #strings(end: number): string {
    const octets: number[] = [];
    while (this.at < end) for (let length = this.uint8(); length > 0; length--) octets.push(this.uint8());
    return String.fromCharCode(...octets);
  }
}

/** In lower case. A dot or anything else that no host name has is escaped as in a zone file, and so matches no name. */
function label(octets: readonly number[]): string {
  return octets
    .map((octet) => {
      const text = String.fromCharCode(octet).toLowerCase();
      return /[a-z0-9_-]/.test(text) ? text : `\\${octet.toString().padStart(3, '0')}`;
    })
    .join('');
}
