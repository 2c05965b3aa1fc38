/** Web servers for tests: HTTPS and HTTP on loopback, for as many hosts as a test has, with all that goes wrong on the web. */
import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type CertificateKind, pki } from './pki.ts';

/** What a server says; a text alone is XML. */
export interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly trouble?: Trouble;
}

/**
 * `silent`: takes the request and says nothing. `drip`: one octet at a time, without end. `endless`: as much as fits, without
 * end. `reset`: ends the connection. `garbage`: not HTTP.
 */
type Trouble = 'silent' | 'drip' | 'endless' | 'reset' | 'garbage';

export interface Asked {
  readonly method: string;
  /** As it came, with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** URL without query -> what is said there. A URL that is not here is a 404. A test may change it as it goes. */
export type Sites = Readonly<Record<string, string | Reply | ((asked: Asked) => string | Reply)>>;

export interface WebServer {
  readonly https: number;
  readonly http: number;
  /** Usual port -> the port of this server. */
  readonly ports: ReadonlyMap<number, number>;
  readonly asked: Asked[];
  stop(): Promise<void>;
}

/**
 * @param hosts more hosts that the certificate is for; those of `sites` are always
 * @param certificates hosts that have another kind of certificate
 */
export async function startWeb(
  sites: Sites,
  { hosts = [], certificates = {} }: { hosts?: readonly string[]; certificates?: Record<string, CertificateKind> } = {},
): Promise<WebServer> {
  const { leaf, leafFor } = await pki();
  const names = new Set([...Object.keys(sites).map((url) => new URL(url).hostname), ...hosts, 'any.zz']);
  const good = await leafFor([...names], 365);
  const others = new Map<string, SecureContext>();
  for (const [host, kind] of Object.entries(certificates)) others.set(host, createSecureContext(await leaf(kind)));
  const asked: Asked[] = [];
  const timers = new Set<NodeJS.Timeout>();

  const listener = (scheme: string) => (request: IncomingMessage, response: ServerResponse) => {
    const url = `${scheme}://${request.headers.host ?? ''}${request.url ?? ''}`;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const question = {
        method: request.method ?? '',
        url,
        headers: request.headers,
        body: String(Buffer.concat(chunks)),
      };
      asked.push(question);
      const site = sites[url.split('?')[0] ?? ''] ?? { status: 404, type: 'text/html', body: '<html>Not here</html>' };
      const said = typeof site === 'function' ? site(question) : site;
      const reply: Reply = typeof said === 'string' ? { body: said } : said;
      if (reply.trouble) return misbehave(reply.trouble, response, timers);
      const { status = 200, type = 'text/xml; charset=utf-8', body = '', headers = {} } = reply;
      response.writeHead(status, { 'Content-Type': type, ...headers }).end(body);
    });
  };

  const secure = createHttps({ ...good, SNICallback: (name, done) => done(null, others.get(name)) }, listener('https'));
  const plain = createHttp(listener('http'));
  const [https, http] = await Promise.all([secure, plain].map(listen));
  return {
    https: https as number,
    http: http as number,
    ports: new Map([
      [443, https as number],
      [80, http as number],
    ]),
    asked,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all([secure, plain].map(close));
    },
  };
}

function misbehave(trouble: Trouble, response: ServerResponse, timers: Set<NodeJS.Timeout>): void {
  const { socket } = response;
  if (trouble === 'reset') socket?.destroy();
  if (trouble === 'garbage') socket?.end('220 mail.example ESMTP\r\n');
  if (trouble === 'endless') {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    };
    response.writeHead(200, { 'Content-Type': 'text/xml' });
    response.on('drain', more);
    more();
  }
  if (trouble === 'drip') {
    response.writeHead(200, { 'Content-Type': 'text/xml' });
    timers.add(setInterval(() => void response.write('<'), 20));
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
