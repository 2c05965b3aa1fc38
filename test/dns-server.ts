/** A DNS server for tests: UDP on loopback, from a zone that stands in the test, with all that goes wrong in DNS. */
import { createSocket, type RemoteInfo } from 'node:dgram';
import packet from 'dns-packet';

/** A name does not exist, exists without such a record, cannot be told of, or no answer ever comes. */
type Trouble = 'nxdomain' | 'nodata' | 'servfail' | 'silent';

type Type = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'SRV' | 'TXT';
type Said = readonly string[] | Trouble;

/**
 * What is said of a name:
 *  - by type: records as in a zone file, `{ A: ['127.0.0.1'], MX: ['10 mx1.mail.example'], SRV: ['0 1 993 imap.mail.example'] }`,
 *    or what goes wrong with this type; a type that is not there has no records; `after` so many milliseconds. A TXT record is
 *    one text, cut into character-strings as long as they may be
 *  - a list alone: MX records; `null-mx`: it receives no mail (RFC 7505)
 */
export type ZoneEntry =
  | ({ readonly after?: number } & { readonly [T in Type]?: Said })
  | readonly string[]
  | Trouble
  | 'null-mx';

/** Name (lower case) -> what is said of it. A name that is not here does not exist. A test may change it as it goes. */
export type Zone = Readonly<Record<string, ZoneEntry>>;

export interface DnsServer {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** The names that were asked, lower case, in order; a name asked twice stands here twice. */
  readonly questions: string[];
  stop(): Promise<void>;
}

/** RFC 1035 section 4.1.1. */
const responseCodes = { ok: 0, servfail: 2, nxdomain: 3 } as const;

/** @param at another port than a free one, for who asks at 53 alone */
export async function startDns(zone: Zone, at = 0): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  const waiting = new Set<() => void>();
  const timers = new Set<NodeJS.Timeout>();

  socket.on('message', (message, client) => {
    const { query, name, said, delay } = readQuery(message, zone);
    questions.push(name);
    const reply = (what: Said) => send(answer(query, what), client);
    if (said === 'silent') waiting.add(() => reply('servfail'));
    else if (delay !== undefined) timers.add(setTimeout(reply, delay, said));
    else reply(said);
  });
  const send = (bytes: Buffer, { port, address }: RemoteInfo) => socket.send(bytes, port, address);

  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(at, '127.0.0.1', resolve);
  });

  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      // A resolver that still waits would keep the test's process alive until its own time-out.
      for (const letGo of waiting) letGo();
      await new Promise<void>((resolve) => {
        socket.close(resolve);
      });
    },
  };
}

/** A question, and what the zone says to it. */
export function readQuery(message: Buffer, zone: Zone) {
  const query = packet.decode(message);
  const [question] = query.questions ?? [];
  const name = question?.name.toLowerCase() ?? '';
  const entry = zone[name] ?? 'nxdomain';
  const delay = typeof entry === 'object' && 'after' in entry ? entry.after : undefined;
  return { query, name, said: ofType(entry, question?.type), delay };
}

/** What is said of one type of a name. */
function ofType(entry: ZoneEntry, type: string | undefined): Said {
  const byType: ZoneEntry = entry === 'null-mx' ? { MX: ['0 .'] } : isList(entry) ? { MX: entry } : entry;
  return typeof byType === 'string' ? byType : (byType[type as Type] ?? 'nodata');
}

function isList(entry: ZoneEntry): entry is readonly string[] {
  return Array.isArray(entry);
}

export function answer(query: packet.Packet, said: Said): Buffer {
  const [question] = query.questions ?? [];
  return packet.encode({
    type: 'response',
    id: query.id ?? 0,
    flags:
      packet.RECURSION_DESIRED |
      packet.RECURSION_AVAILABLE |
      (said === 'nxdomain' || said === 'servfail' ? responseCodes[said] : responseCodes.ok),
    questions: query.questions ?? [],
    answers:
      typeof said === 'string' ? [] : said.map((text) => record(question?.name ?? '', question?.type as Type, text)),
  });
}

function record(name: string, type: Type, text: string): packet.Answer {
  if (type === 'SRV') {
    const [priority = 0, weight = 0, port = 0] = text.split(' ').slice(0, 3).map(Number);
    return { type, name, ttl: 60, data: { priority, weight, port, target: text.split(' ')[3] ?? '.' } };
  }
  if (type === 'TXT') return { type, name, ttl: 60, data: text.match(/[^]{1,255}/g) ?? [''] };
  if (type !== 'MX') return { type, name, ttl: 60, data: text };
  const [preference, exchange = ''] = text.split(' ');
  return { type, name, ttl: 60, data: { preference: Number(preference), exchange } };
}
