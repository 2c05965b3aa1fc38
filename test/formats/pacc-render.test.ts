/** PACC: what it says, what it refuses to say, and the digest, against vectors that others use as well. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { curatedOf, parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { shippedData } from '../../src/cli/options.ts';
import { paccDigest, paccRecord } from '../../src/formats/pacc/digest.ts';
import { renderPacc, sayReasons } from '../../src/formats/pacc/render.ts';
import type { Domain } from '../../src/name/domain.ts';
import { type EndpointKey, nothingKnown, type Provider } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { answer, hoster, records, vault } from '../web/records.ts';

const vector = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'));
const { vectors } = vector('pacc.json') as {
  vectors: { draft: string; body: string; sha256_b64: string; txt: string }[];
};

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(vector('pacc.schema.json') as object);

function textOf(provider: Provider): string {
  const pacc = renderPacc(answer(provider), nothingKnown);
  assert.ok('text' in pacc, 'why' in pacc ? sayReasons(pacc.why, 'en') : '');
  return pacc.text;
}

function whyNot(provider: Provider): readonly string[] {
  const pacc = renderPacc(answer(provider), nothingKnown);
  return 'why' in pacc ? pacc.why.map(({ en }) => en) : [];
}

const sources = ['help'];
const dav = { username: '%EMAILADDRESS%', auth: ['password-cleartext' as const], sources };

describe('The PACC document', () => {
  test('has the servers, the provider and its help page, with sorted members and nothing between them', () => {
    const provider = record({
      incoming: [imap(), { ...imap({ host: 'pop.mail.example', port: 995 }), protocol: 'pop3' }],
      services: [
        { protocol: 'jmap', url: 'https://jmap.mail.example/session', ...dav },
        { protocol: 'caldav', url: 'https://dav.mail.example/calendars/', ...dav },
      ],
      documentation: [
        { url: 'https://mail.example/pop', lang: 'en', about: 'pop3' },
        { url: 'https://mail.example/set-up', lang: 'en', about: 'settings' },
      ],
    });
    assert.equal(
      textOf(provider),
      '{"authentication":{"password":true},' +
        '"info":{"help":{"documentation":"https://mail.example/set-up"},"provider":{"name":"Example Mail","shortName":"Example"}},' +
        '"protocols":{"caldav":{"url":"https://dav.mail.example/calendars/"},"imap":{"host":"imap.mail.example"},' +
        '"jmap":{"url":"https://jmap.mail.example/session"},"pop3":{"host":"pop.mail.example"},"submit":{"host":"smtp.mail.example"}}}',
    );
  });

  test('takes the first server of a protocol that it can say', () => {
    const provider = record({
      incoming: [imap({ host: 'ntlm.mail.example', auth: ['NTLM'] }), imap({ host: 'one.mail.example' }), imap()],
    });
    assert.match(textOf(provider), /"imap":\{"host":"one\.mail\.example"\}/);
  });

  test('leaves a service out that has a port of its own or no path', () => {
    const provider = record({
      services: [
        { protocol: 'caldav', url: 'https://dav.mail.example/', ...dav },
        { protocol: 'carddav', url: 'https://dav.mail.example:8443/contacts/', ...dav },
      ],
    });
    assert.doesNotMatch(textOf(provider), /dav/);
  });

  test('is the same whoever answers today: its digest stands in DNS', () => {
    const provider = record({ incoming: [imap({ host: 'a.mail.example' }), imap({ host: 'b.mail.example' })] });
    const [dead, well] = ['a', 'b'].map((name) => `imap://${name}.mail.example:993?security=tls` as EndpointKey);
    assert.ok(dead && well);
    const statuses = new Map([
      [dead, { status: 'dead' as const }],
      [well, { status: 'verified' as const }],
    ]);
    const known = renderPacc(answer(provider), { ...nothingKnown, statuses });
    assert.deepEqual(known, renderPacc(answer(provider), nothingKnown));
  });

  test('names no host that is under quarantine', () => {
    const provider = record({ incoming: [imap(), imap({ host: 'imap.other.example' })] });
    const quarantine = new Map([['imap.mail.example' as Domain, { at: '2026-11-20T00:00:00Z', why: 'It was sold.' }]]);
    const pacc = renderPacc(answer(provider), { ...nothingKnown, quarantine });
    assert.ok('text' in pacc);
    assert.match(pacc.text, /"imap":\{"host":"imap\.other\.example"\}/);
  });

  const documents = [...records, ...curatedOf(parseCatalog(readDataDir(shippedData))).providers].flatMap((provider) => {
    const pacc = renderPacc(answer(provider), nothingKnown);
    return 'text' in pacc ? [[provider.id, pacc.text] as const] : [];
  });
  test('is what the schema allows, for every record that has one', () => {
    assert.ok(documents.length > 150);
    for (const [id, text] of documents) {
      const valid = validate(JSON.parse(text));
      assert.ok(valid, `${id}: ${ajv.errorsText(validate.errors)}`);
    }
  });
});

describe('PACC cannot say', () => {
  const unsayable: [what: string, provider: Partial<Provider>, why: string][] = [
    [
      'a server behind STARTTLS',
      { outgoing: [smtp({ port: 587, security: 'starttls' })] },
      'smtp.mail.example:587 is not SMTP with TLS on port 465',
    ],
    [
      'a port of its own',
      { incoming: [imap({ port: 9993 })] },
      'imap.mail.example:9993 is not IMAP with TLS on port 993',
    ],
    [
      'another user name than the address',
      { incoming: [imap({ username: '%EMAILLOCALPART%' })] },
      'imap.mail.example takes another user name than the address',
    ],
    [
      'sign-in that needs a registered client',
      { incoming: [imap({ auth: ['OAuth2'] })] },
      'imap.mail.example takes no password, and PACC cannot say which clients may sign in with OAuth2',
    ],
  ];
  for (const [what, provider, why] of unsayable) {
    test(what, () => assert.deepEqual(whyNot(record(provider)), [why]));
  }

  test('every reason at once is told', () => {
    const provider = record({ incoming: [imap({ port: 1 })], outgoing: [smtp({ port: 2 })] });
    assert.equal(whyNot(provider).length, 2);
  });

  test('in German as well, each reason once', () => {
    const twice = renderPacc(answer(record({ incoming: [imap({ port: 1 }), imap({ port: 1 })] })), nothingKnown);
    assert.ok('why' in twice);
    assert.equal(sayReasons(twice.why, 'de'), 'imap.mail.example:1 ist nicht IMAP mit TLS auf Port 993');
  });

  test('no access', () => assert.deepEqual(whyNot(vault), ['Example Mail offers no IMAP, POP3 or SMTP']));

  test('servers of which every customer has their own', () => {
    assert.deepEqual(whyNot(hoster), ['Example Mail has no server that can be given for customer.zz']);
  });
});

describe('The digest', () => {
  for (const { draft, body, sha256_b64, txt } of vectors) {
    test(`of the vector for ${draft}`, () => {
      assert.ok(validate(JSON.parse(body)), ajv.errorsText(validate.errors));
      assert.equal(paccDigest(body), sha256_b64);
      assert.equal(paccRecord(body), txt);
    });
  }
});
