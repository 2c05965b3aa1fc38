/**
 * Every autoconfig XML that the shipped data and the small world make, against the grammar of
 * draft-ietf-mailmaint-autoconfig-06 (its appendix, in RELAX NG), judged by libxml2.
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
import { answer, records } from '../web/records.ts';

const xmllint = '/usr/bin/xmllint';
const skip = existsSync(xmllint) ? false : `${xmllint} not installed: test/real/install.sh`;
const grammar = fileURLToPath(new URL('../vectors/autoconfig-06.rng', import.meta.url));

/** What xmllint says of these documents, by their names; it says “<file> validates” of a good one. */
function judge(documents: ReadonlyMap<string, string>): string[] {
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
