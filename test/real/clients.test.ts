/**
 * The rules by which the simulation reads as Thunderbird does, held against the real Thunderbird: every record, and files
 * that nobody should write, come out the same.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { ClientServer, Person } from '../../src/discover/clients/model.ts';
import { thunderbird as rules } from '../../src/discover/clients/thunderbird.ts';
import { parseXml } from '../../src/formats/xml.ts';
import { parseDomain } from '../../src/name/domain.ts';
import { answerOf, given, providers } from '../discover/clients/documents.ts';
import { type Result, type Server, startThunderbird, thunderbirdPath } from './thunderbird.ts';

const server = (element: string, type: string, inner: string) => `<${element} type="${type}">${inner}</${element}>`;
const imap = (change: (inner: string) => string = (inner) => inner, type = 'imap') =>
  server(
    'incomingServer',
    type,
    change(
      '<hostname>imap.example.com</hostname><port>993</port><socketType>SSL</socketType><authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username>',
    ),
  );
const smtp = (change: (inner: string) => string = (inner) => inner) =>
  imap(change).replaceAll('incomingServer', 'outgoingServer').replace('"imap"', '"smtp"').replaceAll('imap.', 'smtp.');
const file = (sections: string, id = 'example.com', domain = '<domain>example.com</domain>') =>
  `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="${id}">${domain}<displayName>X</displayName>${sections}</emailProvider></clientConfig>`;

/** What a file may have wrong with it, or unusual. */
const odd: Readonly<Record<string, string>> = {
  plain: file(imap() + smtp()),
  'no-id': file(imap() + smtp(), ''),
  'bad-id': file(imap() + smtp(), '-23'),
  'no-domain': file(imap() + smtp(), 'example.com', ''),
  'bad-domain': file(imap() + smtp(), 'example.com', '<domain>-bad</domain>'),
  'domain-with-attribute': file(imap() + smtp(), 'example.com', '<domain purpose="mx">example.com</domain>'),
  'no-outgoing': file(imap()),
  'no-incoming': file(smtp()),
  'space-around-host': file(imap((inner) => inner.replace('imap.example.com', ' imap.example.com ')) + smtp()),
  'space-around-mode': file(imap((inner) => inner.replace('SSL', ' SSL ')) + smtp()),
  'space-around-name': file(imap((inner) => inner.replace('%EMAILADDRESS%', ' %EMAILADDRESS% ')) + smtp()),
  'host-with-attribute': file(imap((inner) => inner.replace('<hostname>', '<hostname x="1">')) + smtp()),
  'host-with-underscore': file(imap((inner) => inner.replace('imap.example.com', 'im_ap.example.com')) + smtp()),
  'host-in-capitals': file(imap((inner) => inner.replace('imap.example.com', 'IMAP.Example.COM')) + smtp()),
  'host-placeholder': file(imap((inner) => inner.replace('imap.example.com', 'imap.%EMAILDOMAIN%')) + smtp()),
  'mode-unknown': file(imap((inner) => inner.replace('SSL', 'TLS')) + imap() + smtp()),
  'mode-twice': file(
    imap((inner) => inner.replace('<socketType>', '<socketType>QUIC</socketType><socketType>')) + smtp(),
  ),
  'mode-plain': file(imap((inner) => inner.replace('SSL', 'plain').replace('993', '143')) + smtp()),
  'port-zero': file(imap((inner) => inner.replace('993', '0')) + imap() + smtp()),
  'port-too-large': file(imap((inner) => inner.replace('993', '70000')) + imap() + smtp()),
  'oauth2-unknown-host': file(
    imap((inner) => inner.replace('<authentication>', '<authentication>OAuth2</authentication><authentication>')) +
      smtp(),
  ),
  'oauth2-alone': file(imap((inner) => inner.replace('password-cleartext', 'OAuth2')) + smtp()),
  'oauth2-known-host': file(
    imap((inner) =>
      inner
        .replace('imap.example.com', 'imap.gmail.com')
        .replace('<authentication>', '<authentication>OAuth2</authentication><authentication>'),
    ) + smtp(),
  ),
  'auth-old-word': file(
    imap((inner) => inner.replace('password-cleartext', 'plain')) +
      smtp((inner) => inner.replace('password-cleartext', 'secure')),
  ),
  'auth-none': file(imap() + smtp((inner) => inner.replace('password-cleartext', 'none'))),
  'auth-none-incoming': file(imap((inner) => inner.replace('password-cleartext', 'none')) + smtp()),
  'auth-by-network': file(imap() + smtp((inner) => inner.replace('password-cleartext', 'client-IP-address'))),
  'types-unknown': file(imap((inner) => inner, 'jmap') + imap() + smtp()),
  'pop3-first': file(imap((inner) => inner.replace('993', '995'), 'pop3') + imap() + smtp()),
  'name-missing': file(imap() + smtp((inner) => inner.replace('<username>%EMAILADDRESS%</username>', ''))),
  'another-root': '<config/>',
};

const words = { plain: 'none', SSL: 'tls', STARTTLS: 'starttls' } as const;

function ours(text: string, person: Person): string[] | 'refused' {
  const reading = rules.autoconfig?.(parseXml(text), person);
  assert.ok(reading);
  if ('refused' in reading) return 'refused';
  const say = ({ protocol, host, port, security, username, auth }: ClientServer) =>
    `${protocol} ${host}:${port} ${security} ${username} ${auth?.join()}`;
  return [...reading.incoming, ...reading.outgoing].map(say);
}

function theirs(result: Result | undefined, { local, domain }: Person): string[] | 'refused' {
  if (!result || 'error' in result) return 'refused';
  const fill = (text: string) =>
    text
      .replaceAll('%EMAILADDRESS%', `${local}@${domain}`)
      .replaceAll('%EMAILLOCALPART%', local)
      .replaceAll('%EMAILDOMAIN%', domain);
  const say = ({ type, hostname, port, socketType, username, auth }: Server) =>
    `${type} ${fill(hostname)}:${port} ${words[socketType as keyof typeof words]} ${fill(username ?? '')} ${auth}`;
  return [
    ...[result.incoming, ...result.incomingAlternatives].map(say),
    ...[result.outgoing, ...result.outgoingAlternatives].map(say),
  ];
}

describe('Thunderbird', {
  skip: !thunderbirdPath() && 'Thunderbird is not installed; npm run test:real installs it',
}, () => {
  test('reads as the simulation says it does', async (t) => {
    const records = providers.flatMap((provider): [string, string, Person][] => {
      const answer = answerOf(provider);
      const text = provider.access === 'open' ? given('autoconfig', answer) : undefined;
      return text === undefined ? [] : [[provider.id, text, { local: 'max', domain: answer.domain }]];
    });
    const strange = Object.entries(odd).map(([name, text]): [string, string, Person] => [
      `${name}.zz`,
      text,
      { local: 'max', domain: parseDomain('example.com') },
    ]);
    const documents = new Map([...records, ...strange].map(([name, text]) => [name, text]));
    const web = createServer((request, response) => {
      const text = documents.get((request.url ?? '').slice('/v1.1/'.length));
      response.writeHead(text === undefined ? 404 : 200, { 'Content-Type': 'text/xml; charset=utf-8' }).end(text);
    }).listen(0, '127.0.0.1');
    await once(web, 'listening');
    t.after(() => web.close());
    const base = `http://127.0.0.1:${(web.address() as AddressInfo).port}/v1.1/`;
    const thunderbird = await startThunderbird({ autoconfigBase: base });
    t.after(() => thunderbird.stop());
    const results = await thunderbird.fetchFromServer([...documents.keys()]);
    const all = [...records, ...strange];
    assert.deepEqual(
      all.map(([name, text, person]) => [name, ours(text, person)]),
      all.map(([name, , person]) => [name, theirs(results.get(name), person)]),
    );
    const refused = strange.filter(
      ([name]) => theirs(results.get(name), { local: '', domain: parseDomain('a.zz') }) === 'refused',
    );
    t.diagnostic(
      `Thunderbird ${thunderbird.version}: ${records.length} records, ${strange.length} odd files, ${refused.length} of them refused`,
    );
  });
});
