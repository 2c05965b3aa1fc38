import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { domainToUnicode } from 'node:url';
import * as fc from 'fast-check';
import { compileAtlas } from '../../../src/atlas/atlas.ts';
import { parseDomain } from '../../../src/name/domain.ts';
import { unicodeName } from '../../../src/name/unicode.ts';
import type { Provider } from '../../../src/provider/model.ts';
import { checkImitation, isMixed, isNear } from '../../../src/submit/checks/imitation.ts';
import type { Draft } from '../../../src/submit/model.ts';
import { curated, record } from '../../records.ts';

fc.configureGlobal({ seed: 6, numRuns: 500 });

const gmail = record({
  id: 'gmail.com',
  name: 'Google Mail',
  short: 'Gmail',
  domains: ['gmail.com', 'googlemail.com'],
});
const hoster = record({
  id: 'hoster.example',
  name: 'Hoster GmbH',
  short: 'Hoster',
  kind: 'hosting',
  formerly: ['old-hoster.example'],
  mx: ['*.mx.hoster.example'],
});
const atlas = compileAtlas(curated({ providers: [gmail, hoster] }));

/** What is said of a new record, or of a change of a served one, as `state code about`. */
function said(facts: Partial<Provider>, kind: Draft['kind'] = 'new'): string[] {
  const made = record({ name: 'New Mail', short: 'New', ...facts });
  const { items } = checkImitation({ kind, id: made.id, record: made, reason: '', language: 'en' }, atlas);
  return items.map(({ state, code, about }) => `${state} ${code} ${about}`);
}
const domain = (text: string): Partial<Provider> => ({ id: parseDomain(text), domains: [parseDomain(text)] });

describe('a display name', () => {
  const names: [name: string, ...said: string[]][] = [
    ['Another Mail'],
    ['gMail', 'attention same-name name'],
    ['G-Mail.', 'attention same-name name'],
    ['GmaiI', 'attention confusable-name name'],
    ['Grnail', 'attention confusable-name name'],
    ['Gm\u0430il', 'failed mixed-scripts name'],
    ['\u{1d40e}\u{1d5c0} \uff27\uff4d\uff41\uff49\uff4c'],
    ['\uff27\uff4d\uff41\uff49\uff4c', 'attention same-name name'],
    ['gmail.com Support', 'attention names-domain name'],
    ['Почта Россия'],
    ['日本語Mail'],
    ['Ελληνικά'],
  ];
  for (const [name, ...expected] of names)
    test(`${name}: ${expected.join() || 'nothing to say'}`, () => assert.deepEqual(said({ name }), expected));

  test('wholly in another script is held against those that it looks like', () => {
    const served = compileAtlas(curated({ providers: [record({ name: 'Copacea', short: 'Copacea' })] }));
    const made = record({ id: 'new.example', name: '\u0421\u043e\u0440\u0430\u0441\u0435\u0430', short: 'New' });
    const result = checkImitation({ kind: 'new', id: made.id, record: made, reason: '', language: 'en' }, served);
    assert.deepEqual(
      result.items.map(({ state, code }) => `${state} ${code}`),
      ['failed confusable-name'],
    );
    assert.equal(result.state, 'failed');
  });

  test('that is served already is not asked about again', () => {
    const family = compileAtlas(curated({ providers: [gmail, record({ id: 'b.example', name: 'Google Mail' })] }));
    const change = { kind: 'change', id: 'gmail.com', record: gmail, reason: '', language: 'en' } as const;
    assert.equal(checkImitation(change, family).state, 'passed');
  });
});

describe('a domain', () => {
  const domains: [name: string, ...said: string[]][] = [
    ['new.example'],
    ['gmail.com', 'failed taken-id gmail.com'],
    ['googlemail.com', 'failed taken-domain googlemail.com'],
    ['gm\u0430il.com', 'failed mixed-scripts xn--gmil-63d.com'],
    ['grnail.com', 'attention homograph-domain grnail.com'],
    ['gmai1.com', 'attention homograph-domain gmai1.com'],
    ['gmial.com', 'attention near-domain gmial.com'],
    ['gmail.co', 'attention near-domain gmail.co'],
    ['gmeil.com', 'attention near-domain gmeil.com'],
    // Nobody has a mailbox at the hoster's own name.
    ['hostar.example'],
    ['bücher.example'],
  ];
  for (const [name, ...expected] of domains)
    test(`${name}: ${expected.join() || 'nothing to say'}`, () => assert.deepEqual(said(domain(name)), expected));

  test('wholly in Cyrillic letters, looking like another one', () => {
    const apple = compileAtlas(curated({ providers: [record({ id: 'apple.com' })] }));
    const made = record({ ...domain('аррӏе.com'), name: 'New', short: 'New' });
    const draft = { kind: 'new', id: made.id, record: made, reason: '', language: 'en' } as const;
    assert.deepEqual(
      checkImitation(draft, apple).items.map(({ code, about }) => `${code} ${about}`),
      ['homograph-domain xn--80ak6aa92e.com'],
    );
  });

  test('or an MX pattern of another record cannot be taken, nor an id that it had', () => {
    assert.deepEqual(said({ mx: ['*.mx.hoster.example'] }), ['failed taken-domain *.mx.hoster.example']);
    assert.deepEqual(said(domain('old-hoster.example')), ['failed taken-id old-hoster.example']);
    assert.deepEqual(said({ formerly: ['gmail.com'] }), ['failed taken-id gmail.com']);
  });

  test('that the record has already is its own', () => {
    assert.deepEqual(said({ ...gmail, domains: ['gmail.com', 'googlemail.com', 'new.example'] }, 'change'), []);
  });
});

test('scripts in one word', () => {
  for (const text of ['T-Online', 'Почта и mail', 'メールmail', '한글mail', 'שלום', 'naïve', 'ß', '3G', ''])
    assert.equal(isMixed(text), false, text);
  for (const text of ['Яndex', 'αmail', 'рaypal', 'mailשלום', 'Еxample', 'αя']) assert.equal(isMixed(text), true, text);
});

test('one keystroke apart, both ways', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '.'), minLength: 6, maxLength: 8 });
  fc.assert(
    fc.property(word, fc.nat(), fc.constantFrom('a', 'z'), (a, at, letter) => {
      const i = at % a.length;
      for (const b of [a.slice(0, i) + letter + a.slice(i), a.slice(0, i) + letter + a.slice(i + 1)])
        assert.equal(isNear(a, b) && isNear(b, a), a !== b);
    }),
  );
  fc.assert(fc.property(word, word, (a, b) => isNear(a, b) === isNear(b, a)));
  assert.equal(isNear('gmx.de', 'gmy.de'), true);
  assert.equal(isNear('a.com', 'b.com'), false, 'too short to mean anything');
  assert.equal(isNear('gmail.com', 'hmaul.com'), false);
});

test('A-labels are decoded as the platform decodes them', () => {
  const letters = fc.constantFrom('a', '-', 'ü', 'ß', 'я', '日', 'é', 'ọ', '1');
  fc.assert(
    fc.property(fc.array(letters, { minLength: 1, maxLength: 12 }), (parts) => {
      const url = URL.parse(`https://${parts.join('')}.example/`);
      fc.pre(url !== null);
      assert.equal(unicodeName(url?.hostname ?? ''), domainToUnicode(url?.hostname ?? ''));
    }),
  );
  for (const label of ['xn--', 'xn--a-', 'xn--99999999', 'xn--\u00fc', 'xn--a b'])
    assert.equal(unicodeName(`${label}.com`), `${label}.com`);
});
