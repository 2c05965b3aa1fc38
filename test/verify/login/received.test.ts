import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { traceSender } from '../../../src/verify/login/received.ts';

const sender = { addresses: ['192.168.1.7', '127.0.0.1', '2001:db8::7'], name: '[127.0.0.1]' };

/** The last line is the first hop. */
function trace(...headers: string[]): ReturnType<typeof traceSender> {
  return traceSender(`${headers.join('\r\n')}\r\nSubject: x\r\n\r\nbody with 198.51.100.7`, sender);
}

const relay =
  'Received: from out.mail.example (out.mail.example [203.0.113.5])\r\n\tby in.mail.example; Mon, 23 Nov 2026 10:00:00 +0000';

describe('the sender’s address is given away', () => {
  test('by the first hop, which names the line it came from; behind NAT that is a public address we do not know', () => {
    const first = 'Received: from [127.0.0.1] (p57a.isp.example [198.51.100.7]) by smtp.mail.example with ESMTPSA';
    assert.deepEqual(trace(relay, first), {
      revealed: true,
      line: 'Received: from [127.0.0.1] (your address) by smtp.mail.example with ESMTPSA',
    });
  });

  test('by our own address, private or not, in whatever form', () => {
    for (const address of ['192.168.1.7', 'IPv6:2001:db8::7', '::ffff:192.168.1.7']) {
      const { revealed, line = '' } = trace(relay, `Received: from unknown ([${address}]) by smtp.mail.example`);
      assert.ok(revealed, address);
      assert.ok(!line.includes('192.168.1.7') && !line.includes('db8::7'), line);
    }
  });

  test('and masked wherever it stands in that line, also where it is glued to something', () => {
    const { line = '' } = trace('Received: from host-192.168.1.7.isp.example (192.168.1.7) by smtp.mail.example');
    assert.ok(line !== '' && !line.includes('192.168.1.7'), line);
  });

  test('by a field made for it', () => {
    for (const name of ['X-Originating-IP', 'X-Client-IP', 'X-Sender-IP', 'X-Source-IP'])
      assert.equal(trace(`${name}: [198.51.100.7]`).line, `${name}: [(your address)]`);
  });
});

test('of a field without an end its beginning is read', () => {
  const addresses = Array.from({ length: 50_000 }, (_, i) => `198.51.${i % 250}.${i % 199}`).join(' ');
  const { line = '' } = trace(`Received: from ${addresses} by smtp.mail.example`);
  assert.ok(line.length > 0 && line.length < 5000);
});

describe('the sender’s address is kept', () => {
  test('where the first hop says nothing of it', () => {
    assert.deepEqual(trace(relay, 'Received: by smtp.mail.example with ESMTPSA id 1234; Mon, 23 Nov 2026 10:00:00'), {
      revealed: false,
    });
  });

  test('where a server only repeats the name that we gave it', () => {
    assert.equal(trace(relay, 'Received: from [127.0.0.1] by smtp.mail.example with ESMTPSA').revealed, false);
    assert.equal(trace(relay, 'Received: from [127.0.0.1] (authenticated) by smtp.mail.example').revealed, false);
  });

  test('where the addresses are those of the servers between themselves', () => {
    assert.equal(trace(relay, 'Received: from frontend (unknown [10.1.2.3]) by smtp.mail.example').revealed, false);
    assert.equal(trace(relay, relay, 'Received: by smtp.mail.example').revealed, false);
  });

  test('where there is no such header at all; times and versions are no addresses', () => {
    assert.equal(trace('X-Mailer: 1.2.3.4', 'Received: from x by y (1.2.3) at 10:00:00').revealed, false);
  });
});
