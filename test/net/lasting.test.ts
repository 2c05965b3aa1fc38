import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Lasting } from '../../src/net/lasting.ts';

const minute = 60_000;

function told() {
  const heard: string[] = [];
  let now = 1000;
  const lasting = new Lasting(
    (message) => heard.push(message),
    () => now,
  );
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { heard, lasting, pass };
}

describe('trouble that lasts', () => {
  test('is told once, and again after ten minutes', () => {
    const { heard, lasting, pass } = told();
    for (let minutes = 0; minutes < 20; minutes++) {
      lasting.tell('the disk is full');
      pass(minute);
    }
    assert.deepEqual(heard, ['the disk is full', 'the disk is full']);
  });

  test('is told beside other trouble, by turns too', () => {
    const { heard, lasting } = told();
    for (const message of ['locked', 'full', 'locked', 'full']) lasting.tell(message);
    assert.deepEqual(heard, ['locked', 'full']);
  });

  test('is told at once where it was over in between', () => {
    const { heard, lasting } = told();
    lasting.tell('locked');
    lasting.over();
    lasting.tell('locked');
    assert.deepEqual(heard, ['locked', 'locked']);
  });
});
