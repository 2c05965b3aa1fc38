/**
 * The atlas in the forms of other people's lists: what is written is read back to the same facts, by our own importers and,
 * for nodemailer, by nodemailer's own code.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { curatedOf, parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { importFile } from '../../src/catalog/import.ts';
import { forms } from '../../src/cli/build-as.ts';
import { shippedData } from '../../src/cli/options.ts';
import { renderNodemailer } from '../../src/formats/nodemailer.ts';
import { renderProviderDb } from '../../src/formats/providerdb/render.ts';
import type { Domain } from '../../src/name/domain.ts';
import { literalDomains } from '../../src/provider/hosts.ts';
import { nothingKnown, type Provider, type Server } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { cloud, corporate, ended, hoster, legacy, odd, post, records, vault } from '../web/records.ts';

const shipped = curatedOf(parseCatalog(readDataDir(shippedData))).providers;
const all: readonly Provider[] = [...shipped, ...records];
const require = createRequire(import.meta.url);

/** What an importer makes of a file. */
function imported(file: string, text: string): Partial<Provider> {
  const result = importFile({ file, text }, { url: 'https://list.example/' });
  assert.ok('draft' in result, 'problem' in result ? `${file}: ${result.problem}` : '');
  return result.draft.record;
}

const facts = ({ protocol, host, port, security, username }: Server) =>
  `${protocol} ${host}:${port} ${security} ${username === 'ask' ? '%EMAILADDRESS%' : username}`;

describe('ISPDB', () => {
  const files = forms.ispdb(all, nothingKnown).flatMap((result) => ('file' in result ? [result] : []));

  test('has a file for every record with domains and servers, which reads back to them', () => {
    assert.ok(files.length > 200);
    for (const { file, text } of files) {
      const provider = all.find(({ id }) => `${id}.xml` === file);
      assert.ok(provider, file);
      const draft = imported(file, text);
      assert.deepEqual(draft.domains, literalDomains(provider).sort(), file);
      const read = [...(draft.incoming ?? []), ...(draft.outgoing ?? [])].map(facts);
      const meant = new Set([...provider.incoming, ...provider.outgoing].map(facts));
      assert.ok(read.length > 0 && read.every((server) => meant.has(server)), file);
    }
  });
});

describe('provider-db', () => {
  const textOf = (provider: Provider): string => {
    const result = renderProviderDb(provider, nothingKnown);
    assert.ok('text' in result, 'why' in result ? result.why : '');
    return result.text;
  };

  test('has a file for every record that it can say, which reads back to the same domains and servers', () => {
    let count = 0;
    for (const provider of all) {
      const result = renderProviderDb(provider, nothingKnown);
      if ('why' in result || result.text.includes('status: BROKEN')) continue;
      count += 1;
      const draft = imported(result.file, result.text);
      assert.deepEqual(draft.domains, [...provider.domains].sort(), provider.id);
      assert.deepEqual([draft.name, draft.website], [provider.name, provider.website], provider.id);
      const meant = [...provider.incoming, ...provider.outgoing].map(facts);
      const read = [...(draft.incoming ?? []), ...(draft.outgoing ?? [])].map(facts);
      assert.deepEqual(
        read,
        meant.filter((server) => read.includes(server)),
        `${provider.id}: nothing else, in that order`,
      );
      for (const list of [draft.incoming, draft.outgoing]) assert.ok(list && list.length > 0, provider.id);
    }
    assert.ok(count > 180);
  });

  test('is one of an ordinary provider', () => {
    assert.equal(
      textOf(record({ outgoing: [smtp({ port: 587, security: 'starttls', username: '%EMAILLOCALPART%' })] })),
      `---
name: "Example Mail"
status: OK
domains:
  - "mail.example"
server:
  - type: imap
    socket: SSL
    hostname: imap.mail.example
    port: 993
  - type: smtp
    socket: STARTTLS
    hostname: smtp.mail.example
    port: 587
    username_pattern: EMAILLOCALPART
website: "https://mail.example/"
---
`,
    );
  });

  test('says what to do first, without links before sign-in, because they are shown as text', () => {
    const text = textOf(post);
    assert.match(text, /^status: PREPARATION$/m);
    const hint = /^before_login_hint: (.*)$/m.exec(text)?.[1] ?? '';
    assert.match(hint, /two-factor sign-in/);
    assert.doesNotMatch(hint, /https?:/);
    assert.match(text, /^\* .*<https:\/\/post\.example\/settings>$/m);
  });

  for (const [what, provider, says] of [
    ['offers no access', vault, /^status: BROKEN\n(.*\n)*before_login_hint: "Everything is encrypted\."/m],
    ['has ended', ended, /^before_login_hint: "Example Mail offers no IMAP and SMTP\."/m],
    [
      'takes OAuth2 alone',
      record({ incoming: [imap({ auth: ['OAuth2'] })], outgoing: [smtp({ auth: ['OAuth2'] })] }),
      /^before_login_hint: "Example Mail takes no passwords from mail programs, only OAuth2\."/m,
    ],
  ] as const)
    test(`warns of a provider that ${what}, and names no server`, () => {
      assert.match(textOf(provider), says);
      assert.doesNotMatch(textOf(provider), /^server:/m);
    });

  test('says of whom it can say nothing', () => {
    assert.deepEqual(renderProviderDb(hoster, nothingKnown), { why: 'Example Mail has no mail domain of its own' });
    assert.deepEqual(renderProviderDb(cloud, nothingKnown), {
      why: 'Example Mail has no servers that this list can name',
    });
  });

  test('names no server without TLS, none under quarantine, and none that takes no password', () => {
    assert.doesNotMatch(textOf(legacy), /PLAIN/);
    assert.doesNotMatch(textOf(corporate), /exchange|relay/);
    const quarantine = new Map([['imap.mail.example' as Domain, { at: '2026-11-20T00:00:00Z', why: 'Sold.' }]]);
    const two = record({ incoming: [imap(), imap({ host: 'imap.other.example' })] });
    const result = renderProviderDb(two, { ...nothingKnown, quarantine });
    assert.ok(
      'text' in result && !result.text.includes('imap.mail.example') && result.text.includes('imap.other.example'),
    );
  });

  test('keeps odd names in one piece', () => assert.equal(imported('a.md', textOf(odd)).name, odd.name));
});

describe('nodemailer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-nodemailer-'));
  after(() => rmSync(folder, { recursive: true }));
  const { text, why } = renderNodemailer(all, nothingKnown);
  type Service = Record<string, unknown>;
  const ours = JSON.parse(text) as Record<string, Service>;
  const installed = dirname(require.resolve('nodemailer/package.json'));
  const theirs = JSON.parse(readFileSync(join(installed, 'dist', 'well-known', 'services.json'), 'utf8')) as Record<
    string,
    Service
  >;

  test('has the shape of nodemailer’s own file: no field that it does not have, and none of another type', () => {
    const shape = (services: Record<string, Service>) =>
      new Set(
        Object.values(services).flatMap((one) => Object.entries(one).map(([key, value]) => `${key} ${typeof value}`)),
      );
    assert.deepEqual([...shape(ours).difference(shape(theirs))], []);
    for (const { domains = [], aliases = [] } of Object.values(ours))
      for (const name of [domains, aliases].flat()) assert.equal(typeof name, 'string');
  });

  test('is what nodemailer’s own code finds by domain, by name and by id', () => {
    // Its code with our list in the place of its own.
    cpSync(join(installed, 'dist', 'cjs', 'well-known', 'index.js'), join(folder, 'index.js'));
    writeFileSync(join(folder, 'services.js'), `exports.services = ${text}`);
    writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
    mkdirSync(join(folder, 'empty'));
    const wellKnown = require(join(folder, 'index.js')) as (key: string) => Service | false;
    for (const provider of all) {
      const [server] = provider.outgoing;
      const entry = Object.values(ours).find(
        ({ aliases = [], description }) =>
          [aliases, description].flat().includes(provider.id) || description === provider.name,
      );
      if (!entry || !server) continue;
      for (const domain of literalDomains(provider)) {
        const found = wellKnown(`someone@${domain}`);
        assert.ok(found, domain);
        const meant = provider.outgoing.find(({ host, port }) => host === found['host'] && port === found['port']);
        assert.ok(meant, domain);
        assert.deepEqual(
          [found['secure'], found['requireTLS']],
          meant.security === 'tls' ? [true, undefined] : [undefined, true],
        );
      }
    }
    const gmx = { description: 'GMX', host: 'mail.gmx.net', port: 465, secure: true };
    for (const key of ['GMX', 'gmx.net', 'x@gmx.de']) assert.deepEqual(wellKnown(key), gmx);
  });

  test('never sends in the clear: TLS from the first byte, or STARTTLS that must succeed', () => {
    for (const [name, { secure, requireTLS }] of Object.entries(ours))
      assert.ok(secure === true || requireTLS === true, name);
  });

  test('says who is left out', () => {
    const count = all.length;
    assert.equal(Object.keys(ours).length + why.length, count);
    assert.ok(why.every((line) => line.endsWith(' has no server that nodemailer can send through')));
  });
});
