/**
 * The lane: what clients ask most, the settings of a domain that a record names (`GET /v1.1/{domain}` and
 * `GET /api/v1/lookup?domain={domain}`), answered from octets that are ready, before node:http has made a request of it. The
 * app stays the one that decides: the lane knows two shapes of request, exact and clean, and one kind of answer, the document
 * that the app would send (the same object, of what is served now).
 * Whatever else comes, with every octet behind it, goes to node:http as if the lane had never seen it, and the connection
 * stays there: heads that come in pieces, other methods, paths, versions and headers, anything twice, misses, slow readers.
 *
 * So the lane waits for nobody and keeps nothing of a request: between two answers there is an idle connection, which ends
 * after the time that the server gives it. test/web/lane.test.ts holds both roads against each other, octet by octet.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Domain } from '../name/domain.ts';
import type { Found } from './find.ts';
import { type Document, headersOf, isKept } from './http/respond.ts';
import type { Served } from './served/served.ts';

export interface LaneOptions {
  /** What is served now. */
  readonly served: () => Served | undefined;
  /** Hears of an answer, to count it as the app does. */
  readonly answered: (answer: LaneAnswer) => void;
}

export interface LaneAnswer {
  readonly method: string;
  /** The pattern, as the app names it. */
  readonly route: string;
  readonly status: number;
  /** Octets that go out, head included. */
  readonly bytes: number;
}

/** Octets of one read: far below the 16 kB that node:http takes as a head. */
const mostOctets = 8192;
/** First lines that are remembered: a hundred octets each, beside the answers. */
const mostLines = 20_000;
/** Requests of one read. More of them could mean answers of many megabytes, which node:http knows how to hold back. */
const mostAtOnce = 16;
const requestLine =
  /^(?:GET|HEAD) (?:\/v1\.1\/([a-z0-9.-]+)|\/api\/v1\/lookup\?domain=([a-z0-9.-]+)(?:&mx=[01])?) HTTP\/1\.1$/;
/** What is answered, with the routes as the app names them in its metrics. */
const kinds = {
  xml: { route: '/v1.1/:domain', caching: 'public' },
  json: { route: '/api/v1/lookup', caching: 'private' },
} as const;
/** No white space at its ends, no control character, nothing beyond ASCII. */
const headerLine = /^([A-Za-z-]+): ([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/;
/** What @hono/node-server takes without a second look. */
const cleanHost = /^[a-z0-9.-]+(?::(?:[1-5]\d{3,4}|[6-9]\d{3}))?$/;
/** Headers that change nothing about the answer, or only as the lane knows; any other one is for node:http. */
const knownHeaders = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'dnt',
  'forwarded',
  'from',
  'host',
  'if-modified-since',
  'if-none-match',
  'origin',
  'pragma',
  'priority',
  'referer',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'sec-gpc',
  'upgrade-insecure-requests',
  'user-agent',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
]);

/**
 * Opens the lane of a server. To be called before anybody else listens for its connections.
 * @throws where node:http does not take connections as it did
 */
export function openLane(server: Server, options: LaneOptions): void {
  const [toHttp, ...others] = server.listeners('connection');
  if (!toHttp || others.length > 0) throw new Error('node:http has not one listener for connections');
  server.removeAllListeners('connection');
  const answers = new Answers(server, options.served);
  server.on('connection', (socket: Socket) => {
    /** The headers of the last request here, and what they say: programs send the same ones again. */
    let [headers, said]: [string | undefined, Said | undefined] = [undefined, undefined];
    let fresh = true;

    const handOver = (octets?: Buffer) => {
      socket.off('data', take).off('end', end).off('timeout', idle).off('error', fail);
      socket.setTimeout(0);
      if (octets) socket.unshift(octets);
      toHttp.call(server, socket);
    };
    const take = (octets: Buffer) => {
      fresh = false;
      // After the server began to close.
      if (!socket.writable) return;
      // Who does not read is for node:http, which knows how to wait.
      const isForUs = socket.writableLength === 0 && octets.length <= mostOctets;
      const ready = isForUs && answersTo(octets.toString('latin1'));
      if (!ready) return handOver(octets);
      socket.cork();
      for (const {
        method,
        answer: { route, status, octets: answer },
      } of ready) {
        options.answered({ method, route, status, bytes: answer.length });
        socket.write(answer);
      }
      socket.uncork();
      if (socket.writableLength > 0) for (const { answer } of ready) answer.isAway = true;
    };
    /** All that was read is the lane's, or nothing of it: what node:http would refuse, it refuses with all before it. */
    const answersTo = (text: string) => {
      const ready: { method: string; answer: Answer }[] = [];
      for (let at = 0; at < text.length; ) {
        const [line, blank] = [text.indexOf('\r\n', at), text.indexOf('\r\n\r\n', at)];
        if (blank < 0 || ready.length === mostAtOnce) return undefined;
        const block = text.slice(line + 2, blank + 2);
        if (block !== headers) [headers, said] = [block, readHeaders(block)];
        const answer = said && answers.to(text.slice(at, line), said);
        if (!answer) return undefined;
        ready.push({ method: text.startsWith('H', at) ? 'HEAD' : 'GET', answer });
        at = blank + 4;
      }
      return ready;
    };
    const end = () => socket.end();
    // Who has said nothing yet has node:http's time for a head.
    const idle = () => (fresh || socket.writableLength > 0 ? handOver() : socket.destroy());
    const fail = () => socket.destroy();
    socket.on('data', take).on('end', end).on('timeout', idle).on('error', fail);
    socket.setTimeout(server.keepAliveTimeout + server.keepAliveTimeoutBuffer);
  });
}

/** What the lane takes notice of in headers. */
interface Said {
  readonly ifNoneMatch: string | undefined;
}

/** @param block lines, each with its end. @returns undefined where a request with them is not for the lane */
function readHeaders(block: string): Said | undefined {
  const seen = new Map<string, string>();
  for (const line of block.split('\r\n').slice(0, -1)) {
    const [, name = '', value = ''] = headerLine.exec(line) ?? [];
    const key = name.toLowerCase();
    if (!knownHeaders.has(key) || seen.has(key)) return undefined;
    seen.set(key, value);
  }
  const connection = seen.get('connection');
  if (!cleanHost.test(seen.get('host') ?? '') || (connection && connection.toLowerCase() !== 'keep-alive'))
    return undefined;
  return { ifNoneMatch: seen.get('if-none-match') };
}

/** As long as every date (RFC 9110 section 5.6.7). */
const noDate = new Date(0).toUTCString();

/** Answers as they go over the wire. */
class Answers {
  readonly #served: LaneOptions['served'];
  /** What stands behind the date. */
  readonly #tail: string;
  /** Seconds since 1970, and as HTTP says it. */
  #second = 0;
  #date = noDate;
  /** What was served when the lines were kept. */
  #of: Served | undefined;
  /** What was asked before, from a request's first line to its answers: most askers ask for the same few thousand domains. */
  readonly #lines = new Map<string, Ready>();
  /** They go when the documents do: new data or new knowledge bring new ones (web/served). */
  readonly #ready = new WeakMap<Document, Ready>();

  constructor({ keepAliveTimeout }: Server, served: LaneOptions['served']) {
    this.#served = served;
    this.#tail = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveTimeout / 1000)}\r\n\r\n`;
  }

  /** @returns undefined where the app has to say something */
  to(line: string, { ifNoneMatch }: Said): Answer | undefined {
    const served = this.#served();
    if (served !== this.#of) {
      this.#of = served;
      this.#lines.clear();
    }
    const ready = this.#lines.get(line) ?? this.#find(line);
    if (!ready) return undefined;
    if (isKept(ifNoneMatch, ready.etag)) return this.#dated(ready.kept);
    return this.#dated(line.startsWith('HEAD') ? ready.head : ready.whole);
  }

  #find(line: string): Ready | undefined {
    const [, xml, json] = requestLine.exec(line) ?? [];
    const found = answerFor((xml ?? json) as Domain | undefined, this.#of);
    const document = xml === undefined ? found?.served.lookup(found.answer) : found?.served.autoconfig(found.answer);
    if (!document) return undefined;
    let ready = this.#ready.get(document);
    if (!ready) {
      ready = this.#make(document, xml === undefined ? 'json' : 'xml');
      this.#ready.set(document, ready);
    }
    if (this.#lines.size >= mostLines) this.#lines.clear();
    // A copy: a part of what was read would keep all of that.
    this.#lines.set(Buffer.from(line, 'latin1').toString('latin1'), ready);
    return ready;
  }

  #make(document: Document, kind: keyof typeof kinds): Ready {
    const { route, caching } = kinds[kind];
    const { whole, kept } = headersOf(document, caching);
    const body = Buffer.from(document.body);
    const answer = (status: 200 | 304, start: string, end = Buffer.alloc(0)): Answer => {
      const head = Buffer.from(`${start}Date: ${noDate}\r\n${this.#tail}`);
      const dateAt = start.length + 'Date: '.length;
      return { route, status, octets: Buffer.concat([head, end]), isAway: false, date: noDate, dateAt };
    };
    const start = `HTTP/1.1 200 OK\r\n${lines(whole)}`;
    return {
      etag: document.etag,
      whole: answer(200, `${start}Content-Length: ${body.length}\r\n`, body),
      head: answer(200, start),
      kept: answer(304, `HTTP/1.1 304 Not Modified\r\n${lines(kept)}`),
    };
  }

  /** With the date of this second: in a copy where the octets of the last one are still on their way. */
  #dated(answer: Answer): Answer {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) [this.#second, this.#date] = [second, new Date(1000 * second).toUTCString()];
    if (answer.date !== this.#date) {
      if (answer.isAway) [answer.octets, answer.isAway] = [Buffer.from(answer.octets), false];
      answer.octets.write((answer.date = this.#date), answer.dateAt, 'latin1');
    }
    return answer;
  }
}

interface Answer {
  readonly route: string;
  readonly status: 200 | 304;
  octets: Buffer;
  /** The kernel has not taken all of them yet, for some asker. */
  isAway: boolean;
  /** The one in the octets, and where it stands there. */
  date: string;
  readonly dateAt: number;
}

interface Ready {
  readonly etag: string;
  readonly whole: Answer;
  /** To HEAD. */
  readonly head: Answer;
  /** For who has the document. */
  readonly kept: Answer;
}

/** What the ladder says of a domain that a record itself names: the same for everybody, whatever is asked of the Host. */
function answerFor(domain: Domain | undefined, served: Served | undefined): Found | undefined {
  const owner = domain === undefined ? undefined : served?.atlas.ownerOf([domain]);
  if (!served || !domain || !owner || !('record' in owner) || owner.listed) return undefined;
  return { served, answer: { domain, provider: owner.record, matchedBy: 'domain', trust: 'curated' } };
}

/** In the order and the spelling in which the app's answers go out. */
function lines(headers: Readonly<Record<string, string>>): string {
  return [...new Headers(headers)].map(([name, value]) => `${name}: ${value}\r\n`).join('');
}
