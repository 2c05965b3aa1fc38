/** Every page of the server, in every state that looks different; the tests go through all of them. A new page is a new line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedData } from '../../../src/cli/options.ts';
import { type RunningServer, startServer } from '../../../src/node.ts';
import { type DnsServer, startDns } from '../../dns-server.ts';

export interface PageCase {
  readonly name: string;
  readonly path: string;
  /** Default 200. */
  readonly status?: number;
}

export const pages: readonly PageCase[] = [
  { name: 'home', path: '/' },
  { name: 'answer', path: '/?domain=t-online.de' },
  { name: 'answer-oauth2', path: '/?domain=gmail.com' },
  { name: 'answer-mx', path: '/?domain=hosted.zz' },
  { name: 'no-access', path: '/?domain=proton.me' },
  { name: 'closed', path: '/?domain=tuta.com' },
  { name: 'unknown', path: '/?domain=unknown.zz', status: 404 },
  { name: 'mistyped', path: '/?domain=nonsense', status: 400 },
  { name: 'record', path: '/provider/gmx.net' },
  { name: 'record-hosted', path: '/provider/workspace.google.com' },
  { name: 'record-without-access', path: '/provider/proton.me' },
  { name: 'providers', path: '/providers' },
  { name: 'providers-found', path: '/providers?q=post&country=DE' },
  { name: 'providers-none', path: '/providers?q=nobody.zz' },
  { name: 'status', path: '/status' },
  { name: 'how-mail-works', path: '/how-mail-works' },
  { name: 'about', path: '/about' },
  { name: 'api', path: '/api' },
  { name: 'probing', path: '/about/probing' },
  { name: 'nothing', path: '/nothing', status: 404 },
];

export interface Site extends AsyncDisposable {
  readonly url: string;
  readonly dns: DnsServer;
}

/** A server with the shipped data, and DNS that knows two domains. */
export async function startSite(options: Partial<Parameters<typeof startServer>[0]> = {}): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-pages-'));
  const dns = await startDns({
    'hosted.zz': ['10 aspmx.l.google.com'],
    'unknown.zz': ['10 mx.unknown.zz'],
  });
  let server: RunningServer | undefined;
  try {
    server = await startServer({
      db: join(folder, 'test.db'),
      data: shippedData,
      host: '127.0.0.1',
      port: 0,
      resolver: dns.address,
      contact: 'ops@atlas.example',
      version: 'test',
      note: () => undefined,
      ...options,
    });
  } catch (error) {
    await dns.stop();
    throw error;
  }
  const running = server;
  return {
    url: running.url,
    dns,
    async [Symbol.asyncDispose]() {
      await running.close();
      await dns.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
