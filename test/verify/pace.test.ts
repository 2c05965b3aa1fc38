/** Who may be called now: manners towards hosts, addresses and owners. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ownerOf } from '../../src/name/suffix.ts';
import { Pace } from '../../src/verify/pace.ts';

describe('the owner of a host', () => {
  const owners: [string, string][] = [
    ['imap.mail.example.co.uk', 'example.co.uk'],
    ['smtp.gmail.com', 'gmail.com'],
    ['co.uk', 'co.uk'],
    ['192.0.2.1', '192.0.2.1'],
  ];
  for (const [host, owner] of owners) test(`${host} is ${owner}`, () => assert.equal(ownerOf(host), owner));
});

describe('a host', () => {
  test('may be called at once, by one at a time, and again after a pause', () => {
    const pace = new Pace(30_000);
    assert.equal(pace.wait('imap.a.example', 'a.example', 0), 0);
    const leave = pace.enter('imap.a.example', 'a.example');
    assert.equal(pace.wait('imap.a.example', 'a.example', 500), Number.POSITIVE_INFINITY);
    leave(['192.0.2.1'], 1000);
    assert.equal(pace.wait('imap.a.example', 'a.example', 1000), 30_000);
    assert.equal(pace.wait('imap.a.example', 'a.example', 31_000), 0);
  });

  test('shares its owner with other hosts, which need no pause', () => {
    const pace = new Pace(30_000);
    const leave = pace.enter('imap.a.example', 'a.example');
    assert.equal(pace.wait('smtp.a.example', 'a.example', 0), Number.POSITIVE_INFINITY);
    assert.equal(pace.wait('imap.b.example', 'b.example', 0), 0);
    leave(['192.0.2.1'], 0);
    assert.equal(pace.wait('smtp.a.example', 'a.example', 0), 0);
  });

  test('shares its address with hosts that are known to lead there', () => {
    const pace = new Pace(30_000);
    pace.enter('imap.a.example', 'a.example')(['192.0.2.1'], 0);
    pace.enter('imap.b.example', 'b.example')(['192.0.2.1', '192.0.2.2'], 10_000);
    assert.equal(pace.wait('imap.a.example', 'a.example', 30_000), 10_000);
    pace.enter('imap.b.example', 'b.example');
    assert.equal(pace.wait('imap.a.example', 'a.example', 60_000), Number.POSITIVE_INFINITY);
  });

  test('that was not called, because its name leads nowhere, needs no pause', () => {
    const pace = new Pace(30_000);
    pace.enter('imap.a.example', 'a.example')([], 0);
    assert.equal(pace.wait('imap.a.example', 'a.example', 0), 0);
  });
});
