import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseAutomx2 } from '../../src/formats/automx2.ts';

fc.configureGlobal({ seed: 2019, numRuns: 200 });

const source = { url: 'https://mail.example/seed.json' };

/** A seed; every test below changes one thing in it. */
const minimal = {
  provider: 'Example Inc.',
  domains: ['mail.example'],
  servers: [
    { type: 'imap', name: 'imap.mail.example' },
    { type: 'smtp', name: 'smtp.mail.example' },
  ] as unknown[],
};

const common = { security: 'tls', username: '%EMAILADDRESS%', auth: ['password-cleartext'], sources: ['import'] };
const imap = { protocol: 'imap', host: 'imap.mail.example', port: 993, ...common };
const smtp = { protocol: 'smtp', host: 'smtp.mail.example', port: 465, ...common };
const draft = {
  id: 'mail.example',
  name: 'Example Inc.',
  short: 'Example',
  domains: ['mail.example'],
  incoming: [imap],
  outgoing: [smtp],
  sources: { import: source },
};

/** The seed with these facts gives the draft with those, and these remarks as `where: says`. */
function gives(facts: Record<string, unknown>, expected: Record<string, unknown>, ...remarks: string[]): void {
  const result = parseAutomx2({ ...minimal, ...facts }, source);
  assert.ok(result);
  const wanted = Object.entries({ ...draft, ...expected }).filter(([, value]) => value !== undefined);
  assert.deepEqual(result.record, Object.fromEntries(wanted));
  assert.deepEqual(
    result.remarks.map(({ where, says }) => `${where}: ${says}`),
    remarks,
  );
}

/** With one more server, `servers[2]`. */
const more = (server: unknown): Record<string, unknown> => ({ servers: [...minimal.servers, server] });

test('a seed as it should be gives a draft and no remark', () => gives({}, {}));

describe('the provider', () => {
  test('has its first word for a short name, as automx2 itself does', () => {
    gives({ provider: 'Post' }, { name: 'Post', short: 'Post' });
    gives({ provider: ' Big  Corporation, Inc.' }, { name: 'Big Corporation, Inc.', short: 'Big' });
  });

  test('with a long name has it cut, with a remark', () => {
    const cut = (max: number) => `provider: is longer than ${max} characters; cut`;
    gives({ provider: `Long ${'x'.repeat(70)}` }, { name: `Long ${'x'.repeat(55)}`, short: 'Long' }, cut(60));
    gives({ provider: 'y'.repeat(25) }, { name: 'y'.repeat(25), short: 'y'.repeat(20) }, cut(20));
  });

  test('without a name has none: the linter asks for it', () => {
    for (const provider of ['', ' ', null, undefined, ['x'], {}])
      gives({ provider }, { name: undefined, short: undefined }, 'provider: is empty; left out');
  });
});

describe('domains', () => {
  test('are a sorted set; the first is the id', () => {
    const domains = ['z.example', 'a.example', 'z.example'];
    gives({ domains }, { id: 'z.example', domains: ['a.example', 'z.example'] });
  });

  test('are put into our form, or left out', () => {
    gives(
      { domains: ['localhost', 'Mail.Example', 7, null] },
      {},
      'domains: “localhost” is not a host name; left out',
      'domains: “Mail.Example” was written mail.example',
      'domains: “7” is not a host name; left out',
      'domains: “” is not a host name; left out',
    );
  });
});

describe('a server', () => {
  test('without a port has the one of its type', () => {
    const pop = { ...imap, protocol: 'pop3', host: 'pop.mail.example', port: 995 };
    for (const type of ['pop', 'pop3']) gives(more({ type, name: 'pop.mail.example' }), { incoming: [imap, pop] });
  });

  test('on another port than 465, 993 and 995 speaks STARTTLS', () => {
    for (const port of [25, 587, '587', 2525]) {
      const outgoing = [smtp, { ...smtp, port: Number(port), security: 'starttls' }];
      gives(more({ type: 'smtp', name: 'smtp.mail.example', port }), { outgoing });
    }
    gives(more({ type: 'smtp', name: 'smtp.mail.example', port: 993 }), { outgoing: [smtp, { ...smtp, port: 993 }] });
  });

  test('stands in the order of its priority, the lowest first; 10 where it has none', () => {
    const at = (name: string, prio?: number) => ({ type: 'imap', name: `${name}.mail.example`, ...(prio && { prio }) });
    const servers = [at('c', 20), at('b'), at('a', 5), at('d', 20)];
    const incoming = ['a', 'b', 'c', 'd'].map((name) => ({ ...imap, host: `${name}.mail.example` }));
    gives({ servers }, { incoming, outgoing: [] });
  });

  test('may have a user name of its own', () => {
    const server = { type: 'smtp', name: 'smtp.mail.example' };
    const outgoing = [smtp, { ...smtp, username: '%EMAILLOCALPART%' }];
    gives(more({ ...server, user_name: '%EMAILLOCALPART%' }), { outgoing });
    const says = '“fred” is no user name that follows from the address; left out';
    gives(more({ ...server, user_name: 'fred' }), {}, `servers[2].user_name: ${says}`);
  });

  test('that cannot be used is told and left out', () => {
    const name = 'imap.mail.example';
    for (const [server, says] of [
      [{ type: 'nntp', name }, '.type: “nntp” is not understood'],
      [{ type: 'constructor', name }, '.type: “constructor” is not understood'],
      [{ name }, '.type: “” is not understood'],
      ['imap', '.type: “” is not understood'],
      [null, '.type: “” is not understood'],
      [{ type: 'imap' }, '.name: “” is not a host name'],
      [{ type: 'imap', name: '192.0.2.1' }, '.name: “192.0.2.1” is not a host name'],
      [{ type: 'imap', name: 'imap.%EMAILDOMAIN%' }, '.name: “imap.%EMAILDOMAIN%” is not a host name'],
      [{ type: 'imap', name, port: 0 }, '.port: “0” is not a port'],
      [{ type: 'imap', name, port: 'imaps' }, '.port: “imaps” is not a port'],
    ] as const)
      gives(more(server), {}, `servers[2]${says}; left out`);
  });

  test('with fields that nobody knows is read without them, which is told', () => {
    const again = { type: 'smtp', name: 'smtp.mail.example', port: 587 };
    const outgoing = [smtp, { ...smtp, port: 587, security: 'starttls' }];
    for (const key of ['url', 'socket_type', 'foo'])
      gives(more({ ...again, [key]: 'x' }), { outgoing }, `servers[2].${key}: is not understood; left out`);
  });
});

describe('a calendar or an address book', () => {
  const url = 'https://dav.mail.example/';
  const service = (protocol: string) => ({
    protocol,
    url,
    username: '%EMAILADDRESS%',
    auth: ['password-cleartext'],
    sources: ['import'],
  });

  test('is a service', () => {
    for (const type of ['caldav', 'carddav']) gives(more({ type, url }), { services: [service(type)] });
  });

  test('whose address is not the same for everybody is told and left out', () => {
    for (const bad of ['https://dav.mail.example/%EMAILADDRESS%/', 'http://dav.mail.example/', 'https:// x', ''])
      gives(
        more({ type: 'caldav', url: bad }),
        {},
        `servers[2].url: “${bad}” is no https:// URL without placeholders; left out`,
      );
  });

  test('may have a user name of its own', () => {
    const services = [{ ...service('caldav'), username: '%EMAILLOCALPART%' }];
    gives(more({ type: 'caldav', url, user_name: '%EMAILLOCALPART%' }), { services });
  });

  test('has a port and other fields too, which are told and left out', () => {
    for (const key of ['port', 'name', 'use_ssl'])
      gives(
        more({ type: 'carddav', url, [key]: 443 }),
        { services: [service('carddav')] },
        `servers[2].${key}: is not understood; left out`,
      );
  });
});

test('other fields of a seed are told and left out', () => {
  gives({ comment: 'x', proto: 1 }, {}, 'comment: is not understood; left out', 'proto: is not understood; left out');
});

test('what is no seed gives nothing', () => {
  for (const value of [undefined, null, 7, 'x', [], {}, [minimal]])
    assert.equal(parseAutomx2(value, source), undefined);
  for (const [key, value] of [
    ['domains', undefined],
    ['domains', 'mail.example'],
    ['domains', []],
    ['domains', ['localhost']],
    ['servers', undefined],
    ['servers', {}],
  ] as const)
    assert.equal(parseAutomx2({ ...minimal, [key]: value }, source), undefined);
});

test('any value gives a draft or nothing, and never throws', () => {
  const keys = fc.constantFrom('type', 'name', 'port', 'prio', 'url', 'user_name', '__proto__');
  fc.assert(
    fc.property(fc.dictionary(keys, fc.anything()), fc.anything(), (server, value) => {
      parseAutomx2({ ...minimal, ...more({ type: 'imap', ...server }) }, source);
      parseAutomx2({ ...minimal, servers: [value, server], provider: value }, source);
      parseAutomx2(value, source);
    }),
  );
});
