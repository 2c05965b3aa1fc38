/**
 * DNS over HTTPS (RFC 8484): for Workers, which have no other way to ask. Any server that speaks the standard will do. The
 * same answers and faults as Node's own (resolver-node.ts).
 */
import { decodeReply, encodeQuestion, MessageError, type RecordType } from './message.ts';
import {
  type AddressAnswer,
  addressAnswerOf,
  deadlines,
  type HostResolver,
  mxAnswerOf,
  type NoAnswer,
  type NoRecords,
  nameServerAnswerOf,
  type RecordResolver,
  type Resolver,
  type SrvRecord,
  srvAnswerOf,
} from './resolver.ts';

/** A DNS message has no more octets (RFC 1035 section 4.2.2). */
const mostOctets = 65_535;
const type = 'application/dns-message';

/**
 * @param server the URL of a DoH server, such as https://cloudflare-dns.com/dns-query
 * @throws {TypeError} for what is no URL, and for one over plain HTTP that leads anywhere but to this machine
 */
export function dohResolver(server: string): Resolver & HostResolver & RecordResolver {
  const url = new URL(server);
  const isHere = url.hostname === 'localhost' || url.hostname === '127.0.0.1' || url.hostname === '[::1]';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere))
    throw new TypeError('a DoH server has a URL such as https://cloudflare-dns.com/dns-query');
  const ask = (name: string, wanted: RecordType, deadline: number) => records(url, name, wanted, deadline);
  return {
    async mx(domain) {
      const answer = await ask(domain, 'MX', deadlines.mx);
      if ('kind' in answer) return answer;
      return mxAnswerOf(
        answer.map((text) => {
          const [priority = '', exchange = ''] = text.split(' ');
          return { priority: Number(priority), exchange };
        }),
      );
    },
    async addresses(host) {
      const answers = await Promise.all((['A', 'AAAA'] as const).map((family) => ask(host, family, deadlines.host)));
      return addressAnswerOf(
        answers.map((answer): AddressAnswer => ('kind' in answer ? answer : { kind: 'addresses', addresses: answer })),
      );
    },
    async nameServers(domain) {
      const answer = await ask(domain, 'NS', deadlines.host);
      return 'kind' in answer ? answer : nameServerAnswerOf(answer);
    },
    async srv(name) {
      const answer = await ask(name, 'SRV', deadlines.record);
      if ('kind' in answer) return answer;
      return srvAnswerOf(
        answer.map((text): SrvRecord => {
          const [priority, weight, port] = text.split(' ').map(Number) as [number, number, number];
          return { priority, weight, port, target: text.split(' ')[3] ?? '' };
        }),
      );
    },
    async txt(name) {
      const answer = await ask(name, 'TXT', deadlines.record);
      return 'kind' in answer ? answer : { kind: 'texts', texts: answer };
    },
    async isAlias(host) {
      const answer = await ask(host, 'CNAME', deadlines.record);
      return 'kind' in answer ? (answer.kind === 'none' ? false : undefined) : true;
    },
  };
}

/** At least one record, or why there is none. */
async function records(
  server: URL,
  name: string,
  wanted: RecordType,
  deadline: number,
): Promise<readonly string[] | NoRecords | NoAnswer> {
  const url = new URL(server);
  url.searchParams.set('dns', base64url(encodeQuestion(name, wanted)));
  try {
    const signal = AbortSignal.timeout(deadline);
    // A redirect leads to a server that the operator has not chosen.
    const response = await fetch(url, { headers: { Accept: type }, redirect: 'manual', signal });
    if (response.status !== 200 || response.headers.get('Content-Type')?.split(';')[0]?.trim() !== type) {
      await response.body?.cancel();
      return failed;
    }
    const reply = decodeReply(await bounded(response), name, wanted);
    if (reply.code === 3) return { kind: 'none', exists: false };
    if (reply.code !== 0) return failed;
    return reply.records.length === 0 ? { kind: 'none', exists: true } : reply.records;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? { kind: 'failed', why: 'timeout' } : failed;
  }
}

const failed: NoAnswer = { kind: 'failed', why: 'server-failure' };

async function bounded(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let octets = 0;
  for await (const chunk of response.body ?? []) {
    octets += chunk.byteLength;
    if (octets > mostOctets) throw new MessageError('too long');
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** RFC 8484 section 6: without padding. */
function base64url(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
