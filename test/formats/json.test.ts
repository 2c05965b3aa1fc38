import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { answerJson, providerJson, summaryJson } from '../../src/formats/json.ts';
import { parseDomain } from '../../src/name/domain.ts';
import { endpointKey, nothingKnown, type Status } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { answer, cloud, ended, hoster, office, post, records, vault } from '../web/records.ts';

const nothingChecked = nothingKnown;

describe('The JSON of an answer', () => {
  test('says what was asked for, how the record was found, and what that rests on', () => {
    const { domain, matchedBy, trust, ...rest } = answerJson(
      answer(post, { domain: 'briefe.example' }),
      nothingChecked,
    );
    assert.deepEqual([domain, matchedBy, trust], ['briefe.example', 'domain', 'curated']);
    assert.ok(!('mx' in rest), 'no MX where none was asked for');
  });

  test('names the MX host that led to the record', () => {
    const of = answer(office, { domain: 'firm.zz', matchedBy: 'mx', mx: 'firm-zz.protection.office.example' });
    const { matchedBy, trust, mx } = answerJson(of, nothingChecked);
    assert.deepEqual([matchedBy, trust, mx], ['mx', 'dns', 'firm-zz.protection.office.example']);
  });

  test('says who the provider is', () => {
    assert.deepEqual(answerJson(answer(post), nothingChecked).provider, {
      id: 'post.example',
      name: 'Example Post',
      short: 'Post',
      kind: 'freemail',
      country: 'DE',
      operator: 'machines.example',
      website: 'https://post.example/',
      webmail: 'https://web.post.example/',
      access: 'open',
    });
  });

  test('gives the servers with all that is known of them, in the order of preference', () => {
    assert.deepEqual(answerJson(answer(post), nothingChecked).incoming[0], {
      protocol: 'imap',
      host: 'imap.post.example',
      port: 993,
      security: 'tls',
      username: '%EMAILADDRESS%',
      auth: ['OAuth2', 'password-cleartext'],
      sources: ['help'],
      status: 'unverified',
      checkedAt: null,
      authentic: null,
      answers: null,
      signsIn: null,
    });
    assert.deepEqual(
      answerJson(answer(post), nothingChecked).incoming.map(({ protocol, port }) => `${protocol}:${port}`),
      ['imap:993', 'imap:143', 'pop3:995'],
    );
  });

  test('keeps servers that other formats leave out, for clients that can use them', () => {
    const legacy = record({ incoming: [imap(), imap({ port: 143, security: 'none' }), imap({ auth: ['NTLM'] })] });
    assert.equal(answerJson(answer(legacy), nothingChecked).incoming.length, 3);
  });

  test('tells each server’s own status, also of two on one host', () => {
    const [tls, starttls] = post.incoming;
    assert.ok(tls && starttls);
    const statuses = new Map<ReturnType<typeof endpointKey>, Status>([
      [endpointKey(tls), { status: 'verified', checkedAt: '2026-11-20T10:00:00.000Z' }],
      [endpointKey(starttls), { status: 'dead' }],
    ]);
    assert.deepEqual(
      answerJson(answer(post), { ...nothingKnown, statuses }).incoming.map(({ status, checkedAt }) => [
        status,
        checkedAt,
      ]),
      [
        ['verified', '2026-11-20T10:00:00.000Z'],
        ['dead', null],
        ['unverified', null],
      ],
    );
  });

  test('keeps three things apart, each with its date: the provider’s word, the verifier’s, and whether one can sign in', () => {
    const own = record({
      sources: {
        help: { url: 'https://help.mail.example/imap', seen: '2026-11-19', says: 'imap.mail.example 993' },
        list: { list: 'somebody/list', revision: 'abcd', says: 'imap.mail.example 993' },
      },
      outgoing: [smtp({ sources: ['list'] })],
    });
    const [server] = own.incoming;
    assert.ok(server);
    const known: Status = {
      status: 'degraded',
      since: '2026-11-18T08:00:00.000Z',
      checkedAt: '2026-11-20T10:00:00.000Z',
      vantage: 'other.example',
    };
    const statuses = new Map([[endpointKey(server), known]]);
    const signIns = new Map([[endpointKey(server), { at: '2026-11-19T10:00:00.000Z', level: 'L4' as const }]]);
    const { incoming, outgoing } = answerJson(answer(own), { ...nothingKnown, statuses, signIns });
    const axes = [...incoming, ...outgoing].map(({ authentic, answers, signsIn }) => ({ authentic, answers, signsIn }));
    assert.deepEqual(axes, [
      {
        authentic: { source: 'help', at: '2026-11-19' },
        answers: {
          status: 'degraded',
          since: '2026-11-18T08:00:00.000Z',
          at: '2026-11-20T10:00:00.000Z',
          vantage: 'other.example',
        },
        signsIn: { at: '2026-11-19T10:00:00.000Z', level: 'L4' },
      },
      { authentic: null, answers: null, signsIn: null },
    ]);
  });

  test('lists what fails behind what answers', () => {
    const [tls, starttls] = post.incoming;
    assert.ok(tls && starttls);
    const statuses = new Map<ReturnType<typeof endpointKey>, Status>([
      [endpointKey(tls), { status: 'failing' }],
      [endpointKey(starttls), { status: 'verified' }],
    ]);
    assert.deepEqual(
      answerJson(answer(post), { ...nothingKnown, statuses }).incoming.map(({ port }) => port),
      [143, 993, 995],
    );
  });

  test('says what is withheld and why, instead of giving it', () => {
    const quarantine = new Map([[parseDomain('post.example'), { at: '2026-11-20T10:00:00.000Z', why: 'It is gone.' }]]);
    const { provider, incoming, outgoing, withheld } = answerJson(answer(post), { ...nothingKnown, quarantine });
    assert.deepEqual([incoming, outgoing], [[], []]);
    assert.ok(!('website' in provider) && !('webmail' in provider), 'no link that leads to a stranger');
    assert.deepEqual(withheld[0], { host: 'imap.post.example', since: '2026-11-20T10:00:00.000Z', why: 'It is gone.' });
  });

  test('fills the customer’s own servers in', () => {
    const of = answer(hoster, { domain: 'shop.zz', matchedBy: 'mx', mx: 'w0123.mx.hoster.example' });
    const { incoming, outgoing } = answerJson(of, nothingChecked);
    assert.deepEqual([incoming[0]?.host, outgoing[0]?.host], ['w0123.mx.hoster.example', 'mail.shop.zz']);
  });

  test('looks for the status of the customer’s own server, not of its template', () => {
    const of = answer(hoster, { domain: 'shop.zz', matchedBy: 'mx', mx: 'w0123.mx.hoster.example' });
    const key = endpointKey(imap({ host: 'w0123.mx.hoster.example' }));
    const statuses = new Map([[key, { status: 'verified' } as const]]);
    const { incoming } = answerJson(of, { ...nothingKnown, statuses });
    assert.equal(incoming[0]?.status, 'verified');
  });

  test('fills templates of services in, too', () => {
    const sieve = { ...imap({ host: 'sieve.{domain}', port: 4190 }), protocol: 'managesieve' } as const;
    const of = answer(
      { ...hoster, services: [sieve] },
      { domain: 'shop.zz', matchedBy: 'mx', mx: 'w0.mx.hoster.example' },
    );
    assert.equal(answerJson(of, nothingChecked).services[0]?.host, 'sieve.shop.zz');
  });

  test('has empty lists, not missing ones, where a record has nothing', () => {
    const { incoming, outgoing, local, services, setup, alternatives, documentation } = answerJson(
      answer(ended),
      nothingChecked,
    );
    for (const list of [incoming, outgoing, local, services, setup, alternatives, documentation]) {
      assert.deepEqual(list, []);
    }
  });

  test('of a provider without access has the servers of its bridge, which are never checked from here', () => {
    const { provider, incoming, local } = answerJson(answer(vault), nothingChecked);
    assert.equal(provider.access, 'none');
    assert.deepEqual(provider.restriction, vault.restriction);
    assert.deepEqual(incoming, []);
    assert.deepEqual(
      local.map((server) => [server.host, server.port, 'status' in server]),
      [
        ['127.0.0.1', 1143, false],
        ['127.0.0.1', 1025, false],
      ],
    );
  });

  test('has each setup step as a whole instruction in both languages, beside its parts', () => {
    const [password, note] = answerJson(answer(post), nothingChecked).setup;
    assert.equal(password?.kind, 'app-password');
    assert.deepEqual(password?.term, { en: 'App password', de: 'App-Passwort' });
    assert.deepEqual(password?.text, {
      en: 'If you use two-factor sign-in: Create a password for mail programs (“App password”) and enter it (IMAP and SMTP) instead of your usual one.',
      de: 'Wenn Sie die Anmeldung in zwei Schritten nutzen: Legen Sie ein Passwort für Mailprogramme an („App-Passwort“) und geben Sie es (IMAP und SMTP) statt des gewohnten ein.',
    });
    assert.deepEqual(note?.text, { en: 'A note.', de: 'Ein Hinweis.' });
  });

  test('says where each fact is from', () => {
    const { incoming, sources } = answerJson(answer(post), nothingChecked);
    for (const key of incoming.flatMap((server) => server.sources)) assert.ok(sources[key], key);
  });
});

describe('A user name in JSON', () => {
  test('is a template while nobody’s local part is known', () => {
    const { incoming } = answerJson(answer(post), nothingChecked);
    assert.equal(incoming[2]?.username, '%EMAILLOCALPART%');
  });

  test('is filled in for an address, everywhere', () => {
    const { incoming, outgoing, services } = answerJson(answer(post), nothingChecked, 'Fred');
    assert.deepEqual(
      [...incoming, ...outgoing, ...services].map(({ username }) => username),
      [
        'Fred@briefe.example',
        'Fred@briefe.example',
        'Fred',
        'Fred@briefe.example',
        'Fred@briefe.example',
        'Fred@briefe.example',
        null,
      ],
    );
  });

  test('is filled in for a bridge, too', () => {
    assert.equal(answerJson(answer(vault), nothingChecked, 'fred').local[0]?.username, 'fred@vault.example');
  });

  test('that cannot be told is null, with a hint, whether there is an address or not', () => {
    for (const local of [undefined, 'fred']) {
      const [server] = answerJson(answer(cloud), nothingChecked, local).incoming;
      assert.equal(server?.username, null);
      assert.deepEqual(server?.hint, { en: 'Your customer number', de: 'Ihre Nummer' });
    }
  });

  test('has the local part exactly as it was given, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 64 }), (local) => {
        const { incoming } = answerJson(answer(post), nothingChecked, local);
        assert.equal(incoming[0]?.username, `${local}@briefe.example`);
        assert.equal(incoming[2]?.username, local);
      }),
      { seed: 1 },
    );
  });
});

describe('The JSON of a record', () => {
  test('has what an answer has, and the names, the MX patterns and the decisions', () => {
    const { formerly, domains, mx, decisions, incoming } = providerJson(post, nothingChecked);
    assert.deepEqual(formerly, ['oldpost.example']);
    assert.deepEqual(domains, post.domains);
    assert.deepEqual(mx, []);
    assert.deepEqual(decisions, post.decisions);
    assert.equal(incoming[0]?.username, '%EMAILADDRESS%');
    assert.deepEqual(providerJson(office, nothingChecked).mx, office.mx);
  });

  test('leaves templates as they are: there is no customer', () => {
    const { incoming, outgoing } = providerJson(hoster, nothingChecked);
    assert.deepEqual([incoming[0]?.host, outgoing[0]?.host], ['{mx}', 'mail.{domain}']);
  });
});

describe('A line in a list of records', () => {
  test('names each protocol once and counts the domains', () => {
    const { id, domains, protocols } = summaryJson(post);
    assert.deepEqual([id, domains, protocols], ['post.example', 3, ['imap', 'pop3', 'smtp']]);
  });

  test('of a record without servers has no protocol', () => assert.deepEqual(summaryJson(vault).protocols, []));
});

test('Every JSON is only what JSON can say: it comes back the same', () => {
  for (const provider of records) {
    for (const value of [
      answerJson(answer(provider), nothingChecked),
      answerJson(answer(provider), nothingChecked, 'fred'),
      providerJson(provider, nothingChecked),
      summaryJson(provider),
    ]) {
      assert.deepEqual(JSON.parse(JSON.stringify(value)), value);
    }
  }
});
