/** The home page as it leaves the server, which is all there is without a script. What the script does is tested in a browser. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDomain } from '../../../src/name/domain.ts';
import type { MessageEntry } from '../../../src/provider/lists.ts';
import { endpointKey, type Knowledge, nothingKnown } from '../../../src/provider/model.ts';
import { scriptedMx, scriptedPublications, type TestAppOptions, testApp } from '../app.ts';
import { curated, post, vault } from '../records.ts';

const message: MessageEntry = {
  id: 'wrong',
  pattern: 'authentication failed',
  meaning: { en: 'Wrong password.', de: 'Falsches Passwort.' },
  cure: 'password',
  source: 'https://example.com/',
};

async function ask(query: string, options: TestAppOptions = {}, language = 'en') {
  const { get, missed, asked, askedThemselves } = testApp({
    mx: scriptedMx,
    published: scriptedPublications,
    ...options,
  });
  const response = await get(`/${query}`, { 'Accept-Language': language, Accept: 'text/html' });
  return {
    status: response.status,
    headers: response.headers,
    html: await response.text(),
    missed,
    asked,
    askedThemselves,
  };
}

/** What people read: without tags, and with single spaces. */
function read(html: string): string {
  const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'));
  return main
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ');
}

describe('The home page', () => {
  test('asks for the domain where there is no script, so that nobody’s address travels', async () => {
    const { status, html } = await ask('');
    assert.equal(status, 200);
    assert.match(html, /<form class="find" action="\/" method="get"/);
    assert.match(html, /<label for="domain" data-address="Your e-mail address">Domain of your e-mail address<\/label>/);
    assert.match(html, /autocomplete="off"/);
  });

  test('is there before there is an atlas, and then leads to what is often looked for', async () => {
    assert.equal((await ask('', { curated: 'empty' })).status, 200);
    const only = { hosting: { only: true } };
    assert.match((await ask('', { setUp: only })).html, /<a href="\/\?domain=post\.example">Post<\/a>/);
  });

  test('has the box for error messages where there are messages', async () => {
    const { html } = await ask('', { setUp: { messages: () => [message] } });
    assert.match(html, /<section class="errors"[^>]* hidden>/);
    assert.doesNotMatch((await ask('')).html, /class="errors"/);
  });
});

describe('An answer', () => {
  test('says what to do first, what to enter, in words, and what stands in for the address', async () => {
    const { status, html } = await ask('?domain=post.example');
    assert.equal(status, 200);
    const text = read(html);
    assert.match(text, /Mail settings for post\.example Example Post/);
    assert.match(text, /To do first If you use two-factor sign-in: Create a password/);
    assert.match(
      text,
      /Receive \(IMAP\) .* imap\.post\.example 993 SSL\/TLS encrypted from the start your whole e-mail address/,
    );
    assert.match(text, /Send \(SMTP\) .* smtp\.post\.example 465/);
    assert.match(text, /3 more servers/);
    assert.match(html, /data-username="%EMAILADDRESS%"/);
    assert.match(html, /data-username="%EMAILLOCALPART%"/);
  });

  test('describes a user name that is made of several parts, without a placeholder that people would type', async () => {
    const joined = {
      ...post,
      incoming: post.incoming.map((one) => ({ ...one, username: '%EMAILLOCALPART%.%EMAILDOMAIN%' })),
    };
    const { html } = await ask('?domain=post.example', { curated: { ...curated, providers: [joined] } });
    const [, shown] = /data-username="%EMAILLOCALPART%\.%EMAILDOMAIN%">([^<]*)</.exec(html) ?? [];
    assert.equal(shown, 'name.domain');
  });

  test('speaks German', async () => {
    const text = read((await ask('?domain=post.example', {}, 'de')).html);
    assert.match(text, /Mail-Einstellungen für post\.example/);
    assert.match(
      text,
      /Empfangen \(IMAP\) auf allen Geräten dieselbe Post imap\.post\.example 993 SSL\/TLS von Anfang an verschlüsselt/,
    );
    assert.match(text, /Wenn Sie die Anmeldung in zwei Schritten nutzen/);
  });

  test('tells each of the three axes with its day, and where to see it', async () => {
    const [server] = post.incoming;
    assert.ok(server);
    const key = endpointKey(server);
    const knowledge: Knowledge = {
      ...nothingKnown,
      statuses: new Map([
        [key, { status: 'degraded', checkedAt: '2026-11-20T10:05:00.000Z', vantage: 'else.example' }],
      ]),
      signIns: new Map([[key, { at: '2026-11-19T10:00:00.000Z', level: 'L4' }]]),
    };
    const { html } = await ask('?domain=post.example', { knowledge });
    const text = read(html);
    assert.match(text, /answers, with trouble 20 November 2026 what was seen , seen by else\.example/);
    assert.match(text, /a message went through 19 November 2026/);
    assert.match(text, /only others say so/);
    assert.match(html, /href="\/provider\/post\.example#seen"/);
  });

  test('says plainly that new Outlook hands the password on', async () => {
    assert.match(
      read((await ask('?domain=post.example')).html),
      /New Outlook gives your password to Microsoft’s servers/,
    );
    const text = read((await ask('?domain=post.example', {}, 'de')).html);
    assert.match(text, /Das neue Outlook gibt Ihr Passwort an Server von Microsoft weiter/);
  });

  test('offers the profile in the language of the page, and its code where the server knows its URL', async () => {
    const { html } = await ask('?domain=village.example', {}, 'de');
    assert.match(html, /href="\/api\/v1\/providers\/village\.example\/mail\.mobileconfig\?lang=de"/);
    assert.doesNotMatch(html, /qr\.svg/);
    const known = await ask('?domain=village.example', { setUp: { url: 'http://localhost' } });
    assert.match(known.html, /src="\/api\/v1\/providers\/village\.example\/mail\.mobileconfig\/qr\.svg"/);
  });

  test('gives Thunderbird’s code with placeholders: the address is put in elsewhere', async () => {
    const { html } = await ask('?domain=village.example');
    const account = /data-account="([^"]+)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '';
    assert.deepEqual(JSON.parse(account), [
      1,
      [1, 1],
      [0, 'imap.village.example', 993, 3, 1, '%EMAILADDRESS%'],
      [
        [
          [0, 'smtp.village.example', 465, 3, 1, '%EMAILADDRESS%'],
          ['%EMAILADDRESS%', ''],
        ],
      ],
    ]);
  });

  test('by the MX, or by the domain’s own word, says what it rests on', async () => {
    const hosted = await ask('?domain=firm.zz');
    assert.match(read(hosted.html), /Its mail goes to firm-zz\.protection\.office\.example/);
    const own = await ask('?domain=self.zz&published=1', { mx: { 'self.zz': { kind: 'none', exists: true } } });
    assert.equal(own.status, 200);
    assert.match(read(own.html), /Nobody has curated these settings\. The domain publishes them itself/);
    assert.doesNotMatch(own.html, /How sure this is|mail\.mobileconfig/);
  });

  test('of a provider without access says so, with the servers of its helper', async () => {
    const text = read((await ask('?domain=vault.example')).html);
    assert.match(text, /Mail programs cannot sign in here Everything is encrypted\./);
    assert.match(text, /these are its usual settings: .* 127\.0\.0\.1 1143 STARTTLS/);
    assert.match(text, /Vault Bridge/);
    assert.doesNotMatch(text, /How to enter it/);
  });

  test('of a service that has ended leads to its successor', async () => {
    const { html } = await ask('?domain=ended.example');
    assert.match(read(html), /This service has ended .* Since: 30 June 2024/);
    assert.match(html, /<a href="\/\?domain=post\.example">Settings of the successor: post\.example<\/a>/);
  });

  test('under quarantine names nobody’s server, and why', async () => {
    const at = '2026-11-20T10:00:00.000Z';
    const quarantine = new Map([[parseDomain('village.example'), { at, why: 'It is gone.' }]]);
    const { html } = await ask('?domain=village.example', { knowledge: { ...nothingKnown, quarantine } });
    const text = read(html);
    assert.match(text, /Some servers are not shown now .* 20 November 2026 : It is gone\./);
    assert.match(text, /There is no server left/);
    assert.doesNotMatch(text, /993|How to enter it/);
  });

  test('escapes what records say', async () => {
    const { html } = await ask('?domain=odd.example');
    assert.match(html, /Müller &amp; Söhne &lt;&quot;Mail&quot;&gt;/);
  });
});

describe('An address that was typed without a script', () => {
  test('is answered with its user names, and nobody may keep the answer', async () => {
    for (const query of ['?domain=fred%40post.example', '?domain=fred@post.example', '?email=fred@post.example']) {
      const { status, headers, html } = await ask(query);
      assert.equal(status, 200);
      assert.equal(headers.get('Cache-Control'), 'no-store');
      assert.equal(headers.get('ETag'), null);
      assert.match(read(html), /fred@post\.example/);
      assert.doesNotMatch(html, /lang=de[^>]*fred|fred[^<]*lang=de/, 'the link to the other language has no address');
    }
  });

  test('leaves no trace where it is unknown', async () => {
    const { html, headers, missed } = await ask('?domain=fred@unknown.zz');
    assert.equal(headers.get('Cache-Control'), 'no-store');
    assert.doesNotMatch(html, /fred/);
    assert.deepEqual(missed, [{ domain: 'unknown.zz', asker: '192.0.2.0/24' }]);
  });
});

describe('No answer', () => {
  test('says what was tried, and offers to ask the domain itself', async () => {
    const { status, html, asked, askedThemselves } = await ask('?domain=strangers.zz');
    assert.equal(status, 404);
    const text = read(html);
    assert.match(text, /No settings for strangers\.zz yet/);
    assert.match(text, /The atlas does not list this domain Its mail servers \(MX\) mx\.strangers\.zz: of no provider/);
    assert.match(text, /What the domain publishes itself not asked yet/);
    assert.match(html, /<form[^>]*class="next"[^>]*>.*name="published" value="1"/s);
    assert.deepEqual([asked.length, askedThemselves.length], [1, 0]);
  });

  test('offers it for no name that nobody could be asked for', async () => {
    assert.doesNotMatch((await ask('?domain=unknown.example')).html, /class="next"/);
    assert.doesNotMatch((await ask('?domain=silent.zz')).html, /class="next"/);
  });

  test('says so once the domain was asked itself, too', async () => {
    const { html, askedThemselves } = await ask('?domain=strangers.zz&published=1');
    assert.match(read(html), /nothing that a mail program could use/);
    assert.doesNotMatch(html, /class="next"/);
    assert.equal(askedThemselves.length, 1);
  });

  for (const [domain, status, says] of [
    ['slow.zz', 503, /DNS did not answer/],
    ['eager.zz', 429, /too many questions at once/],
    ['silent.zz', 404, /the domain takes no mail/],
    ['nomail.zz', 404, /there are none in DNS/],
    ['gone.example', 404, /Nobody answers any more\./],
    ['moved.example', 404, /Look at the settings of the successor: post\.example/],
    ['filtered.zz', 404, /passes Filter Ltd first/],
  ] as const) {
    test(`for ${domain} is ${status}, with the reason`, async () => {
      const answer = await ask(`?domain=${domain}`);
      assert.equal(answer.status, status);
      assert.match(read(answer.html), says);
    });
  }

  for (const [typed, says] of [
    ['', /type the domain/],
    ['localhost', /The dot is missing/],
    ['a..b', /two dots/],
    ['192.0.2.1', /the number of a machine/],
    ['%', /no domain name may have/],
    ['%22%3E%3Cscript%3Ex.example', /no domain name may have/],
  ] as const) {
    test(`but a sentence for “${typed}”, which stays in the field`, async () => {
      const { status, html } = await ask(`?domain=${typed}`);
      assert.equal(status, 400);
      assert.match(read(html), says);
      assert.match(html, /aria-invalid="true"/);
      assert.doesNotMatch(html, /<script>/);
    });
  }

  test('on a server of one’s own domains says only that it is none of them', async () => {
    const { status, html, missed } = await ask('?domain=unknown.zz', { setUp: { hosting: { only: true } } });
    assert.equal(status, 404);
    assert.match(read(html), /knows domains of its own only/);
    assert.deepEqual(missed, []);
  });
});

describe('GET /api/v1/messages', () => {
  test('is the list as it is, for everybody to keep', async () => {
    const { get } = testApp({ setUp: { messages: () => [message] } });
    const response = await get('/api/v1/messages');
    assert.deepEqual(await response.json(), { messages: [message] });
    assert.equal(response.headers.get('Cache-Control'), 'public, max-age=3600');
  });

  test('is empty where there is none', async () => {
    assert.deepEqual(await (await testApp().get('/api/v1/messages')).json(), { messages: [] });
  });
});

test('Every record of the small world has a page in both languages', async () => {
  for (const { id } of curated.providers) {
    for (const language of ['en', 'de']) {
      const { status } = await ask(`?domain=${id === 'hoster.example' ? 'shop.zz' : id}`, {}, language);
      assert.equal(status, 200, `${id} ${language}`);
    }
  }
  assert.ok(curated.providers.includes(vault));
});
