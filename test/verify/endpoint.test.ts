/** What is probed: the endpoints of the records, each once, and the URL that names one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointKey } from '../../src/provider/model.ts';
import { endpoints, parseEndpoint } from '../../src/verify/endpoint.ts';
import { curated, imap, record, smtp } from '../records.ts';

describe('the endpoints of the records', () => {
  test('are the servers for mail, with the records that use each', () => {
    const found = endpoints(curated({ providers: [record({ id: 'a.example' })] }));
    assert.deepEqual(
      found.map(({ key, records }) => [key, records]),
      [
        ['imap://imap.a.example:993?security=tls', ['a.example']],
        ['smtp://smtp.a.example:465?security=tls', ['a.example']],
      ],
    );
    assert.deepEqual(found[0]?.endpoint, { protocol: 'imap', host: 'imap.a.example', port: 993, security: 'tls' });
  });

  test('that several records share are there once', () => {
    const shared = {
      incoming: [imap({ host: 'imap.shared.example' })],
      outgoing: [smtp({ host: 'smtp.own.example' })],
    };
    const found = endpoints(
      curated({ providers: [record({ id: 'b.example', ...shared }), record({ id: 'a.example', ...shared })] }),
    );
    assert.deepEqual(
      found.map(({ records }) => records),
      [
        ['a.example', 'b.example'],
        ['a.example', 'b.example'],
      ],
    );
  });

  test('differ by port and by security', () => {
    const incoming = [imap(), imap({ port: 143, security: 'starttls' }), imap({ port: 143, security: 'none' })];
    assert.equal(endpoints(curated({ providers: [record({ incoming, outgoing: [] })] })).length, 3);
  });

  test('are not those of the customers of a hoster, whose hosts nobody knows', () => {
    const incoming = [imap({ host: '{mx}' }), imap({ host: 'mail.{domain}' })];
    assert.deepEqual(
      endpoints(curated({ providers: [record({ incoming, outgoing: [], mx: ['*.mx.mail.example'] })] })),
      [],
    );
  });

  test('are not those of a service that has ended', () => {
    const restriction = { since: '2026', sources: ['help'] };
    assert.deepEqual(endpoints(curated({ providers: [record({ access: 'closed', restriction })] })), []);
  });

  test('are not those of hosts whose owners asked not to be probed, nor of anything below their domain', () => {
    const providers = [record({ id: 'a.example' }), record({ id: 'b.example' }), record({ id: 'c.example' })];
    const asked = (name: string) => ({ name, since: '2026-11-20', note: 'By mail from postmaster.' });
    const found = endpoints(curated({ providers, noProbe: [asked('imap.a.example'), asked('b.example')] }));
    assert.deepEqual(
      found.map(({ endpoint }) => endpoint.host),
      ['imap.c.example', 'smtp.a.example', 'smtp.c.example'],
    );
  });
});

describe('the URL of an endpoint', () => {
  const read: [string, string][] = [
    // An operator's own servers may have no name.
    ['imap://127.0.0.1:993', 'imap://127.0.0.1:993?security=tls'],
    ['imap://[0:0:0:0:0:0:0:1]:993', 'imap://[::1]:993?security=tls'],
    ['imap://imap.mail.example:993?security=tls', 'imap://imap.mail.example:993?security=tls'],
    ['imap://imap.mail.example:993', 'imap://imap.mail.example:993?security=tls'],
    ['imap://imap.mail.example:143', 'imap://imap.mail.example:143?security=starttls'],
    ['pop3://pop.mail.example:995', 'pop3://pop.mail.example:995?security=tls'],
    ['pop3://pop.mail.example:110', 'pop3://pop.mail.example:110?security=starttls'],
    ['smtp://smtp.mail.example:465', 'smtp://smtp.mail.example:465?security=tls'],
    ['smtp://smtp.mail.example:587', 'smtp://smtp.mail.example:587?security=starttls'],
    ['smtp://smtp.mail.example:25', 'smtp://smtp.mail.example:25?security=starttls'],
    ['smtp://smtp.mail.example:2525?security=none', 'smtp://smtp.mail.example:2525?security=none'],
    ['smtp://smtp.mail.example:587?security=tls', 'smtp://smtp.mail.example:587?security=tls'],
    ['imap://imap.mail.example', 'imap://imap.mail.example:993?security=tls'],
    ['smtp://smtp.mail.example?security=starttls', 'smtp://smtp.mail.example:587?security=starttls'],
    [' IMAP://IMAP.Bücher.Example:993/ ', 'imap://imap.xn--bcher-kva.example:993?security=tls'],
  ];
  for (const [text, key] of read) {
    test(`${text} is ${key}`, () => {
      const endpoint = parseEndpoint(text);
      assert.equal(endpointKey(endpoint), key);
      assert.deepEqual(parseEndpoint(key), endpoint);
    });
  }

  const refused: [string, RegExp][] = [
    ['', /^“” is no endpoint: it looks like imap:\/\/imap\.example\.com:993\?security=tls\.$/],
    ['imap.mail.example:993', /is no endpoint: it looks like/],
    ['imap://imap.mail.example:993#top', /is no endpoint/],
    ['imaps://imap.mail.example', /^Write imap:\/\/ and \?security=tls instead of imaps:\/\//],
    ['https://mail.example', /^“https” cannot be probed: imap, pop3 and smtp can/],
    ['imap://:993', /is no host and port/],
    ['imap://user@imap.mail.example:993', /is no host and port/],
    ['imap://imap.mail.example:993/inbox', /is no host and port|is no port/],
    ['imap://imap.mail.example:0', /^“0” is no port/],
    ['imap://imap.mail.example:70000', /^“70000” is no port/],
    ['imap://imap.mail.example:', /^“” is no port/],
    ['imap://imap.mail.example:2000', /^Port 2000 says nothing of the security/],
    ['imap://imap.mail.example:465', /^Port 465 says nothing of the security/],
    ['imap://imap.mail.example?security=none', /^A port is missing/],
    ['imap://imap.mail.example:993?security=ssl', /^“ssl” is no security: it is tls, starttls or none\.$/],
    ['imap://imap.mail.example:993?auth=plain', /^“auth” is no part of an endpoint/],
    ['imap://localhost:993', /has no dot/],
  ];
  for (const [text, says] of refused) {
    test(`“${text}” is refused in a sentence`, () => assert.throws(() => parseEndpoint(text), { message: says }));
  }
});
