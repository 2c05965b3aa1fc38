/** Review in a browser: signing in, the queue, and the decision. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readEvents, readSubmission } from '../../../src/store/submissions.ts';
import { revokeToken } from '../../../src/store/tokens.ts';
import { submit } from '../../../src/submit/submissions.ts';
import { checksThat, draft, item, mail, result } from '../../submit/desk.ts';
import { type DeskSite, deskSite } from './desk-site.ts';

const renamed = { ...mail, name: 'Renamed <i>Mail</i>' };

/** Signs in, and gives the header that a browser sends from then on. */
async function signIn({ fill, token }: DeskSite, name = 'anna'): Promise<{ readonly Cookie: string }> {
  const response = await fill('/review', { token: await token(name) });
  assert.deepEqual([response.status, response.headers.get('Location')], [303, '/review']);
  return { Cookie: (response.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '' };
}

async function submitted({ its }: DeskSite): Promise<void> {
  await submit(its.desk, { draft: draft({ record: renamed }) });
  await its.queue.idle();
}

const keyIn = (body: string): string => /name="key" value="([0-9a-f]+)"/.exec(body)?.[1] ?? '';

describe('Review', () => {
  test('is for those with a token of a reviewer, and ends when it is revoked', async (t) => {
    const site = await deskSite(t);
    assert.match(await (await site.get('/review')).text(), /type="password"/);
    assert.equal((await site.fill('/review', { token: 'mat_wrong' })).status, 403);
    assert.equal((await site.fill('/review', { token: await site.token('bot', 'agent') })).status, 403);
    const anna = await signIn(site);
    assert.match(await (await site.get('/review', anna)).text(), /Signed in as anna/);
    await site.its.store.atomically([revokeToken(site.its.store.db, 'anna', '2026-11-21T00:00:00.000Z')]);
    assert.doesNotMatch(await (await site.get('/review', anna)).text(), /Signed in/);
  });

  test('has a cookie that no script reads and no other site sends along, over TLS alone where there is TLS', async (t) => {
    for (const [url, form] of [
      [undefined, /^review=mat_[\w-]+; Path=\/review; Max-Age=28800; HttpOnly; SameSite=Strict$/],
      ['https://localhost', /^__Secure-review=mat_[\w-]+; .*; SameSite=Strict; Secure$/],
    ] as const) {
      const site = await deskSite(t, {}, url);
      const response = await site.fill('/review', { token: await site.token('anna') });
      assert.match(response.headers.get('Set-Cookie') ?? '', form);
    }
  });

  test('shows what is served and what was submitted beside each other, without its HTML', async (t) => {
    const site = await deskSite(t);
    await submitted(site);
    const anna = await signIn(site);
    assert.match(await (await site.get('/review', anna)).text(), /<a href="\/review\/1">1<\/a>/);
    const response = await site.get('/review/1', anna);
    assert.equal(response.headers.get('Cache-Control'), 'no-store');
    assert.match(
      await response.text(),
      new RegExp(`<del>${mail.name}</del>.*<ins>Renamed &lt;i&gt;Mail&lt;/i&gt;</ins>`, 's'),
    );
  });

  test('decides, in the name of the token, after what no machine can judge was confirmed', async (t) => {
    const run = checksThat(result('hosts', 'attention', item('foreign-host', 'imap.other.example')));
    const site = await deskSite(t, { run });
    await submitted(site);
    const anna = await signIn(site);
    const key = keyIn(await (await site.get('/review/1', anna)).text());
    const confirm = 'foreign-host:imap.other.example';
    const version = '2';
    assert.equal((await site.fill('/review/1', { key, act: 'accept', version }, anna)).status, 409);
    assert.equal((await site.fill('/review/1', { key, act: 'accept', version: '1', confirm }, anna)).status, 409);
    assert.equal((await site.fill('/review/1', { key, act: 'accept', version, confirm }, anna)).status, 303);
    assert.equal((await readSubmission(site.its.store.db, 1))?.state, 'published');
    assert.equal((await readEvents(site.its.store.db, 1)).at(-1)?.who, 'anna');
    assert.equal((await site.its.served('mail.example'))?.name, renamed.name);
  });

  test('takes no form that is not of this session: another site cannot decide', async (t) => {
    const site = await deskSite(t);
    await submitted(site);
    const anna = await signIn(site);
    const bert = await signIn(site, 'bert');
    const bertsKey = keyIn(await (await site.get('/review/1', bert)).text());
    for (const key of ['', bertsKey])
      assert.equal((await site.fill('/review/1', { key, act: 'accept' }, anna)).status, 400);
    const key = keyIn(await (await site.get('/review/1', anna)).text());
    const elsewhere = { ...anna, 'Sec-Fetch-Site': 'cross-site' };
    assert.equal((await site.fill('/review/1', { key, act: 'accept' }, elsewhere)).status, 400);
    assert.equal((await site.fill('/review/1', { key, act: 'accept' })).status, 401);
    assert.equal((await readSubmission(site.its.store.db, 1))?.state, 'waiting');
  });

  test('declines only with a reason', async (t) => {
    const site = await deskSite(t);
    await submitted(site);
    const anna = await signIn(site);
    const key = keyIn(await (await site.get('/review/1', anna)).text());
    assert.equal((await site.fill('/review/1', { key, act: 'decline', reason: ' ' }, anna)).status, 400);
    await site.fill('/review/1', { key, act: 'decline', reason: 'No source says so.' }, anna);
    assert.match(await (await site.get('/review/1', anna)).text(), /was declined.*No source says so\./s);
  });
});
