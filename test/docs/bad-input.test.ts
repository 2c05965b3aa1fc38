/** docs/bad-input.md, line by line, against a real server. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { draftText } from '../../src/catalog/format.ts';
import { type RunningServer, startServer } from '../../src/node.ts';
import { startDns } from '../dns-server.ts';
import { logTo } from '../log.ts';
import { talkTo } from '../raw-http.ts';
import { record } from '../records.ts';
import { badInputDocument, renderBadInput, sections } from './bad-input-document.ts';

describe('docs/bad-input.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-bad-input-docs-'));
  let server: RunningServer;
  let dns: Awaited<ReturnType<typeof startDns>>;
  before(async () => {
    mkdirSync(join(folder, 'providers'));
    const text = draftText({ record: record({ id: 'post.example' }), remarks: [] });
    writeFileSync(join(folder, 'providers', 'post.example.yml'), text);
    dns = await startDns({});
    server = await startServer({
      db: ':memory:',
      data: folder,
      host: '127.0.0.1',
      port: 0,
      url: 'https://atlas.example',
      resolver: dns.address,
      version: 'test',
      log: logTo(() => undefined),
    });
  });
  after(async () => {
    await server.close();
    await dns.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('is fresh: node test/docs/bad-input-document.ts', () => {
    assert.equal(readFileSync(badInputDocument, 'utf8'), renderBadInput());
  });

  for (const { title, cases } of sections)
    for (const { what, sent, status, says, never } of cases)
      test(`${title} ${what}: ${status}`, async () => {
        const { statuses, text } = await talkTo(server.url, sent);
        assert.deepEqual([statuses, text.includes(says)], [[status], true], text.slice(0, 600));
        if (never !== undefined) assert.ok(!text.includes(never), text);
      });
});
