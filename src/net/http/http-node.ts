/** HTTP on Node: one connection a request, to exactly the address that was checked, with TLS that must be good. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { isIP, type Socket, connect as tcp } from 'node:net';
import { checkServerIdentity, createSecureContext, type TLSSocket, connect as tls } from 'node:tls';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { rootsWith } from '../roots-node.ts';
import { socketFaults } from '../socket-faults.ts';
import {
  type HttpCertificate,
  HttpFault,
  type HttpReply,
  type HttpRequest,
  type HttpSender,
  maxHead,
  maxReply,
  placeOf,
} from './http.ts';

export interface SenderOptions {
  /** PEM certificates that are trusted beside the system's roots. */
  readonly ca?: string;
  /** Port of a URL -> port that is dialled instead: for web servers under test. */
  readonly ports?: ReadonlyMap<number, number>;
}

type SecureContext = ReturnType<typeof createSecureContext>;

/** Milliseconds for TCP and TLS to come up: a host with another address deserves a second try within the deadline. */
const connectTime = 4000;

/** fetch() is of no use here: undici asks no custom lookup for literal addresses, and resolves names by itself. */
export function nodeSender({ ca, ports }: SenderOptions = {}): HttpSender {
  const roots = rootsWith(ca);
  let context: SecureContext | undefined;
  const secure = () => {
    context ??= createSecureContext({ ...roots, minVersion: 'TLSv1.2' });
    return context;
  };
  return { send: (request) => send(request, secure, ports) };
}

function send(
  { method, url, address, headers, body, deadline }: HttpRequest,
  context: () => SecureContext,
  ports: ReadonlyMap<number, number> | undefined,
): Promise<HttpReply> {
  const { port, isSecure } = placeOf(url);
  const place = { host: address, port: ports?.get(port) ?? port, autoSelectFamily: false, noDelay: true };
  return new Promise((resolve, reject) => {
    const socket: Socket = isSecure ? secureSocket(place, url, context()) : tcp(place);
    let isUp = false;
    const fail = (fault: HttpFault) => {
      clearTimeout(late);
      clearTimeout(slow);
      socket.destroy();
      reject(fault);
    };
    const left = Math.max(0, deadline - performance.now());
    const late = setTimeout(() => fail(new HttpFault('timeout')), left);
    const slow = setTimeout(() => fail(new HttpFault('timeout', 'connect')), Math.min(left, connectTime));
    const onError = (error: Error) => fail(faultOf(error, isSecure && !isUp));
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      isUp = true;
      clearTimeout(slow);
    });
    socket.on('error', onError);
    const outgoing = httpRequest({
      method,
      path: `${url.pathname}${url.search}`,
      headers: { Host: url.host, Connection: 'close', ...headers },
      setHost: false,
      maxHeaderSize: maxHead,
      createConnection: () => socket,
    });
    outgoing.on('error', onError);
    outgoing.on('response', (incoming) => {
      incoming.on('error', onError);
      const certificate = isSecure ? certificateOf(socket as TLSSocket) : undefined;
      void read(incoming).then((content) => {
        clearTimeout(late);
        socket.destroy();
        const lines = firstLines(incoming);
        return resolve({
          status: incoming.statusCode ?? 0,
          headers: lines,
          body: content,
          ...(certificate && { certificate }),
        });
      }, onError);
    });
    outgoing.end(body);
  });
}

function secureSocket(place: { host: string; port: number }, url: URL, secureContext: SecureContext): TLSSocket {
  const { host } = placeOf(url);
  return tls({
    ...place,
    secureContext,
    ALPNProtocols: ['http/1.1'],
    // A literal address is no server name (RFC 6066 section 3); the certificate must still be for it.
    ...(isIP(host) === 0 && { servername: host }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  });
}

/** The whole content, unpacked. @throws {HttpFault} where it is larger than anybody needs */
async function read(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > maxReply) throw new HttpFault('too-large');
    chunks.push(chunk);
  }
  return unpack(Buffer.concat(chunks), incoming.headers['content-encoding']);
}

const unpackers: ReadonlyMap<string, typeof gunzipSync> = new Map([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
]);

/** We ask for no coding; some servers use one all the same. */
function unpack(packed: Buffer, coding = 'identity'): Uint8Array {
  const name = coding.trim().toLowerCase();
  if (name === 'identity' || name === '' || packed.length === 0) return packed;
  const unpacker = unpackers.get(name);
  if (!unpacker) throw new HttpFault('malformed', `content coding ${name.slice(0, 40)}`);
  try {
    return unpacker(packed, { maxOutputLength: maxReply });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new HttpFault('too-large');
    throw new HttpFault('malformed', `content coding ${name}`);
  }
}

function firstLines({ headersDistinct }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headersDistinct).map(([name, lines]) => [name, lines?.[0] ?? '']));
}

function certificateOf(socket: TLSSocket): HttpCertificate {
  const { issuer, valid_to: notAfter } = socket.getPeerCertificate();
  const name = [issuer?.O, issuer?.CN].flat().find((text) => text !== undefined && text !== '') ?? 'unknown';
  const end = new Date(notAfter);
  return { issuer: name, notAfter: Number.isNaN(end.getTime()) ? notAfter : end.toISOString() };
}

/** @param inHandshake whether what is no fault of the connection must be one of TLS */
function faultOf(error: Error, inHandshake: boolean): HttpFault {
  if (error instanceof HttpFault) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  // Node has one code for all that ends early; the texts tell.
  if (code === 'ECONNRESET' && /hang up|aborted|before secure TLS/.test(error.message)) return new HttpFault('closed');
  const kind = socketFaults[code];
  if (kind !== undefined) return new HttpFault(kind);
  if (code === 'HPE_HEADER_OVERFLOW') return new HttpFault('too-large');
  if (code.startsWith('HPE_')) return new HttpFault('malformed', code);
  const isTls = inHandshake || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO';
  return new HttpFault(isTls ? 'tls' : 'other', code === '' ? error.message.slice(0, 100) : code);
}
