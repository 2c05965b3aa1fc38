/**
 * What the shipped data say of the best known providers, byte for byte: whoever changes a record, the ladder or a format sees
 * here what mail clients and programs will get instead. `lookup.json` is the JSON of `GET /api/v1/lookup?domain=`, set out
 * in lines; a provider without access has no `autoconfig.xml`. `autodiscover.xml` and `mail.mobileconfig`, of a few, are for
 * somebody called max; where the format cannot say the record, the file is not there.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Atlas, compileAtlas } from '../../src/atlas/atlas.ts';
import { curatedOf, parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import { shippedData } from '../../src/cli/options.ts';
import { renderAutoconfig } from '../../src/formats/autoconfig/render.ts';
import { answerJson } from '../../src/formats/json.ts';
import { formats } from '../../src/formats/table.ts';
import { lookup } from '../../src/lookup/ladder.ts';
import { type Domain, parseDomain } from '../../src/name/domain.ts';
import type { Resolver } from '../../src/net/dns/resolver.ts';
import { nothingKnown } from '../../src/provider/model.ts';

/** Provider id, and the domain that is asked for. */
const asked = {
  't-online.de': 't-online.de',
  'gmx.net': 'gmx.net',
  'web.de': 'web.de',
  'gmail.com': 'gmail.com',
  'outlook.com': 'outlook.com',
  // A customer's domain, found by its MX. The country code zz is never given to anybody.
  'office365.com': 'firm.zz',
  'icloud.com': 'icloud.com',
  'yahoo.com': 'yahoo.com',
  'zoho.eu': 'zoho.eu',
  'proton.me': 'proton.me',
  'tuta.com': 'tuta.com',
  'fastmail.com': 'fastmail.com',
  'orange.fr': 'orange.fr',
  // STARTTLS alone.
  'emailn.de': 'emailn.de',
  // POP3 alone.
  'runestone.net': 'runestone.net',
} as const;

/** Also as what Outlook and Apple's devices get: two forms of user names, calendar and contacts, STARTTLS, POP3. */
const pushed = new Set(['icloud.com', 'fastmail.com', 'emailn.de', 'runestone.net', 'outlook.com']);

const resolver: Resolver = {
  mx: (domain) =>
    Promise.resolve(
      domain === 'firm.zz'
        ? { kind: 'hosts', hosts: [{ preference: 0, host: 'firm-zz.mail.protection.outlook.com' as Domain }] }
        : { kind: 'none', exists: false },
    ),
};

const update = process.env['UPDATE_GOLDEN'] === '1';
const folderOf = (id: string) => fileURLToPath(new URL(id, import.meta.url));
const advice = `If the change is meant: UPDATE_GOLDEN=1 node --test test/golden/golden.test.ts, and look at the diff.`;

/** Holds a text against its file, or writes the file. No text: there must be no file. */
function compare(id: string, file: string, text: string | undefined): void {
  const path = join(folderOf(id), file);
  if (update) {
    if (text === undefined) return rmSync(path, { force: true });
    mkdirSync(folderOf(id), { recursive: true });
    return writeFileSync(path, text);
  }
  const kept = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (kept === text) return;
  assert.fail(`${id}/${file} is not what the data and the code say now. ${advice}\n${firstDifference(kept, text)}`);
}

/** The first line that differs, as a diff would show it. */
function firstDifference(kept: string | undefined, text: string | undefined): string {
  const [old, now] = [kept?.split('\n') ?? [], text?.split('\n') ?? []];
  const different = old.findIndex((line, i) => line !== now[i]);
  const at = different < 0 ? old.length : different;
  return `line ${at + 1}:\n- ${old[at] ?? '(nothing)'}\n+ ${now[at] ?? '(nothing)'}`;
}

describe('What mail clients and programs get', () => {
  let atlas: Atlas;
  before(() => {
    atlas = compileAtlas(curatedOf(parseCatalog(readDataDir(shippedData))));
  });

  for (const [id, domain] of Object.entries(asked)) {
    test(`for ${domain} is what it was before: ${id}`, async () => {
      const result = await lookup(atlas, parseDomain(domain), resolver);
      assert.ok('answer' in result, `${domain} is not found any more`);
      const { answer } = result;
      assert.equal(answer.provider.id, id);
      compare(id, 'autoconfig.xml', renderAutoconfig(answer, nothingKnown));
      compare(id, 'lookup.json', `${JSON.stringify(answerJson(answer, nothingKnown), null, 2)}\n`);
      if (!pushed.has(id)) return;
      for (const [format, file] of [
        ['autodiscover', 'autodiscover.xml'],
        ['mobileconfig', 'mail.mobileconfig'],
      ] as const) {
        const rendered = formats[format](answer, nothingKnown, { local: 'max', language: 'en' });
        compare(id, file, 'text' in rendered ? rendered.text : undefined);
      }
    });
  }

  test('is kept for no provider that nobody asks for here', () => {
    const folders = readdirSync(folderOf('.'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), Object.keys(asked).sort());
  });
});
