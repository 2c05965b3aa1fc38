/** Every page of the server, in every state that looks different; the tests go through all of them. A new page is a new line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDataDir } from '../../../src/catalog/files.ts';
import { compileFiles } from '../../../src/cli/local-atlas.ts';
import { shippedData } from '../../../src/cli/options.ts';
import type { Domain } from '../../../src/name/domain.ts';
import { type RunningServer, startServer } from '../../../src/node.ts';
import { endpointKey } from '../../../src/provider/model.ts';
import { putHeard } from '../../../src/store/seen/heard.ts';
import { putQuarantine } from '../../../src/store/seen/quarantine.ts';
import { putSignIns } from '../../../src/store/sign-ins.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { createToken, type Role } from '../../../src/store/tokens.ts';
import { parseEndpoint } from '../../../src/verify/endpoint.ts';
import { autoconfig } from '../../discover/world.ts';
import { type DnsServer, startDns } from '../../dns-server.ts';
import { logTo } from '../../log.ts';
import { liveThrough } from '../../months.ts';
import { pki } from '../../pki.ts';
import { startWeb } from '../../web-server.ts';

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
  { name: 'answer-known', path: '/?domain=web.de' },
  { name: 'withheld', path: '/?domain=freenet.de' },
  { name: 'answer-mx', path: '/?domain=hosted.zz' },
  { name: 'no-access', path: '/?domain=proton.me' },
  { name: 'closed', path: '/?domain=tuta.com' },
  { name: 'unknown', path: '/?domain=unknown.zz', status: 404 },
  { name: 'mistyped', path: '/?domain=nonsense', status: 400 },
  { name: 'record', path: '/provider/gmx.net' },
  { name: 'record-with-a-past', path: '/provider/posteo.de' },
  { name: 'record-hosted', path: '/provider/workspace.google.com' },
  { name: 'record-without-access', path: '/provider/proton.me' },
  { name: 'providers', path: '/providers' },
  { name: 'providers-found', path: '/providers?q=post&country=DE' },
  { name: 'providers-none', path: '/providers?q=nobody.zz' },
  { name: 'status', path: '/status' },
  { name: 'check', path: '/check' },
  { name: 'check-mistyped', path: '/check?domain=nonsense', status: 400 },
  { name: 'checked', path: '/check/gmx.net' },
  { name: 'checked-unknown', path: '/check/unknown.zz' },
  { name: 'how-mail-works', path: '/how-mail-works' },
  { name: 'submit', path: '/submit' },
  { name: 'submit-change', path: '/submit?kind=change&id=gmx.net' },
  { name: 'submit-report', path: '/submit?kind=report&id=gmx.net' },
  { name: 'submit-which', path: '/submit?kind=remove' },
  { name: 'submit-unserved', path: '/submit?kind=change&id=nobody.zz', status: 404 },
  { name: 'submission', path: '/submission' },
  { name: 'review', path: '/review' },
  { name: 'about', path: '/about' },
  { name: 'api', path: '/api' },
  { name: 'probing', path: '/about/probing' },
  { name: 'policy', path: '/policy' },
  { name: 'nothing', path: '/nothing', status: 404 },
];

export interface Site extends AsyncDisposable {
  readonly url: string;
  readonly dns: DnsServer;
  /** A token for somebody. */
  token(name: string, role?: Role): Promise<string>;
}

/**
 * A server with the shipped data, something known of two providers, DNS that knows three domains, and the web server of one,
 * which publishes other settings than ours.
 */
export async function startSite(options: Partial<Parameters<typeof startServer>[0]> = {}): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-pages-'));
  const dns = await startDns({
    'hosted.zz': ['10 aspmx.l.google.com'],
    'unknown.zz': ['10 mx.unknown.zz'],
    'gmx.net': ['10 mx00.emig.gmx.net'],
    'autoconfig.gmx.net': { A: ['127.0.0.1'] },
    '_imaps._tcp.gmx.net': { SRV: ['0 1 993 imap.gmx.net'] },
    'imap.gmx.net': { A: ['127.0.0.1'] },
  });
  const web = await startWeb({ 'https://autoconfig.gmx.net/mail/config-v1.1.xml': autoconfig('gmx.net') });
  let server: RunningServer | undefined;
  try {
    await know(join(folder, 'test.db'));
    server = await startServer({
      db: join(folder, 'test.db'),
      data: shippedData,
      host: '127.0.0.1',
      port: 0,
      resolver: dns.address,
      discover: { ca: (await pki()).ca, ports: web.ports, allowPrivate: true },
      contact: 'ops@atlas.example',
      submissions: { checker: { prober: { resolver: dns.address }, resolvers: [dns.address], askNameServers: false } },
      version: 'test',
      log: logTo(() => undefined),
      ...options,
    });
  } catch (error) {
    await Promise.all([dns.stop(), web.stop()]);
    throw error;
  }
  const running = server;
  return {
    url: running.url,
    dns,
    async token(name, role = 'reviewer') {
      const store = openSqlite(join(folder, 'test.db'));
      try {
        return (await createToken(store, name, role, new Date().toISOString())) ?? '';
      } finally {
        store.close();
      }
    },
    async [Symbol.asyncDispose]() {
      await running.close();
      await Promise.all([dns.stop(), web.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes down what a verifier might have seen: a server of every kind, a login, and a domain under quarantine. */
async function know(db: string): Promise<void> {
  const store = openSqlite(db);
  const at = new Date(Date.now() - 3_600_000).toISOString();
  const staleAt = new Date(Date.now() + 86_400_000).toISOString();
  const of = (url: string) => endpointKey(parseEndpoint(url));
  const seen = [
    ['imap://imap.web.de:993?security=tls', 'verified', 'ok'],
    ['imap://imap.web.de:143?security=starttls', 'degraded', 'unsteady'],
    ['smtp://smtp.web.de:587?security=starttls', 'failing', 'tcp-refused'],
    ['pop3://pop3.web.de:995?security=tls', 'dead', 'dns-nxdomain'],
  ] as const;
  await store.atomically([
    ...putHeard(
      store.db,
      seen.map(([url, status, reason]) => ({
        endpoint: of(url),
        status,
        reason,
        since: at,
        checkedAt: at,
        staleAt,
        heardAt: at,
        vantage: 'other.atlas.example',
      })),
    ),
    ...putSignIns(store.db, new Map([[of('imap://imap.web.de:993?security=tls'), { at, level: 'L4' }]])),
    ...putQuarantine(store.db, {
      name: 'freenet.de' as Domain,
      at,
      why: 'All its name servers changed.',
      by: 'watch',
    }),
  ]);
  const { providers } = await compileFiles(readDataDir(shippedData));
  const posteo = providers.filter(({ id }) => id === 'posteo.de');
  await liveThrough({
    store,
    curated: { providers: posteo, noProbe: [] },
    days: 40,
    now: Date.now(),
    every: 43_200_000,
    fate: () => 'outage',
  });
  store.close();
}
