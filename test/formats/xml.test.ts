import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { childrenOf, type Element, parseXml, XmlError } from '../../src/formats/xml.ts';
import { quickly } from '../quickly.ts';

fc.configureGlobal({ seed: 5362, numRuns: 500 });

/** Any UTF-16 code unit, halves of characters too. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit));

const million = 1024 * 1024;

/** What is said of a text that is refused. */
function refused(text: string): string {
  let message = '';
  assert.throws(
    () => parseXml(text),
    (error) => {
      assert.ok(error instanceof XmlError, String(error));
      ({ message } = error);
      return true;
    },
    `${JSON.stringify(text.slice(0, 200))} should be refused`,
  );
  return message;
}

/** A tree, or an XmlError whose message is one short clause; never anything else. */
function treeOrError(text: string): Element | undefined {
  try {
    const tree = parseXml(text);
    assert.equal(typeof tree.name, 'string');
    return tree;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    assert.match(error.message, /^\P{Cc}{1,200}$/u);
    return undefined;
  }
}

const small = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment with <b> & signs - in it -->
<a x="1" y='"'>
  <b lang="de">t&amp;u</b><![CDATA[<c>]]>
  <d/>
</a>
`;

describe('an XML document', () => {
  test('becomes a tree of names, attributes and texts', () => {
    assert.deepEqual(parseXml(small), {
      name: 'a',
      attributes: { x: '1', y: '"' },
      text: '<c>',
      verbatim: '\n  <c>\n  \n',
      children: [
        { name: 'b', attributes: { lang: 'de' }, text: 't&u', verbatim: 't&u', children: [] },
        { name: 'd', attributes: {}, text: '', verbatim: '', children: [] },
      ],
    });
  });

  test('keeps the white space around a text beside it, because some clients do', () => {
    const { text, verbatim } = parseXml('<a> x\n</a>');
    assert.deepEqual([text, verbatim], ['x', ' x\n']);
  });

  test('keeps the order of elements, of whatever names', () => {
    const { children } = parseXml('<a><x/><y/><x/><z/><y/></a>');
    assert.equal(children.map(({ name }) => name).join(''), 'xyxzy');
  });

  test('gives the children of a name', () => {
    const tree = parseXml('<a><x>1</x><y><x>no</x></y><x>2</x></a>');
    assert.deepEqual(
      childrenOf(tree, 'x').map(({ text }) => text),
      ['1', '2'],
    );
    assert.deepEqual(childrenOf(tree, 'toString'), []);
  });

  test('may start with a byte order mark, and with nothing but the element', () => {
    assert.equal(parseXml('\uFEFF<?xml version="1.0"?><a/>').name, 'a');
    assert.equal(parseXml('<a/>').name, 'a');
    assert.equal(parseXml('\n  <a></a>\n').name, 'a');
  });

  test('may have processing instructions, which are not read', () => {
    assert.deepEqual(parseXml('<?xml-stylesheet href="x"?><a><?php echo 1 ?>t</a>').text, 't');
  });

  test('may have comments anywhere, also in the middle of a word', () => {
    assert.deepEqual(parseXml('<!-- 1 --><a>fo<!-- <b>& -->o</a><!-- 2 -->'), {
      name: 'a',
      attributes: {},
      text: 'foo',
      verbatim: 'foo',
      children: [],
    });
  });

  test('has texts without the white space around them, and with what is between', () => {
    assert.equal(parseXml('<a>\n  one\n  two\t</a>').text, 'one\n  two');
  });

  test('has the text that is directly inside, not that of its children', () => {
    assert.equal(parseXml('<a>x<b>y</b>z</a>').text, 'xz');
  });

  test('never turns a text into a number, a date or a boolean', () => {
    for (const text of ['0993', '1e3', '0x1F', 'true', 'null', 'NaN', '2026-11-20'])
      assert.equal(parseXml(`<a x="${text}">${text}</a>`).text, text);
    assert.equal(parseXml('<a x="0993"/>').attributes['x'], '0993');
  });
});

describe('characters', () => {
  const text = (inner: string): string => parseXml(`<a>${inner}</a>`).text;

  test('are written as the five entities of XML, or by number', () => {
    assert.equal(text('&lt;&gt;&amp;&quot;&apos;'), '<>&"\'');
    assert.equal(text('&#65;&#x42;&#x1F40C;'), 'AB🐌');
    assert.equal(parseXml('<a x="&lt;&#65;&amp;"/>').attributes['x'], '<A&');
  });

  test('are decoded once', () => {
    assert.equal(text('&amp;lt;'), '&lt;');
    assert.equal(text('&amp;amp;#65;'), '&amp;#65;');
    assert.equal(text('&#38;lt;'), '&lt;');
  });

  test('in CDATA are as they are', () => {
    assert.equal(text('x<![CDATA[<b>&amp;</b>]]>y'), 'x<b>&amp;</b>y');
    assert.equal(text('<![CDATA[]]>'), '');
  });

  test('of all scripts are kept', () => {
    assert.equal(text('Müller ґ 网易 🐌'), 'Müller ґ 网易 🐌');
  });

  test('that XML does not have are not made by number', () => {
    assert.doesNotMatch(text('a&#0;b&#1;c&#xD800;d'), /[\p{Cc}\p{Cs}]/u);
  });
});

describe('namespaces', () => {
  test('do not matter: a prefix is taken off, and declarations are no attributes', () => {
    assert.deepEqual(parseXml('<p:a xmlns:p="urn:p" xmlns="urn:d" p:x="1" xml:lang="de"><p:b>1</p:b></p:a>'), {
      name: 'a',
      attributes: { x: '1', lang: 'de' },
      text: '',
      verbatim: '',
      children: [{ name: 'b', attributes: {}, text: '1', verbatim: '1', children: [] }],
    });
  });
});

describe('names that every JavaScript object has', () => {
  test('are refused, or names like others', () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length']) {
      const tree = treeOrError(`<a ${name}="1"><${name}>x</${name}></a>`);
      assert.ok(!tree || tree.children.length === 1, name);
      assert.ok(!tree || tree.children[0]?.text === 'x', name);
    }
    assert.equal(({} as { polluted?: string }).polluted, undefined);
  });
});

describe('a document type declaration', () => {
  test('is refused, in any case, wherever it stands', () => {
    for (const doctype of ['<!DOCTYPE a>', '<!doctype a>', '<!DOCTYPE a SYSTEM "http://localhost/x.dtd">'])
      for (const text of [`${doctype}<a/>`, `<?xml version="1.0"?>\n${doctype}\n<a/>`, `\uFEFF${doctype}<a/>`])
        assert.equal(refused(text), 'the file has a document type declaration, which is not read');
  });

  test('that is not quite one is refused all the same', () => {
    for (const text of [
      '<! DOCTYPE a><a/>',
      '<!ENTITY x "y"><a/>',
      '<!ELEMENT a ANY><a/>',
      '<a><!ENTITY x "y">&x;</a>',
    ])
      assert.equal(refused(text), 'the file has a document type declaration, which is not read');
  });

  test('cannot blow up: a billion laughs, a quadratic one', () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('\n');
    const billion = `<!DOCTYPE a [<!ENTITY l0 "ha">\n${laughs}]>\n<a>&l9;</a>`;
    const quadratic = `<!DOCTYPE a [<!ENTITY l "${'x'.repeat(50_000)}">]><a>${'&l;'.repeat(50_000)}</a>`;
    for (const text of [billion, quadratic])
      assert.match(
        quickly(() => refused(text), 75),
        /document type/,
      );
  });

  test('cannot reach a file or a host: external entities, parameter entities', () => {
    for (const entity of [
      '<!ENTITY x SYSTEM "file:///etc/passwd">',
      '<!ENTITY x PUBLIC "-//X" "http://localhost:1/x">',
      '<!ENTITY % x SYSTEM "http://localhost:1/x"> %x;',
    ])
      assert.match(refused(`<!DOCTYPE a [${entity}]><a>&x;</a>`), /document type/);
  });

  test('is needed for entities of one’s own: without it they stay what they are, or the file is refused', () => {
    const tree = treeOrError('<a>&x;</a>');
    assert.ok(!tree || tree.text === '&x;');
  });
});

describe('what is not well-formed', () => {
  const broken: Record<string, string> = {
    'an empty file': '',
    'white space alone': ' \n\t',
    'a text': 'hello',
    JSON: '{"a": 1}',
    'a text before the element': 'x<a/>',
    'two elements': '<a/><b/>',
    'an element that is not closed': '<a><b></a>',
    'an element that was not opened': '<a></b></a>',
    'overlapping elements': '<a><b></a></b>',
    'a closing tag in another case': '<A></a>',
    'an attribute twice': '<a x="1" x="2"/>',
    'an attribute without a value': '<a x/>',
    'an attribute without quotes': '<a x=1/>',
    'an open quote': '<a x="1/>',
    'an open comment': '<a><!-- </a>',
    'open CDATA': '<a><![CDATA[ </a>',
    'a bare ampersand': '<a>M & S</a>',
    'a bare less-than sign': '<a>1 < 2</a>',
    'a name that is none': '<1a/>',
    HTML: '<html><body><p>Not found<br></body></html>',
    'half a file': small.slice(0, small.length / 2),
  };
  for (const [what, text] of Object.entries(broken)) {
    test(`is refused: ${what}`, () => assert.notEqual(refused(text), ''));
  }

  test('is told with its line', () => assert.match(refused('<a>\n\n<b>\n</a>'), /^line 4: [^.]*[^.]$/));

  test('is not quoted at length, nor with control characters', () => {
    for (const text of ['<'.repeat(10_000), '<b>'.repeat(10_000), `<a>\u0007</${'\u001b'.repeat(500)}>`])
      assert.match(refused(text), /^\P{Cc}{1,200}$/u);
  });

  test('is an error or a tree, broken at each byte of a small file', () => {
    quickly(() => {
      for (let i = 0; i < small.length; i++) {
        treeOrError(small.slice(0, i));
        treeOrError(small.slice(i));
        treeOrError(small.slice(0, i) + small.slice(i + 1));
        for (const sign of ['<', '>', '&', '"', '/', '\0', '\uD800', ' '])
          treeOrError(small.slice(0, i) + sign + small.slice(i + 1));
      }
    });
  });
});

describe('what is too much', () => {
  test('is refused fast: ten megabytes', () => {
    const text = `<a>${'<b>x</b>'.repeat((10 * million) / 8)}</a>`;
    assert.equal(
      quickly(() => refused(text), 30),
      'the file is larger than 1 MB',
    );
  });

  test('is one character more than a megabyte', () => {
    const exactly = `<a>${' '.repeat(million - 7)}</a>`;
    assert.equal(exactly.length, million);
    assert.equal(parseXml(exactly).name, 'a');
    assert.equal(refused(`${exactly}\n`), 'the file is larger than 1 MB');
  });

  const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);

  test('is deep nesting; what real files have is far from it', () => {
    assert.equal(parseXml(nested(50)).name, 'a');
    for (const depth of [200, 5000, 100_000])
      assert.match(
        quickly(() => refused(nested(depth))),
        /nested/,
      );
  });

  test('is deep nesting that is never closed', () => {
    quickly(() => refused('<a>'.repeat(million / 3)));
  });

  test('within a megabyte takes bounded time, whatever it is full of', () => {
    const fill = (unit: string, before = '<a>', after = '</a>'): string =>
      before + unit.repeat((million / 16 - before.length - after.length) / unit.length) + after;
    const distinct = Array.from({ length: 8000 }, (_, i) => ` b${i}="1"`).join('');
    const units = '< & &# &amp; &#65; <b/> <b>x</b> <!----> <!-- <![CDATA[ <![CDATA[]]> <? <?x?> </ ]]> x<b/>'.split(
      ' ',
    );
    const texts = [...units, ' ', '\n'].map((unit) => fill(unit));
    texts.push(fill(' b="1"', '<a', '/>'), fill(' ', '<a', '/>'), fill('=', '<a ', '/>'), fill('&', '<a b="', '"/>'));
    texts.push(fill('b', '<', '/>'), fill(':', '<a', '/>'), `<a${distinct}/>`);
    for (const text of texts) quickly(() => treeOrError(text), 450);
  });
});

test('any text is an XML tree or an XmlError', () => {
  const parts = [
    '<',
    '>',
    '</',
    '/>',
    '<a>',
    '</a>',
    '<a',
    ' x="1"',
    '"',
    "'",
    '&',
    '&amp;',
    '&#x',
    ';',
    '<!--',
    '-->',
  ];
  const more = [
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<!DOCTYPE',
    '=',
    ':',
    '\0',
    '\uD800',
    '\uFEFF',
    '🐌',
    '__proto__',
    ' ',
  ];
  const soup = fc.array(fc.constantFrom(...parts, ...more), { maxLength: 30 }).map((some) => some.join(''));
  fc.assert(fc.property(fc.oneof(soup, fc.string({ unit: anyUnit, maxLength: 60 })), (text) => void treeOrError(text)));
  fc.assert(fc.property(soup, (text) => void treeOrError(`<a>${text}</a>`)));
});
