/**
 * Mistakes that public lists have carried for years. Each one, put into a good record, is found by a rule or by the schema:
 * a list that is copied without thought does not get in.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseCatalog } from '../../src/catalog/catalog.ts';
import { lintFacts } from '../../src/catalog/lint.ts';

const good = readFileSync(new URL('../../data/providers/seznam.cz.yml', import.meta.url), 'utf8');

/** The rules that a changed record breaks. */
function broken(from: string | RegExp, to: string): Set<string> {
  const text = good.replace(from, to);
  assert.notEqual(text, good, `${String(from)} is not in the record`);
  const catalog = parseCatalog({ providers: [{ file: 'seznam.cz.yml', text }], lists: {} });
  return new Set(lintFacts(catalog, '2026-11-20').map(({ rule }) => rule));
}

const mistakes: [mistake: string, from: string | RegExp, to: string, rule: string][] = [
  ['POP3 on 993, the port of IMAP', /(protocol: pop3\n.*\n {4}port: )995/, '$1993', 'port-security'],
  ['SMTP on 25, the port between servers', /port: 465/, 'port: 25', 'port-security'],
  ['implicit TLS on 587', /port: 465/, 'port: 587', 'port-security'],
  ['STARTTLS on 465', /(port: 465\n {4}security: )tls/, '$1starttls', 'port-security'],
  ['a port that does not exist', /port: 993/, 'port: 99993', 'shape'],
  ['plaintext where TLS exists', /(port: 993\n {4}security: )tls/, '$1none', 'no-plaintext'],
  ['a placeholder without its last sign', '"%EMAILADDRESS%"', '"%EMAILADDRESS"', 'shape'],
  ['a server without a user name', / {4}username: .*\n/, '', 'shape'],
  ['a template of the client’s in a host name', /host: imap\.seznam\.cz/, 'host: "mail.%EMAILDOMAIN%"', 'shape'],
  ['a host name without its first label', /host: imap\.seznam\.cz/, 'host: .seznam.cz', 'shape'],
  ['a host that is an IP address', /host: imap\.seznam\.cz/, 'host: 77.75.78.50', 'own-names'],
  ['a host that is a public suffix', /host: imap\.seznam\.cz/, 'host: co.uk', 'own-names'],
  ['a host of another company, named by nobody', /host: imap\.seznam\.cz/, 'host: imap.jubii.dk', 'foreign-host'],
  ['a country name that slipped among the domains', /domains:\n/, 'domains:\n  - aliyun\n', 'shape'],
  ['two domains joined by a missing comma', /domains:\n/, 'domains:\n  - live.com.arlive.com.au live.com\n', 'shape'],
  ['a pattern that is a regular expression', /domains:\n/, 'domains:\n  - "hotmail\\\\..*"\n', 'shape'],
  ['one domain twice', /( {2}- seznam\.cz\n)/, '$1$1', 'one-owner'],
  ['OAuth2 without a word on where', /(auth:\n)/, '$1      - OAuth2\n', 'oauth2'],
  ['a server without a source', / {4}sources:\n( {6}- .*\n)+/, '    sources: []\n', 'shape'],
  ['a source that nobody wrote down', /( {4}sources:\n {6}- ).*/, '$1hearsay', 'sources'],
  ['POP3 before IMAP', /protocol: imap/, 'protocol: pop3', 'port-security'],
  ['no server for sending', /outgoing:\n(?: {2}.*\n)+/, 'outgoing: []\n', 'access'],
];

for (const [mistake, from, to, rule] of mistakes) {
  test(`${mistake}: ${rule}`, () => {
    assert.ok(broken(from, to).has(rule), `found: ${[...broken(from, to)].join(', ') || 'nothing'}`);
  });
}
