import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Session, usualPatience } from '../../../src/verify/probe/session.ts';
import { quickly } from '../../quickly.ts';

const session = new Session('203.0.113.9', usualPatience);

describe('what is kept of a line', () => {
  const masked: readonly (readonly [said: string, kept: string])[] = [
    ['hello [198.51.100.7]', 'hello [(address)]'],
    ['from 2001:db8:77::1, port 25', 'from (address), port 25'],
    ['IPv6:2001:db8:0:1:2:3:4:5.', 'IPv6:(address).'],
    ['::1', '(address)'],
    ['2001:db8::198.51.100.7', '(address)'],
    ['this is 203.0.113.9', 'this is 203.0.113.9'],
    ['at 12:30:45, version 2.3.19.1.7', 'at 12:30:45, version 2.3.19.1.7'],
    ['at 12:30:45:198.51.100.7', 'at 12:30:45:(address)'],
  ];
  for (const [said, kept] of masked) test(`“${said}”`, () => assert.equal(session.mask(said), kept));

  for (const unit of [
    'a',
    '1',
    ':',
    '0:',
    'a:',
    '::',
    '1.',
    '1.1.1.',
    '12:30:45 ',
    '1:1:1:1:1:1:1:',
    'g0:0:0:0:0:0:0:0:0',
  ]) {
    test(`is found in time that grows with its length: “${unit}” again and again`, () => {
      quickly(() => session.mask(unit.repeat(100_000 / unit.length)), 150);
    });
  }
});
