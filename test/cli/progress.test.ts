/** The progress bar, as a terminal gets it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressBar } from '../../src/cli/progress.ts';

function terminal(facts: { isTTY: boolean; columns?: number }) {
  const written: string[] = [];
  const stream = { ...facts, write: (text: string) => written.push(text) > 0 };
  return { written, stream: stream as unknown as NodeJS.WriteStream };
}

test('shows how far it is, on one line, and leaves no trace', () => {
  const { written, stream } = terminal({ isTTY: true, columns: 80 });
  const bar = progressBar(stream);
  bar.show(15, 30, 'imap.mail.example');
  bar.show(30, 30);
  bar.clear();
  assert.deepEqual(written, [
    `\r\x1b[K${'█'.repeat(15)}${'░'.repeat(15)} 15 of 30 imap.mail.example`,
    `\r\x1b[K${'█'.repeat(30)} 30 of 30 `,
    '\r\x1b[K',
  ]);
});

test('never breaks the line of a narrow terminal, and draws no faster than an eye can see', () => {
  const { written, stream } = terminal({ isTTY: true, columns: 40 });
  const bar = progressBar(stream);
  for (let done = 1; done < 1000; done++) bar.show(done, 1000, 'x'.repeat(100));
  assert.ok(written.length < 20);
  for (const line of written) assert.ok(line.length <= 39 + '\r\x1b[K'.length);
});

test('is silent where nobody looks', () => {
  const { written, stream } = terminal({ isTTY: false });
  const bar = progressBar(stream);
  bar.show(1, 2);
  bar.clear();
  assert.deepEqual(written, []);
});
