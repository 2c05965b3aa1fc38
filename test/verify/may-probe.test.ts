import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mayProbe } from '../../src/verify/may-probe.ts';

const optOuts = new Set(['imap.mail.example', 'quiet.example']);

describe('An owner’s wish not to be probed', () => {
  for (const host of ['imap.mail.example', 'quiet.example', 'smtp.quiet.example', 'a.b.quiet.example']) {
    test(`holds for ${host}`, () => assert.equal(mayProbe(host, optOuts), false));
  }
  for (const host of ['smtp.mail.example', 'mail.example', 'notquiet.example', '192.0.2.1', '2001:db8::1']) {
    test(`does not concern ${host}`, () => assert.equal(mayProbe(host, optOuts), true));
  }
});
