/**
 * How each client reads, case by case: what its own project tests of its parser, said again in our words and with documents
 * of our own. Where a case has a name here, the file of the project that has it is named in docs/clients.md.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Client, ClientName, PoxReading, Settings, SrvRecords } from '../../../src/discover/clients/model.ts';
import { clients } from '../../../src/discover/clients/table.ts';
import { parseXml } from '../../../src/formats/xml.ts';
import { parseDomain } from '../../../src/name/domain.ts';

const person = { local: 'max', domain: parseDomain('example.com') };

function client(name: ClientName): Client {
  const found = clients.find((one) => one.name === name);
  assert.ok(found);
  return found;
}

interface Section {
  readonly type?: string;
  readonly host?: string;
  readonly port?: string;
  readonly mode?: string;
  readonly auth?: readonly string[];
  readonly username?: string | null;
}

function section(element: 'incomingServer' | 'outgoingServer', given: Section): string {
  const isIn = element === 'incomingServer';
  const { type = isIn ? 'imap' : 'smtp', host = isIn ? 'imap.example.com' : 'smtp.example.com' } = given;
  const {
    port = isIn ? '993' : '465',
    mode = 'SSL',
    auth = ['password-cleartext'],
    username = '%EMAILADDRESS%',
  } = given;
  return `<${element} type="${type}"><hostname>${host}</hostname><port>${port}</port><socketType>${mode}</socketType>
    ${auth.map((method) => `<authentication>${method}</authentication>`).join('')}
    ${username === null ? '' : `<username>${username}</username>`}</${element}>`;
}

interface File {
  readonly id?: string;
  readonly domains?: string;
  readonly incoming?: readonly Section[];
  readonly outgoing?: readonly Section[];
  readonly more?: string;
}

function file({
  id = 'example.com',
  domains = '<domain>example.com</domain>',
  incoming = [{}],
  outgoing = [{}],
  more = '',
}: File = {}) {
  return `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="${id}">${domains}
    ${incoming.map((one) => section('incomingServer', one)).join('')}
    ${outgoing.map((one) => section('outgoingServer', one)).join('')}${more}</emailProvider></clientConfig>`;
}

/** `imap.example.com:993 tls max@example.com` for what is taken, or why nothing is. */
function said(reading: PoxReading | Settings | undefined): string[] {
  assert.ok(reading);
  if ('refused' in reading)
    return [`refused: ${reading.refused}${reading.where === undefined ? '' : ` ${reading.where}`}`];
  if ('url' in reading) return [reading.url];
  if ('address' in reading) return [reading.address];
  return [...reading.incoming, ...reading.outgoing].map(
    ({ host, port, security, username }) => `${host}:${port} ${security} ${username}`,
  );
}

function autoconfig(name: ClientName, given: File | string = {}): string[] {
  const text = typeof given === 'string' ? given : file(given);
  return said(client(name).autoconfig?.(parseXml(text), person));
}

const plainPair = ['imap.example.com:993 tls max@example.com', 'smtp.example.com:465 tls max@example.com'];
const readers = clients.filter((one) => one.autoconfig).map(({ name }) => name);

describe('a small file', () => {
  for (const name of readers) test(`is read by ${name}`, () => assert.deepEqual(autoconfig(name), plainPair));
});

describe('Thunderbird', () => {
  const read = (given: File) => autoconfig('thunderbird', given);

  test('wants a host-like id, a domain, and a server of each kind', () => {
    assert.deepEqual(read({ id: '-23' }), ['refused: bad-id']);
    assert.deepEqual(read({ id: '' }), ['refused: bad-id']);
    assert.deepEqual(read({ domains: '' }), ['refused: no-domain']);
    assert.deepEqual(read({ domains: '<domain>-invalid</domain>' }), ['refused: no-domain']);
    assert.deepEqual(read({ incoming: [] }), ['refused: no-incoming']);
    assert.deepEqual(read({ outgoing: [] }), ['refused: no-outgoing']);
    assert.deepEqual(autoconfig('thunderbird', '<clientConfig/>'), ['refused: other-document']);
  });

  test('passes by what it does not know, section by section', () => {
    const outgoing = [{ type: 'jmap' }, { mode: 'TLS' }, { auth: ['magic'] }, { port: '0' }, {}];
    assert.deepEqual(read({ incoming: [{ type: 'jmap' }, { mode: 'quic' }, {}], outgoing }), plainPair);
  });

  test('takes the first method that it knows, and OAuth2 only for hosts of its list', () => {
    const methods = (host: string) => {
      const root = parseXml(file({ incoming: [{ host, auth: ['magic', 'OAuth2', 'password-cleartext'] }] }));
      const reading = client('thunderbird').autoconfig?.(root, person);
      assert.ok(reading && 'incoming' in reading);
      return reading.incoming[0]?.auth;
    };
    assert.deepEqual(methods('imap.example.com'), ['password-cleartext']);
    assert.deepEqual(methods('imap.gmail.com'), ['OAuth2']);
    assert.deepEqual(read({ incoming: [{ auth: ['OAuth2'] }] }), ['refused: no-incoming']);
  });

  test('loses the text of an element with an attribute, and trims hosts alone', () => {
    const domains = '<domain purpose="mx">mx.example.com</domain>';
    assert.deepEqual(read({ domains }), ['refused: no-domain']);
    assert.deepEqual(read({ incoming: [{ host: ' imap.example.com\n' }] }), plainPair);
    assert.deepEqual(read({ incoming: [{ mode: ' SSL ' }] }), ['refused: no-incoming']);
  });

  test('reads plain as well, and fills placeholders in host names, too', () => {
    const incoming = [{ host: 'imap.%EMAILDOMAIN%', port: '143', mode: 'plain', username: '%EMAILLOCALPART%' }];
    assert.deepEqual(read({ incoming })[0], 'imap.example.com:143 none max');
  });
});

describe('Thunderbird for Android', () => {
  const read = (given: File) => autoconfig('thunderbird-android', given);

  test('drops the whole file for one bad section, even behind a good one', () => {
    const bad: readonly [Section, string][] = [
      [{ mode: 'plain' }, 'socketType'],
      [{ mode: ' SSL' }, 'socketType'],
      [{ username: null }, 'username'],
      [{ auth: [] }, 'authentication'],
      [{ auth: ['NTLM', 'GSSAPI'] }, 'authentication'],
      [{ host: 'in valid' }, 'hostname'],
      [{ port: '70000' }, 'port'],
      [{ port: 'x' }, 'port'],
    ];
    for (const [one, where] of bad) {
      assert.deepEqual(read({ incoming: [{}, one] }), [`refused: bad-section incomingServer[imap]/${where}`]);
      assert.deepEqual(read({ outgoing: [{}, one] }), [`refused: bad-section outgoingServer[smtp]/${where}`]);
    }
  });

  test('passes sections of other types by, whatever is in them', () => {
    assert.deepEqual(read({ incoming: [{ type: 'pop3', mode: 'plain', username: null }, {}] }), plainPair);
  });

  test('takes no element for a text', () => {
    assert.deepEqual(read({ incoming: [{ host: '<b>imap.example.com</b>' }] }), ['refused: bad-value hostname']);
  });

  test('keeps every section and every method that it knows', () => {
    const root = parseXml(
      file({ incoming: [{ auth: ['', 'OAuth2', 'magic', 'password-encrypted'] }, { port: '143', mode: 'STARTTLS' }] }),
    );
    const reading = client('thunderbird-android').autoconfig?.(root, person);
    assert.ok(reading && 'incoming' in reading);
    assert.deepEqual(
      reading.incoming.map(({ port, auth }) => [port, auth]),
      [
        [993, ['OAuth2', 'password-encrypted']],
        [143, ['password-cleartext']],
      ],
    );
  });
});

describe('Delta Chat', () => {
  const pox = (protocols: string) =>
    said(
      client('delta-chat').autodiscover?.(
        parseXml(
          `<Autodiscover><Response><Account><Action>settings</Action>${protocols}</Account></Response></Autodiscover>`,
        ),
        person,
      ),
    );
  const protocol = (type: string, server: string, port: number, ssl: string) =>
    `<Protocol><Type>${type}</Type><Server>${server}</Server><Port>${port}</Port><SSL>${ssl}</SSL><AuthRequired>on</AuthRequired></Protocol>`;

  test('takes all IMAP and SMTP sections, in any case, and no other', () => {
    const incoming = [{}, { port: '143', mode: 'starttls' }, { type: 'pop3', port: '995' }];
    assert.deepEqual(autoconfig('delta-chat', { incoming }), [
      plainPair[0],
      'imap.example.com:143 starttls max@example.com',
      plainPair[1],
    ]);
    assert.deepEqual(autoconfig('delta-chat', file().replaceAll('incomingServer', 'INCOMINGSERVER')), plainPair);
  });

  test('counts a file without servers as an answer', () => {
    assert.deepEqual(autoconfig('delta-chat', '<html><body/></html>'), []);
  });

  test('tries TLS, then STARTTLS, where neither is said', () => {
    const [first, second] = autoconfig('delta-chat', { incoming: [{ mode: 'auto', port: '1993' }] });
    assert.deepEqual(
      [first, second],
      ['imap.example.com:1993 tls max@example.com', 'imap.example.com:1993 starttls max@example.com'],
    );
  });

  test('reads Autodiscover’s SSL: on is one of both ways, off is none', () => {
    assert.deepEqual(
      pox(protocol('IMAP', 'example.com', 993, 'on') + protocol('SMTP', 'smtp.example.com', 25, 'off')),
      [
        'example.com:993 tls max@example.com',
        'example.com:993 starttls max@example.com',
        'smtp.example.com:25 none max@example.com',
      ],
    );
  });

  test('follows RedirectUrl, whatever else is there', () => {
    assert.deepEqual(pox('<RedirectUrl>https://mail.example.com/autodiscover/autodiscover.xml</RedirectUrl>'), [
      'https://mail.example.com/autodiscover/autodiscover.xml',
    ]);
  });
});

const record = (target: string, port: number, priority = 0, weight = 0) => ({ target, port, priority, weight });
function srv(name: ClientName, records: Readonly<Record<string, ReturnType<typeof record>[]>>): string[] | undefined {
  const known: SrvRecords = new Map(Object.entries(records));
  const settings = client(name).srv?.(known, person);
  return settings && said(settings);
}

describe('FairEmail', () => {
  test('keeps the last section of each kind, and the last user name of all', () => {
    const incoming = [{}, { port: '143', mode: 'STARTTLS' }, { type: 'pop3', port: '995' }];
    const outgoing = [{}, { port: '587', mode: 'STARTTLS', username: '%EMAILLOCALPART%' }];
    assert.deepEqual(autoconfig('fairemail', { incoming, outgoing }), [
      'imap.example.com:143 starttls max',
      'smtp.example.com:587 starttls max',
    ]);
  });

  test('goes by the port where the mode is unknown to it, and never without encryption', () => {
    assert.deepEqual(
      autoconfig('fairemail', { incoming: [{ port: '143', mode: 'plain' }] })[0],
      'imap.example.com:143 starttls max@example.com',
    );
    assert.deepEqual(
      autoconfig('fairemail', { incoming: [{ port: '1143', mode: 'plain' }] })[0],
      'imap.example.com:1143 tls max@example.com',
    );
  });

  test('fills in only what stands alone, and reads ports strictly', () => {
    const outgoing = [{ username: '%EMAILLOCALPART%.%EMAILDOMAIN%' }];
    assert.match(autoconfig('fairemail', { outgoing })[1] ?? '', /%EMAILLOCALPART%\.%EMAILDOMAIN%$/);
    assert.deepEqual(autoconfig('fairemail', { incoming: [{ port: ' 993' }] }), [
      'refused: bad-value incomingServer/port',
    ]);
  });

  test('takes of SRV the most preferred record of both labels, and wants a pair', () => {
    const submission = {
      '_submission._tcp': [record('s.example.com', 587)],
      '_submissions._tcp': [record('t.example.com', 465)],
    };
    assert.deepEqual(
      srv('fairemail', {
        '_imap._tcp': [record('a.example.com', 143, 5)],
        '_imaps._tcp': [record('b.example.com', 993, 5)],
        ...submission,
      }),
      ['b.example.com:993 tls max@example.com', 's.example.com:587 starttls max@example.com'],
    );
    assert.equal(srv('fairemail', { '_imaps._tcp': [record('b.example.com', 993)] }), undefined);
    assert.equal(srv('fairemail', { '_imaps._tcp': [record('', 0)], ...submission }), undefined);
  });
});

describe('aerc', () => {
  test('takes the first IMAP section, but the last of those to send', () => {
    const incoming = [{ type: 'pop3' }, {}, { port: '143', mode: 'STARTTLS' }];
    const outgoing = [{}, { port: '587', mode: 'STARTTLS' }];
    assert.deepEqual(autoconfig('aerc', { incoming, outgoing }), [
      plainPair[0],
      'smtp.example.com:587 starttls max@example.com',
    ]);
  });

  test('fills in the address alone, in any case', () => {
    assert.deepEqual(autoconfig('aerc', { incoming: [{ username: '%EmailAddress%' }] }), plainPair);
    assert.deepEqual(
      autoconfig('aerc', { incoming: [{ username: '%EMAILLOCALPART%' }] })[0],
      'imap.example.com:993 tls %EMAILLOCALPART%',
    );
  });

  test('takes an unknown mode for STARTTLS, and wants ports of digits', () => {
    assert.match(autoconfig('aerc', { incoming: [{ mode: 'TLS' }] })[0] ?? '', /starttls/);
    assert.deepEqual(autoconfig('aerc', { incoming: [{ port: '993\n' }] }), ['refused: no-incoming']);
  });

  test('prefers of SRV what begins without TLS, and the heaviest whatever its priority', () => {
    assert.deepEqual(
      srv('aerc', {
        '_imaps._tcp': [record('tls.example.com', 993)],
        '_imap._tcp': [record('light.example.com', 143, 0, 1), record('heavy.example.com', 143, 9, 5)],
      }),
      ['heavy.example.com:143 starttls max@example.com'],
    );
    assert.deepEqual(srv('aerc', { '_jmap._tcp': [record('jmap.example.com', 443)] }), [
      'jmap.example.com:443 tls max@example.com',
    ]);
    assert.equal(srv('aerc', { '_submission._tcp': [record('smtp.example.com', 587)] }), undefined);
  });
});

describe('Geary', () => {
  test('takes nothing where the first section is not IMAP', () => {
    assert.deepEqual(autoconfig('geary', { incoming: [{ type: 'pop3' }, {}] }), ['refused: no-incoming']);
  });
  test('signs in with the address whatever the file says, and takes an unknown mode for none', () => {
    assert.deepEqual(
      autoconfig('geary', { incoming: [{ username: 'other', mode: 'TLS' }] })[0],
      'imap.example.com:993 none max@example.com',
    );
  });
});

describe('KMail', () => {
  test('offers IMAP before POP3, and sends by the weakest mode there is', () => {
    const incoming = [{ type: 'pop3', host: 'pop.example.com', port: '995' }, {}];
    const outgoing = [{}, { port: '587', mode: 'STARTTLS' }];
    assert.deepEqual(autoconfig('kmail', { incoming, outgoing }), [
      plainPair[0],
      'pop.example.com:995 tls max@example.com',
      'smtp.example.com:587 starttls max@example.com',
      plainPair[1],
    ]);
  });
  test('takes the first method that is no plain password', () => {
    const root = parseXml(file({ incoming: [{ auth: ['password-cleartext', 'OAuth2', 'GSSAPI'] }] }));
    const reading = client('kmail').autoconfig?.(root, person);
    assert.deepEqual(reading && 'incoming' in reading && reading.incoming[0]?.auth, ['OAuth2']);
  });
});

describe('EmailEngine', () => {
  test('takes what is not SSL for STARTTLS, and one half alone', () => {
    assert.deepEqual(autoconfig('emailengine', { incoming: [{ type: 'pop3' }], outgoing: [{ mode: 'plain' }] }), [
      'smtp.example.com:465 starttls max@example.com',
    ]);
  });
  test('knows some MX hosts', () => {
    const known = (host: string) => client('emailengine').knownMx?.(parseDomain(host), person);
    const microsoft = known('example-com.mail.protection.outlook.com');
    assert.deepEqual(microsoft && 'incoming' in microsoft && said(microsoft), [
      'outlook.office365.com:993 tls max@example.com',
      'smtp.office365.com:587 starttls max@example.com',
    ]);
    assert.deepEqual(known('aspmx.l.google.com'), {
      srv: 'gmail.com',
      labels: ['_imaps._tcp', '_imap._tcp', '_submissions._tcp', '_submission._tcp'],
    });
    assert.equal(known('mx.example.com'), undefined);
  });
});

describe('Autodiscover’s SSL off with Encryption TLS, as many files have it', () => {
  const contradiction = ['IMAP', 'SMTP']
    .map(
      (type) =>
        `<Protocol><Type>${type}</Type><Server>m.example.com</Server><Port>${type === 'IMAP' ? 143 : 587}</Port><LoginName>max</LoginName><SPA>off</SPA><SSL>off</SSL><Encryption>TLS</Encryption></Protocol>`,
    )
    .join('');
  const text = `<Autodiscover><Response><Account><AccountType>email</AccountType><Action>settings</Action>${contradiction}</Account></Response></Autodiscover>`;
  const modes: Readonly<Partial<Record<ClientName, string>>> = {
    thunderbird: 'none',
    'delta-chat': 'none',
    fairemail: 'starttls',
    outlook: 'starttls',
    emailengine: 'starttls',
  };
  for (const [name, mode] of Object.entries(modes)) {
    test(`is ${mode} to ${name}`, () => {
      const reading = client(name as ClientName).autodiscover?.(parseXml(text), person);
      assert.ok(reading && 'incoming' in reading);
      assert.deepEqual(
        [...reading.incoming, ...reading.outgoing].map(({ security }) => security),
        [mode, mode],
      );
    });
  }
});

describe('every client', () => {
  test('says where its rules stand', () => {
    for (const { name, sources, rules } of clients) assert.ok(sources.length > 0 && rules.length > 0, name);
  });
  test('reads hostile documents without harm', () => {
    const hostile = [
      '<a/>',
      '<clientConfig><emailProvider/></clientConfig>',
      '<Autodiscover><Response><Account/></Response></Autodiscover>',
      `<plist>${'<dict>'.repeat(60)}${'</dict>'.repeat(60)}</plist>`,
    ];
    for (const one of clients)
      for (const text of hostile) {
        one.autoconfig?.(parseXml(text), person);
        one.autodiscover?.(parseXml(text), person);
        one.profile?.(text, person);
      }
  });
  test('takes no server of a type that is no word of the format, whatever an object has by that name', () => {
    const sectionOf = (type: string) =>
      `<Protocol><Type>${type}</Type><Server>m.example.com</Server><Port>993</Port></Protocol>`;
    const account = ['constructor', '__proto__', 'toString', 'SMTP'].map(sectionOf).join('');
    const pox = `<Autodiscover><Response><Account><AccountType>email</AccountType><Action>settings</Action>${account}</Account></Response></Autodiscover>`;
    const plist = `<plist><dict><key>PayloadType</key><string>com.apple.mail.managed</string><key>EmailAccountType</key><string>constructor</string>${['Incoming', 'Outgoing'].map((which) => `<key>${which}MailServerHostName</key><string>m.example.com</string><key>${which}MailServerAuthentication</key><string>EmailAuthNone</string>`).join('')}</dict></plist>`;
    for (const one of clients)
      for (const reading of [one.autodiscover?.(parseXml(pox), person), one.profile?.(plist, person)])
        if (reading && 'incoming' in reading) assert.deepEqual(reading.incoming, [], one.name);
  });
});

describe('Outlook', () => {
  const read = (protocols: string) =>
    client('outlook').autodiscover?.(
      parseXml(`<Autodiscover><Response><Account>${protocols}</Account></Response></Autodiscover>`),
      person,
    );
  const protocol = (type: string, more: string) =>
    `<Protocol><Type>${type}</Type><Server>m.example.com</Server>${more}</Protocol>`;

  test('takes every switch for on where it is missing: TLS, NTLM, a sign-in', () => {
    const reading = read(protocol('POP3', '') + protocol('SMTP', ''));
    assert.deepEqual(said(reading), ['m.example.com:995 tls max@example.com', 'm.example.com:465 tls max@example.com']);
    assert.ok(reading && 'incoming' in reading);
    assert.deepEqual(
      [...reading.incoming, ...reading.outgoing].map(({ auth }) => auth),
      [['NTLM'], ['NTLM']],
    );
  });

  test('lets Encryption override SSL, and IMAP go before POP3', () => {
    const starttls =
      '<Port>587</Port><LoginName>max</LoginName><SPA>off</SPA><SSL>off</SSL><Encryption>TLS</Encryption>';
    const reading = read(protocol('POP3', '') + protocol('IMAP', '<Port>993</Port>') + protocol('SMTP', starttls));
    assert.deepEqual(said(reading), [
      'm.example.com:993 tls max@example.com',
      'm.example.com:995 tls max@example.com',
      'm.example.com:587 starttls max',
    ]);
  });

  test('is sent on by URL and by address', () => {
    assert.deepEqual(said(read('<Action>redirectUrl</Action><RedirectUrl>https://x.example/</RedirectUrl>')), [
      'https://x.example/',
    ]);
    assert.deepEqual(said(read('<Action>redirectAddr</Action><RedirectAddr>max@x.example</RedirectAddr>')), [
      'max@x.example',
    ]);
  });
});

describe('Apple Mail', () => {
  const plist = (keys: string) =>
    `<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
    <plist version="1.0"><dict><key>PayloadContent</key><array><dict><key>PayloadType</key><string>com.apple.mail.managed</string>
    <key>EmailAccountType</key><string>EmailTypeIMAP</string>${keys}</dict></array></dict></plist>`;
  const server = (which: string, more: string) =>
    `<key>${which}MailServerHostName</key><string>m.example.com</string>
     <key>${which}MailServerAuthentication</key><string>EmailAuthPassword</string>${more}`;
  const read = (keys: string) => said(client('apple-mail').profile?.(plist(keys), person));

  test('goes without TLS, and by port 25, where a profile does not say otherwise', () => {
    assert.deepEqual(read(server('Incoming', '') + server('Outgoing', '')), [
      'm.example.com:143 none max@example.com',
      'm.example.com:25 none max@example.com',
    ]);
  });

  test('begins with TLS at once or with STARTTLS by the port', () => {
    const ssl = (which: string, port: number) =>
      server(
        which,
        `<key>${which}MailServerUseSSL</key><true/><key>${which}MailServerPortNumber</key><integer>${port}</integer>`,
      );
    assert.deepEqual(read(ssl('Incoming', 993) + ssl('Outgoing', 587)), [
      'm.example.com:993 tls max@example.com',
      'm.example.com:587 starttls max@example.com',
    ]);
  });

  test('makes nothing of half a profile, of none, and of one with entities', () => {
    assert.deepEqual(read(server('Incoming', '')), ['refused: no-outgoing']);
    assert.deepEqual(read(''), ['refused: no-incoming']);
    assert.deepEqual(said(client('apple-mail').profile?.('<plist><dict/></plist>', person)), ['refused: no-account']);
    const bomb = '<!DOCTYPE plist [<!ENTITY a "b">]><plist>&a;</plist>';
    assert.deepEqual(said(client('apple-mail').profile?.(bomb, person)), ['refused: other-document']);
  });
});
