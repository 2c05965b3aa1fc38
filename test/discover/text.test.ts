/** Octets to text, whatever a server says of them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decode } from '../../src/discover/text.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');
const utf8 = (text: string) => Buffer.from(text);

describe('a document is read', () => {
  const good: [bytes: Uint8Array, type: string, text: string, why: string][] = [
    [utf8('Büro'), 'text/xml', 'Büro', 'as UTF-8, where nothing is said'],
    [utf8('\uFEFFBüro'), 'text/xml; charset=iso-8859-1', 'Büro', 'by its byte order mark first, which goes'],
    [Buffer.from('\uFEFFBüro', 'utf16le'), '', 'Büro', 'by its byte order mark, UTF-16 too'],
    [latin('Büro'), 'text/xml; charset="ISO-8859-1"', 'Büro', 'by the header'],
    [
      latin('<?xml version="1.0" encoding="iso-8859-1"?><a>ü</a>'),
      'text/xml',
      '<?xml version="1.0" encoding="iso-8859-1"?><a>ü</a>',
      'by the XML declaration',
    ],
    [utf8(''), '', '', 'although it is empty'],
  ];
  for (const [bytes, type, text, why] of good) test(why, () => assert.deepEqual(decode(bytes, type), { text }));

  test('as Windows-1252 with a note, where it is not what it says', () => {
    assert.deepEqual(decode(latin('Büro'), 'text/xml; charset=utf-8'), {
      text: 'Büro',
      note: 'is not utf-8; read as Windows-1252',
    });
  });

  test('not at all in an encoding that nobody knows', () => {
    assert.deepEqual(decode(utf8('x'), 'text/xml; charset=x-made-up'), { unknown: 'x-made-up' });
  });
});
