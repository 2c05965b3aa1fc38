/**
 * The real Thunderbird against the shipped data: for every domain that we ship, Thunderbird's own code downloads and
 * parses our answer, and must end with the servers that the record means.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { curatedOf, parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { shippedData } from '../../src/cli/options.ts';
import { socketType } from '../../src/formats/autoconfig/vocabulary.ts';
import { type RunningServer, startServer } from '../../src/node.ts';
import { literalDomains } from '../../src/provider/hosts.ts';
import type { Provider, Server } from '../../src/provider/model.ts';
import { logTo } from '../log.ts';
import * as thunderbirdDriver from './thunderbird.ts';

const installed = thunderbirdDriver.thunderbirdPath() !== undefined;
const { providers } = curatedOf(parseCatalog(readDataDir(shippedData)));

describe('Thunderbird', { skip: !installed && 'Thunderbird is not installed; npm run test:real installs it' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-thunderbird-'));
  let server: RunningServer;
  let thunderbird: thunderbirdDriver.Thunderbird;

  before(async () => {
    const db = join(folder, 'test.db');
    server = await startServer({
      db,
      data: shippedData,
      host: '127.0.0.1',
      port: 0,
      // Thunderbird asks for curated answers only; nobody must be asked, and at this port nobody listens.
      resolver: '127.0.0.1:9',
      version: 'test',
      log: logTo((message) => assert.fail(message)),
    });
    thunderbird = await thunderbirdDriver.startThunderbird({ autoconfigBase: `${server.url}/v1.1/` });
  });

  after(async () => {
    await thunderbird?.stop();
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('accepts the answer for every shipped domain and ends with the servers that the record means', async (t) => {
    const open = providers.filter(({ access, domains }) => access === 'open' && domains.length > 0);
    const asked = open.flatMap((provider) => literalDomains(provider).map((domain) => ({ provider, domain })));
    const results = await thunderbird.fetchFromServer(asked.map(({ domain }) => domain));
    const wrong = asked.flatMap(({ provider, domain }) => {
      const complaint = compare(provider, domain, results.get(domain));
      return complaint === undefined ? [] : [`${domain}: ${complaint}`];
    });
    assert.deepEqual(wrong, []);
    t.diagnostic(`Thunderbird ${thunderbird.version} accepted ${asked.length} domains of ${open.length} providers`);
  });

  test('gets nothing for the domains of providers without access', async () => {
    const closed = providers.filter(({ access }) => access !== 'open').flatMap(literalDomains);
    const results = await thunderbird.fetchFromServer(closed);
    for (const domain of closed) assert.match(errorOf(results.get(domain)), /^HTTP 404/, domain);
  });

  test('sets an account up from an address, user names and all', async () => {
    const config = await thunderbird.findConfig('max.mustermann@t-online.de');
    assert.ok(!('error' in config), JSON.stringify(config));
    assert.equal(config.source, 'xml-from-db');
    assert.deepEqual(
      [config.incoming, config.outgoing].map(({ hostname, port, username }) => [hostname, port, username]),
      [
        ['secureimap.t-online.de', 993, 'max.mustermann@t-online.de'],
        ['securesmtp.t-online.de', 465, 'max.mustermann@t-online.de'],
      ],
    );
  });

  test('reads from Autodiscover the best server of each kind, for every provider that it can say', async (t) => {
    // For Outlook.com it would open a window to sign in before it asks at all.
    const sayable = providers.filter(({ domains, incoming, outgoing }) => {
      return domains.length > 0 && incoming.some(takesPassword) && outgoing.some(takesPassword);
    });
    const asked = new Map(sayable.map((provider) => [`max@${literalDomains(provider)[0]}`, provider]));
    const results = await thunderbird.autodiscover([...asked.keys()]);
    const wrong = [...asked].flatMap(([address, provider]) => {
      const complaint = compareFirst(provider, address, results.get(address));
      return complaint === undefined ? [] : [`${address}: ${complaint}`];
    });
    assert.deepEqual(wrong, []);
    t.diagnostic(`Thunderbird ${thunderbird.version} read Autodiscover for ${asked.size} providers`);
  });

  test('gets nothing from Autodiscover for a domain that nobody knows', async () => {
    const results = await thunderbird.autodiscover(['max@unknown.zz']);
    assert.match(errorOf(results.get('max@unknown.zz')), /No valid configs|No Promise/);
  });

  test('finds the settings of a domain hosted at Microsoft by the name of its MX hosts', async () => {
    const config = await thunderbird.findConfig('someone@company.de', {
      mx: 'company-de.mail.protection.outlook.com',
    });
    assert.ok(!('error' in config), JSON.stringify(config));
    assert.equal(config.incoming.hostname, 'outlook.office365.com');
    assert.equal(config.outgoing.hostname, 'smtp.office365.com');
  });
});

/** What is wrong with Thunderbird's result, or undefined. */
function compare(provider: Provider, domain: string, result: thunderbirdDriver.Result | undefined): string | undefined {
  if (!result) return 'no result';
  if ('error' in result) return result.error;
  if (result.displayName !== provider.name) return `the name is ${JSON.stringify(result.displayName)}`;
  if (!result.domains.includes(domain)) return 'its domains do not include the one asked for';
  const got = [
    [result.incoming, ...result.incomingAlternatives].map(words),
    [result.outgoing, ...result.outgoingAlternatives].map(words),
  ];
  const meant = [provider.incoming.map(meantWords), provider.outgoing.map(meantWords)];
  return JSON.stringify(got) === JSON.stringify(meant)
    ? undefined
    : `got ${JSON.stringify(got)}, meant ${JSON.stringify(meant)}`;
}

/** The servers that Thunderbird takes from Autodiscover, which names one of a kind, with the user names filled in. */
function compareFirst(provider: Provider, address: string, result: thunderbirdDriver.Result | undefined) {
  const [incoming, outgoing] = [provider.incoming.find(takesPassword), provider.outgoing.find(takesPassword)];
  assert.ok(incoming && outgoing);
  if (!result || 'error' in result) return errorOf(result);
  // Thunderbird goes by the port alone: TLS from the first byte on 587 fails there, but is never plaintext.
  const read: Server = outgoing.port === 587 ? { ...outgoing, security: 'starttls' } : outgoing;
  const filled = meantWords(incoming) + meantWords(read);
  const wanted = filled
    .replaceAll('%EMAILADDRESS%', address)
    .replaceAll('%EMAILLOCALPART%', 'max')
    .replaceAll('%EMAILDOMAIN%', address.slice('max@'.length));
  const got = words(result.incoming) + words(result.outgoing);
  return got === wanted ? undefined : `got ${got}, meant ${wanted}`;
}

function takesPassword({ auth }: Server): boolean {
  return auth.some((method) => method.startsWith('password-'));
}

function words({ type, hostname, port, socketType: mode, username }: thunderbirdDriver.Server): string {
  return `${type} ${hostname}:${port} ${mode} ${username}`;
}

function meantWords({ protocol, host, port, security, username }: Server): string {
  return `${protocol} ${host}:${port} ${socketType[security]} ${username === 'ask' ? '%EMAILADDRESS%' : username}`;
}

function errorOf(result: thunderbirdDriver.Result | undefined): string {
  return result && 'error' in result ? result.error : 'accepted';
}
