/** No text makes a regular expression of ours lose its time: strangers choose the texts. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { expressionsOf, expressionsOfSources, slowOn } from './regular-expressions.ts';

describe('the regular expressions of the sources', () => {
  const all = expressionsOfSources();

  test('are all found', () => assert.ok(all.length > 300, String(all.length)));

  test('take eight times the time for eight times the text, whatever it repeats', () => {
    const slow = all.flatMap((one) => {
      const on = slowOn(one);
      return on === undefined ? [] : [`${one.file}: /${one.source}/${one.flags} on ${on}`];
    });
    assert.deepEqual(slow, []);
  });
});

describe('what is looked for', () => {
  test('are literals, wherever they stand', () => {
    const found = expressionsOf('a.ts', 'const a: RegExp = /x+/g; if (/y/u.test(`${/z/.source}`)) f({ b: [/w/] });');
    assert.deepEqual(
      found.map(({ source, flags }) => `/${source}/${flags}`),
      ['/x+/g', '/y/u', '/z/', '/w/'],
    );
  });

  // What was in the sources once, with what a checker (recheck 4.5.0) had against each.
  for (const [source, flags] of [
    ['[ \\t]*=[ \\t]*\\n', 'g'],
    ['<!--[^]*?-->', 'g'],
    ['^\\s*for\\s*=\\s*(.*?)\\s*$', 'i'],
    ['(?:"(?:[^"\\\\]|\\\\.)*"|[^",])+', 'g'],
    ['\\b(?!https:)[a-z][a-z0-9+.-]*:\\/\\/|\\b(?:javascript|mailto):\\S', 'i'],
    ['\\s*;\\s*', ''],
    ['\\n+$', ''],
    ['\\/+$', ''],
    ['#.*$', ''],
    ['^(\\S+?)(?:[\\s,]+(.*))?$', ''],
    ['^autodiscover\\.(.+\\..+)$', ''],
    ['^\\s*([A-Za-z0-9_-]+)\\s*=\\s*(\\S*)\\s*$', ''],
    ['[^\\s@<>"(),;:]+@[^\\s@<>"(),;:]+\\.[a-z]{2,}', 'i'],
    ['too many (?:\\w+ )*connections', 'i'],
    ['^(a|a)*$', ''],
  ] as const)
    test(`finds /${source}/${flags}`, () => assert.ok(slowOn({ source, flags }) !== undefined));
});
