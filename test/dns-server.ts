/** A real DNS server for tests: UDP on loopback, MX records only, from a zone that stands in the test. */
import { createSocket, type RemoteInfo } from 'node:dgram';
import packet from 'dns-packet';

/**
 * What is said of a name:
 *  - MX records as in a zone file, `10 mx1.mail.example`
 *  - `nxdomain` the name does not exist, `nodata` it exists without MX, `servfail` the server cannot tell
 *  - `null-mx` it receives no mail (RFC 7505)
 *  - `silent` no answer ever comes
 *  - `after` so many milliseconds, the records
 */
export type ZoneEntry =
  | readonly string[]
  | 'nxdomain'
  | 'nodata'
  | 'servfail'
  | 'null-mx'
  | 'silent'
  | { readonly after: number; readonly mx: readonly string[] };

/** Name (lower case) -> what is said of it. A name that is not here does not exist. */
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

export async function startDns(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  const waiting = new Set<() => void>();
  const timers = new Set<NodeJS.Timeout>();

  socket.on('message', (message, client) => {
    const query = packet.decode(message);
    const name = query.questions?.[0]?.name.toLowerCase() ?? '';
    questions.push(name);
    const entry = zone[name] ?? 'nxdomain';
    const reply = (said: ZoneEntry) => send(answer(query, name, said), client);
    if (entry === 'silent') waiting.add(() => reply('servfail'));
    else if (typeof entry === 'object' && 'after' in entry) {
      timers.add(setTimeout(reply, entry.after, entry.mx));
    } else reply(entry);
  });
  const send = (bytes: Buffer, { port, address }: RemoteInfo) => socket.send(bytes, port, address);

  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', resolve);
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

function answer(query: packet.Packet, name: string, said: ZoneEntry): Buffer {
  const code = said === 'nxdomain' || said === 'servfail' ? responseCodes[said] : responseCodes.ok;
  const records = said === 'null-mx' ? ['0 .'] : Array.isArray(said) ? (said as readonly string[]) : [];
  return packet.encode({
    type: 'response',
    id: query.id ?? 0,
    flags: packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | code,
    questions: query.questions ?? [],
    answers: records.map((line) => {
      const [preference, exchange = ''] = line.split(' ');
      return { type: 'MX', name, ttl: 60, data: { preference: Number(preference), exchange } };
    }),
  });
}
