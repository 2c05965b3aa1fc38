/** Messages in the operator's test mailbox: anybody can write to it. */
import assert from 'node:assert/strict';
import { readBounce } from '../../../src/verify/login/bounce.ts';
import { contentOf, leavesOf, parseEntity } from '../../../src/verify/login/mime.ts';
import { traceSender } from '../../../src/verify/login/received.ts';
import type { Target } from '../target.ts';

export const mail: Target = {
  name: 'mail',
  holds: 'a message is taken apart without loss of time or of the reader, and never shows the address it gives away',
  form: 'lines',
  seeds: () => [
    'Received: from [192.0.2.7] (helo=prober.example) by mx.example with esmtps; Fri, 20 Nov 2026 10:00:00 +0000\r\nX-Originating-IP: [192.0.2.7]\r\nSubject: a\r\n\r\nbody\r\n',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n\r\nnot delivered mark-7\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n--b--\r\n',
    'Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=3D mark-7 =\r\n--b--\r\n--a\r\nContent-Transfer-Encoding: base64\r\n\r\nbWFyay03\r\n--a--\r\n',
  ],
  words: [
    'boundary=',
    '--b',
    '--',
    'Content-Type: ',
    'multipart/',
    'Received: from ',
    '=\r\n',
    ' ',
    '\t',
    '192.0.2.7',
    '2001:db8::7',
  ],
  run(input) {
    const leaves = leavesOf(parseEntity(input)).map(contentOf);
    const bounce = readBounce(input, 'mark-7');
    if (bounce) assert.ok(bounce.action === 'failed' || bounce.action === 'delayed');
    const { line } = traceSender(input, { addresses: ['192.0.2.7', '2001:db8::7'], name: 'prober.example' });
    assert.ok(line === undefined || !line.includes('192.0.2.7'), 'the address is masked');
    return [leaves, bounce];
  },
};
