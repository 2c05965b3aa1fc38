import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { linked, plainText } from '../../../src/web/pages/plain.ts';

const asText = async (made: ReturnType<typeof plainText>) => String(await made);

describe('An operator’s own text', () => {
  test('has headings, paragraphs with their lines, and lists', async () => {
    const text = '# Imprint\nExample Ltd\nStreet 1\n\n\nTwo words.\r\n\r\n- one\n- two\n';
    assert.equal(
      await asText(plainText(text)),
      '<h3>Imprint</h3><p>Example Ltd<br>Street 1</p><p>Two words.</p><ul><li>one</li><li>two</li></ul>',
    );
  });

  test('gets no HTML through', async () => {
    assert.equal(
      await asText(plainText('<script>x</script> & "y"')),
      '<p>&lt;script&gt;x&lt;/script&gt; &amp; &quot;y&quot;</p>',
    );
    assert.equal(await asText(plainText('')), '');
  });

  for (const [text, html] of [
    [
      'See https://a.example/b?c=d&e.',
      'See <a href="https://a.example/b?c=d&amp;e">https://a.example/b?c=d&amp;e</a>.',
    ],
    ['(ops@a.example)', '(<a href="mailto:ops@a.example">ops@a.example</a>)'],
    ['javascript:alert(1) a@b', 'javascript:alert(1) a@b'],
    ['https://a.example/"onclick="x', '<a href="https://a.example/">https://a.example/</a>&quot;onclick=&quot;x'],
  ] as const) {
    test(`leads where “${text}” says`, async () => assert.equal(await asText(linked(text)), html));
  }
});
