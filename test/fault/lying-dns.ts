/** A DNS server that is down, slow, or lies, as it is told: over UDP and TCP on one port of loopback. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import packet from 'dns-packet';
import { pause } from './site.ts';

/** What it does with every question; `honest` is: everybody's mail is at mx1.mx.hosting.example. */
export type Lie =
  | 'honest'
  | 'silent'
  | 'garbage'
  | 'nothing'
  | 'wrong id'
  | 'another question'
  | 'a question'
  | 'a loop of names'
  | 'cut off, and TCP refuses'
  | 'cut off, and TCP answers'
  | 'cut off, and TCP says nothing'
  | 'cut off, and TCP promises more'
  | 'huge'
  | 'no host name'
  | { readonly after: number };

export interface LyingDns {
  readonly address: string;
  lie: Lie;
  asked: number;
  stop(): Promise<void>;
}

export async function startLyingDns(): Promise<LyingDns> {
  const sockets = new Set<Socket>();
  const udp = createSocket('udp4');
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
    const { lie } = self;
    if (lie === 'cut off, and TCP refuses') {
      socket.resetAndDestroy();
      return;
    }
    socket.on('data', (chunk: Buffer) => {
      if (lie === 'cut off, and TCP says nothing') return;
      const query = packet.decode(chunk.subarray(2));
      const reply = lie === 'huge' ? said(query, many) : said(query);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(lie === 'cut off, and TCP promises more' ? 65_535 : reply.length);
      socket.write(Buffer.concat([length, reply]));
    });
  });
  const self: LyingDns = {
    address: '',
    lie: 'honest',
    asked: 0,
    async stop() {
      for (const socket of sockets) socket.destroy();
      udp.close();
      tcp.close();
      await Promise.all([once(udp, 'close'), once(tcp, 'close')]);
    },
  };
  udp.on('message', (message, { port, address }) => {
    self.asked += 1;
    const answer = async () => {
      if (typeof self.lie === 'object') await pause(self.lie.after);
      const reply = overUdp(packet.decode(message), message, self.lie);
      // A socket that was closed meanwhile says nothing.
      if (reply) udp.send(reply, port, address, () => undefined);
    };
    void answer();
  });
  // The same port for both.
  for (;;) {
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo;
    udp.bind(port, '127.0.0.1');
    await once(udp, 'listening');
    return Object.assign(self, { address: `127.0.0.1:${port}` });
  }
}

function overUdp(query: packet.Packet, message: Buffer, lie: Lie): Buffer | undefined {
  if (typeof lie === 'object') return said(query);
  if (lie.startsWith('cut off') || lie === 'huge') return said(query, [], packet.TRUNCATED_RESPONSE);
  switch (lie) {
    case 'silent':
      return undefined;
    case 'garbage':
      return Buffer.alloc(512, 0xa5);
    case 'nothing':
      return Buffer.alloc(0);
    case 'wrong id':
      return said({ ...query, id: ((query.id ?? 0) + 1) % 65_536 });
    case 'another question':
      return said({ ...query, questions: [{ type: 'MX', name: 'other.de' }] });
    case 'a question':
      return message;
    case 'no host name':
      return said(query, ['-not a host-', '*.mx.hosting.example']);
    case 'a loop of names': {
      const reply = said(query);
      // The last name of the answer points to itself (RFC 1035 section 4.1.4).
      reply.writeUInt16BE(0xc000 | (reply.length - 2), reply.length - 2);
      return reply;
    }
    default:
      return said(query);
  }
}

const many = Array.from({ length: 1200 }, (_, i) => `mx${i}.elsewhere.de`);

function said(query: packet.Packet, hosts: readonly string[] = ['mx1.mx.hosting.example'], flags = 0): Buffer {
  const [question] = query.questions ?? [];
  return packet.encode({
    type: 'response',
    id: query.id ?? 0,
    flags: flags | packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE,
    questions: query.questions ?? [],
    answers:
      question?.type === 'MX'
        ? hosts.map((exchange) => ({ type: 'MX', name: question.name, ttl: 60, data: { preference: 10, exchange } }))
        : [],
  });
}
