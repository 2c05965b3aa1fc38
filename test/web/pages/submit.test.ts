/** The form with which strangers submit, and the page on which they follow it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSubmission } from '../../../src/store/submissions.ts';
import { draftOf } from '../../../src/submit/desk.ts';
import { curated, record } from '../../records.ts';
import { checksThat, item, mail, result } from '../../submit/desk.ts';
import { testApp } from '../app.ts';
import { deskSite } from './desk-site.ts';

/** The fields of a form, as the page has them. */
export function fieldsOf(body: string): Record<string, string> {
  const unescaped = (text: string) =>
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  const inputs = [...body.matchAll(/<input (?=[^>]*name="(?<name>[^"]+)")[^>]*?value="(?<value>[^"]*)"/g)];
  const areas = [...body.matchAll(/<textarea [^>]*name="(?<name>[^"]+)"[^>]*>(?<value>[^<]*)</g)];
  const selects = [...body.matchAll(/<select [^>]*name="(?<name>[^"]+)"[^>]*>(?<options>.*?)<\/select>/gs)];
  return Object.fromEntries([
    ...[...inputs, ...areas].map(({ groups }) => [groups?.['name'] ?? '', unescaped(groups?.['value'] ?? '')] as const),
    ...selects.map(({ groups }) => {
      const chosen =
        /<option value="([^"]*)" selected/.exec(groups?.['options'] ?? '') ??
        /<option value="([^"]*)"/.exec(groups?.['options'] ?? '');
      return [groups?.['name'] ?? '', unescaped(chosen?.[1] ?? '')] as const;
    }),
  ]);
}

const report = { '/kind': 'report', '/id': 'mail.example', '/reason': 'Port 993 is closed.', act: 'submit' };

describe('The form', () => {
  test('is filled with what is served, and changes nothing where nothing is changed', async (t) => {
    const { get, fill, its } = await deskSite(t);
    const page = await (await get('/submit?kind=change&id=mail.example')).text();
    const fields = fieldsOf(page);
    assert.equal(fields['/record/incoming/0/host'], mail.incoming[0]?.host);
    await fill('/submit', { ...fields, act: 'submit' });
    const row = await readSubmission(its.store.db, 1);
    assert.ok(row);
    assert.deepEqual(draftOf(row).record, mail);
  });

  test('becomes a draft in which a server that was changed has its source anew', async (t) => {
    const { get, fill, its } = await deskSite(t);
    const fields = fieldsOf(await (await get('/submit?kind=change&id=mail.example')).text());
    await fill('/submit', {
      ...fields,
      '/record/incoming/0/host': 'IMAP2.mail.example.',
      '/reason': 'It moved.',
      act: 'submit',
    });
    const row = await readSubmission(its.store.db, 1);
    assert.ok(row);
    const [first] = draftOf(row).record?.incoming ?? [];
    assert.equal(first?.host, 'imap2.mail.example');
    assert.deepEqual(first?.sources, ['provider']);
  });

  test('tells every mistake at its field, keeps what was typed, and submits nothing', async (t) => {
    const { fill, its } = await deskSite(t);
    const response = await fill('/submit', {
      '/kind': 'new',
      '/record/name': 'New <b>Mail</b>',
      '/record/kind': 'hosting',
      '/record/country': 'Germany',
      '/record/website': 'https://new.example/',
      '/record/domains': 'new.example',
      '/record/incoming/0/protocol': 'imap',
      '/record/incoming/0/host': 'imap.new.example',
      '/record/incoming/0/port': '99x',
      '/record/incoming/0/security': 'tls',
      '/record/incoming/0/username': '%EMAILADDRESS%',
      '/record/incoming/0/auth': 'password-cleartext',
      act: 'submit',
    });
    assert.equal(response.status, 422);
    const body = await response.text();
    assert.match(body, /id="\/record\/name-fault">[^<]+HTML/);
    assert.match(body, /value="New &lt;b&gt;Mail&lt;\/b&gt;"/);
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    assert.equal(await readSubmission(its.store.db, 1), undefined);
  });

  test('is judged while one types, without a word of what was sent being kept', async (t) => {
    const { fill, its } = await deskSite(t);
    const response = await fill('/submit', { ...report, '/contact': 'nobody', act: 'judge' });
    assert.equal(response.status, 200);
    assert.match(await response.text(), /id="\/contact-fault">[^<]+/);
    assert.equal(await readSubmission(its.store.db, 1), undefined);
  });

  test('can be tried: the page grows as checks finish, and nothing is submitted', async (t) => {
    const run = checksThat(result('hosts', 'attention', item('foreign-host', 'imap.other.example')));
    const { get, fill, its } = await deskSite(t, { run });
    const fields = fieldsOf(await (await get('/submit?kind=change&id=mail.example')).text());
    const response = await fill('/submit', { ...fields, act: 'try' });
    const body = await response.text();
    assert.match(body, /<ol class="checks"[^>]*>.*imap\.other\.example.*<\/ol>.*<form/s);
    assert.match(body, /<\/html>\s*$/);
    assert.equal(await readSubmission(its.store.db, 1), undefined);
  });

  test('asks for the entry where none is named, and says that there is none of that name', async (t) => {
    const { get } = await deskSite(t);
    assert.match(await (await get('/submit?kind=report')).text(), /<input type="text" id="id"/);
    const response = await get('/submit?kind=report&id=<x>.example');
    assert.equal(response.status, 404);
    assert.match(await response.text(), /value="&lt;x&gt;\.example"/);
  });

  test('is refused when another site sends it, and under another name of this server', async (t) => {
    const { fill, get } = await deskSite(t);
    assert.equal((await fill('/submit', report, { 'Sec-Fetch-Site': 'cross-site' })).status, 400);
    assert.equal((await get('/submit', { Host: 'autoconfig.mail.example' })).status, 404);
    assert.equal((await fill('/submit', report, { Host: 'autoconfig.mail.example' })).status, 404);
  });

  test('is not there where no submissions are taken', async () => {
    const { get } = testApp({ curated: curated({ providers: [record()] }) });
    assert.match(await (await get('/submit')).text(), /takes no submissions/);
  });
});

describe('A submission', () => {
  test('shows its receipt once, and its checks as they finish', async (t) => {
    const { fill } = await deskSite(t);
    const body = await (await fill('/submit?lang=de', report)).text();
    const receipt = /mar_[\w-]+/.exec(body)?.[0] ?? '';
    assert.match(body, /<code class="secret">mar_/);
    assert.equal(body.match(/<li class="check">/g)?.length, 7);
    assert.match(body, /Die Durchsicht steht noch aus\./);
    const again = await fill('/submission', { number: '1', receipt });
    assert.equal(again.headers.get('Cache-Control'), 'no-store');
    assert.doesNotMatch(await again.text(), /class="secret"/);
  });

  test('is withdrawn with its receipt, and with no other', async (t) => {
    const { fill, its } = await deskSite(t);
    const receipt = /mar_[\w-]+/.exec(await (await fill('/submit', report)).text())?.[0] ?? '';
    await its.queue.idle();
    for (const wrong of ['', 'mar_x', `${receipt}x`])
      assert.equal((await fill('/submission', { number: '1', receipt: wrong, act: 'withdraw' })).status, 404);
    assert.match(await (await fill('/submission', { number: '1', receipt, act: 'withdraw' })).text(), /was withdrawn/);
    assert.equal((await readSubmission(its.store.db, 1))?.state, 'withdrawn');
  });
});
