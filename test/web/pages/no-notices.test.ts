import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSubmission } from '../../../src/store/submissions.ts';
import { endOfNoticesOf } from '../../../src/submit/receipt.ts';
import { submit } from '../../../src/submit/submissions.ts';
import { draft, mail, testDesk } from '../../submit/desk.ts';
import { testApp } from '../app.ts';

describe('/notices/{number}/{token}', () => {
  test('asks before it ends notices, and ends them by POST, as mail programs do', async () => {
    const its = await testDesk();
    const { row } = await submit(its.desk, {
      draft: draft({ record: { ...mail, name: 'X' } }),
      contact: 'me@mail.example',
    });
    await its.queue.idle();
    const { send } = testApp({
      setUp: { url: 'https://atlas.example', submissions: { desk: its.desk, dryRun: () => Promise.resolve([]) } },
    });
    const path = `/notices/${row.number}/${endOfNoticesOf(row.receipt)}`;
    const contact = async () => (await readSubmission(its.store.db, row.number))?.contact;

    const page = await send('GET', path, { Accept: 'text/html' });
    assert.equal(page.status, 200);
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.match(await page.text(), /<form method="post"><p><button>End the notices and erase the address<\/button>/);
    assert.equal(await contact(), 'me@mail.example', 'machines follow links');

    for (const wrong of [`/notices/${row.number}/x`, `/notices/99/${endOfNoticesOf(row.receipt)}`, `/notices/x/x`])
      assert.equal((await send('POST', wrong)).status, 404, wrong);
    assert.equal(await contact(), 'me@mail.example');

    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const done = await send('POST', path, form, 'List-Unsubscribe=One-Click');
    assert.equal(done.status, 200);
    assert.equal(await contact(), null);
    assert.match(await (await send('GET', `${path}?lang=de`)).text(), /Die Adresse ist gelöscht\./);
    await its.close();
  });
});
