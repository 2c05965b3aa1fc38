/** Domains and addresses, as people type them and as files and URLs have them. */
import assert from 'node:assert/strict';
import { parseAddress } from '../../../src/name/address.ts';
import { domainOrUndefined, NameError, withParents } from '../../../src/name/domain.ts';
import { ownerOf, registrableDomain } from '../../../src/name/suffix.ts';
import { unicodeName } from '../../../src/name/unicode.ts';
import { fillUsername } from '../../../src/provider/login.ts';
import { readOrRefused } from '../holds.ts';
import type { Target } from '../target.ts';

export const names: Target = {
  name: 'names',
  holds: 'a key is canonical, what is read once is read the same again, and the local part stays as it was typed',
  form: 'text',
  most: 4096,
  seeds: () => [
    'max@gmx.de',
    'straße.de',
    'STRASSE.DE.',
    'xn--strae-oqa.de',
    'mailto:max%2Bmail@example.co.uk?subject=a',
    '"Max Mustermann" <max@example.com>',
    '"a@b"@例え.テスト',
    'a.b.c.d.example.github.io',
    `${'a'.repeat(63)}.${'b'.repeat(63)}.example`,
    'user+tag@sub.日本語.example',
  ],
  words: ['xn--', '。', '．', 'mailto:', '@', '.', 'ß', 'ς', '\u200c', '%40', '[127.0.0.1]'],
  run(input) {
    const read = readOrRefused(() => parseAddress(input), NameError);
    if (!read) return undefined;
    const { domain, local } = read;
    assert.match(domain, /^(?=.{3,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/);
    assert.equal(domainOrUndefined(domain), domain, 'the key is its own key');
    assert.ok(withParents(domain).includes(registrableDomain(domain) ?? domain));
    assert.ok(domain.endsWith(ownerOf(domain)));
    const shown = unicodeName(domain);
    const again = domainOrUndefined(shown);
    // An A-label that encodes nothing that IDNA allows is still a name; shown as people see it, it must be no other.
    assert.ok(again === undefined || again === domain || unicodeName(again) !== shown || again.includes('xn--'));
    if (local === undefined) return domain;
    assert.ok(input.includes(local) || /mailto:/i.test(input), 'the local part is as it was typed');
    // A link within a link is nonsense, and only its outer shell is taken off.
    if (!/^mailto:/i.test(local))
      assert.deepEqual(parseAddress(`${local}@${domain}`), read, 'an address reads back as it was read');
    assert.equal(fillUsername('%EMAILADDRESS%', { local, domain }), `${local}@${domain}`);
    return `${local}@${domain}`;
  },
};
