/**
 * Judged by libxml2: every autoconfig XML that the shipped data and the small world make, against the grammar of
 * draft-ietf-mailmaint-autoconfig-06 (its appendix, in RELAX NG), and feeds against that of RFC 4287 (appendix B).
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { curatedOf, parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { shippedData } from '../../src/cli/options.ts';
import { renderAutoconfig } from '../../src/formats/autoconfig/render.ts';
import { autoconfigVersions } from '../../src/formats/autoconfig/vocabulary.ts';
import { literalDomains } from '../../src/provider/hosts.ts';
import { nothingKnown } from '../../src/provider/model.ts';
import { testApp } from '../web/app.ts';
import { world } from '../web/bulk/feed-world.ts';
import { answer, records } from '../web/records.ts';

const xmllint = '/usr/bin/xmllint';
const skip = existsSync(xmllint) ? false : `${xmllint} not installed: test/real/install.sh`;
const grammarOf = (name: string) => fileURLToPath(new URL(`../vectors/${name}`, import.meta.url));

/** What xmllint says of these documents, by their names; it says “<file> validates” of a good one. */
function judge(documents: ReadonlyMap<string, string>, grammar = grammarOf('autoconfig-06.rng')): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'mailatlas-grammar-'));
  try {
    for (const [name, xml] of documents) writeFileSync(join(folder, name), xml);
    const said = execFileSync('/bin/sh', ['-c', `${xmllint} --noout --relaxng "$0" *.xml 2>&1 || true`, grammar], {
      cwd: folder,
      encoding: 'utf8',
    });
    return said.trim().split('\n').sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('The grammar of the autoconfig draft', { skip }, () => {
  const { providers } = curatedOf(parseCatalog(readDataDir(shippedData)));
  for (const version of autoconfigVersions) {
    test(`allows every document of version ${version}`, () => {
      const documents = new Map(
        [...providers, ...records].flatMap((provider) => {
          const [domain = 'customer.zz'] = literalDomains(provider);
          const xml = renderAutoconfig(answer(provider, { domain }), nothingKnown, version);
          return xml === undefined ? [] : [[`${provider.id}.xml`, xml] as const];
        }),
      );
      assert.ok(documents.size > 200);
      assert.deepEqual(judge(documents), [...documents.keys()].map((name) => `${name} validates`).sort());
    });
  }

  test('would not allow a port of nothing, or a server without a type', () => {
    const server = (attributes: string, port: string) =>
      `<clientConfig version="1.2"><emailProvider id="a.example"><incomingServer ${attributes}><port>${port}</port></incomingServer></emailProvider></clientConfig>`;
    const said = judge(
      new Map([
        ['good.xml', server('type="imap"', '993')],
        ['port.xml', server('type="imap"', '')],
        ['type.xml', server('', '993')],
      ]),
    );
    assert.deepEqual(
      said.filter((line) => /^\w+\.xml (validates|fails to validate)$/.test(line)),
      ['good.xml validates', 'port.xml fails to validate', 'type.xml fails to validate'],
    );
  });
});

describe('The grammar of Atom', { skip }, () => {
  const grammar = grammarOf('atom.rng');
  const path = '/api/v1/providers/mail.example/feed.atom';

  test('allows every feed: with and without links, in both languages, empty, and of all records', async (t) => {
    const text = async (response: Response | Promise<Response>) => (await response).text();
    const [plain, linked] = [await world(t), await world(t, { url: 'https://atlas.example' })];
    const documents = new Map([
      ['plain.xml', await text(plain.get(path))],
      ['linked.xml', await text(linked.get(path))],
      ['german.xml', await text(linked.get(`${path}?lang=de`))],
      ['all.xml', await text(linked.get('/api/v1/feed.atom'))],
      ['empty.xml', await text(testApp().get('/api/v1/providers/post.example/feed.atom'))],
    ]);
    assert.deepEqual(judge(documents, grammar), [...documents.keys()].map((name) => `${name} validates`).sort());
  });

  test('would not allow an entry without an identifier, or a date that is none', async (t) => {
    const feed = await (await (await world(t)).get(path)).text();
    const said = judge(
      new Map([
        ['id.xml', feed.replace(/(<entry>\s*)<id>[^<]*<\/id>/, '$1')],
        ['date.xml', feed.replace(/<updated>[^<]*/, '<updated>yesterday')],
      ]),
      grammar,
    );
    assert.deepEqual(
      said.filter((line) => /^\w+\.xml (validates|fails to validate)$/.test(line)),
      ['date.xml fails to validate', 'id.xml fails to validate'],
    );
  });
});
