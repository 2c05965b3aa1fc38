/** `GET /status`: how the whole atlas is. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Domain } from '../../../src/name/domain.ts';
import { nothingKnown } from '../../../src/provider/model.ts';
import { readKnowledge } from '../../../src/store/seen/knowledge.ts';
import { readVitals } from '../../../src/store/seen/vitals.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { liveThrough } from '../../months.ts';
import { curated, imap, record, smtp } from '../../records.ts';
import { type TestApp, testApp } from '../app.ts';
import { memoryOf, verified } from './verified.ts';

async function read({ get }: Pick<TestApp, 'get'>, headers: Record<string, string> = {}): Promise<string> {
  const response = await get('/status', headers);
  assert.equal(response.status, 200);
  return await response.text();
}

const german = { 'Accept-Language': 'de' };
/** The section with this heading. */
const section = (body: string, id: string) => body.split('<section').find((part) => part.includes(`id="${id}"`)) ?? '';

describe('The status page', () => {
  test('of a server that has looked once: counts, the run, the certificate that has ended', async (t) => {
    const body = await read(await verified(t));
    assert.match(body, /answers<\/span><\/dt><dd>1<.*not checked<\/span><\/dt><dd>2</s);
    assert.match(section(body, 'run'), /3 of 3 servers.*sound/s);
    assert.match(section(body, 'certificates'), /mail\.example\.test.*has ended.*\/provider\/example\.test/s);
    assert.match(section(body, 'over'), /class="plot layers"/);
  });

  test('of a server that looks at nobody says so', async () => {
    const body = await read(testApp());
    assert.match(body, /looks at no mail servers itself/);
    assert.match(section(body, 'failing'), /No server fails/);
    assert.match(section(body, 'over'), /no day yet/);
    assert.match(section(body, 'run'), /No run has ended/);
  });

  test('after months: every day, what fails now with its reason, and what changed', async (t) => {
    const gone = record({
      id: 'gone.example',
      incoming: [imap({ host: 'mail.gone.example' })],
      outgoing: [smtp({ host: 'mail.gone.example' })],
    });
    const all = curated({ providers: [gone, record({ id: 'well.example' })] });
    const store = openSqlite(':memory:');
    t.after(() => store.close());
    // At noon: in a day's first hours nobody may have looked yet, and the day would have no row.
    const now = '2026-11-20T12:00:00.000Z';
    const fate = (host: string) => (host === 'mail.gone.example' ? 'gone' : 'well');
    await liveThrough({ store, curated: all, days: 40, now: Date.parse(now), fate });
    const [knowledge, vitals] = [await readKnowledge(store.db, now), await readVitals(store.db, now)];
    const app = testApp({ curated: all, knowledge, vitals, ...memoryOf(store) });
    for (const [headers, reason] of [
      [{}, 'does not answer'],
      [german, 'antwortet nicht'],
    ] as const) {
      const body = await read(app, headers);
      const failing = section(body, 'failing');
      assert.match(
        failing,
        new RegExp(`mail\\.gone\\.example</span><small>IMAP 993, SMTP 465</small>.*${reason}`, 's'),
      );
      assert.equal(section(body, 'over').match(/<tr><th scope="row">/g)?.length, 41);
      assert.match(section(body, 'changes'), /mail\.gone\.example/);
      assert.doesNotMatch(body, /undefined|NaN/);
    }
  });

  test('names what is under quarantine, since when and why', async () => {
    const quarantine = new Map([
      ['imap.post.example' as Domain, { at: '2026-11-20T10:00:00.000Z', why: 'It <changed> hands.' }],
    ]);
    const body = await read(testApp({ knowledge: { ...nothingKnown, quarantine } }), german);
    assert.match(
      section(body, 'quarantine'),
      /imap\.post\.example.*20\. November 2026.*<span lang="en">It &lt;changed&gt; hands\./s,
    );
  });
});
