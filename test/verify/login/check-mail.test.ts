import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { concerns, isIntact, writeCheckMail } from '../../../src/verify/login/check-mail.ts';

const mail = writeCheckMail({ id: '0123456789abcdef', address: 'fred@mail.example', at: new Date(0) });
const end = mail.raw.indexOf('\r\n\r\n');
const head = mail.raw.slice(0, end);
const body = mail.raw.slice(end + 4);

describe('the marked message', () => {
  test('has every field that filters want to see, and its mark', () => {
    for (const line of [
      'Date: Thu, 01 Jan 1970 00:00:00 +0000',
      'From: <fred@mail.example>',
      'To: <fred@mail.example>',
      'Message-ID: <0123456789abcdef@mail.example>',
      'X-Mailatlas-Check: 0123456789abcdef',
      'Auto-Submitted: auto-generated',
    ])
      assert.ok(head.split('\r\n').includes(line), line);
    assert.match(head, /X-Mailatlas-Digest: [0-9a-f]{64}/);
  });

  test('is plain in every sense: nothing on the way has a reason to touch it', () => {
    assert.match(mail.raw, /^[\x20-\x7e\r\n]*\r\n$/);
    assert.doesNotMatch(mail.raw, /(?<!\r)\n|\r(?!\n)/);
    assert.ok(body.split('\r\n').every((line) => line.length < 78 && !line.startsWith('.') && line === line.trimEnd()));
  });

  test('is known by its mark, and where a server takes that away, by its subject', () => {
    assert.equal(concerns(mail.raw, mail.id), 'ours');
    assert.equal(concerns(head.replace(/^X-Mailatlas.*\r\n/gm, ''), mail.id), 'ours');
    assert.equal(concerns(head, 'fedcba9876543210'), 'no');
    assert.equal(concerns('Subject: hello\r\nFrom: <x@mail.example>', mail.id), 'no');
  });

  test('may have come back: what looks like a bounce has to be read', () => {
    assert.equal(concerns('Content-Type: multipart/report; report-type=delivery-status', mail.id), 'maybe-bounce');
    assert.equal(concerns('From: MAILER-DAEMON@mail.example\r\nSubject: failure notice', mail.id), 'maybe-bounce');
  });
});

describe('its text is the one that was sent', () => {
  const same: [how: string, raw: string][] = [
    ['untouched', mail.raw],
    ['with line ends of another system', mail.raw.replaceAll('\r\n', '\n')],
    ['with headers in front and empty lines behind', `Received: from x by y\r\n${mail.raw}\r\n\r\n`],
    ['as base64', encoded('base64', btoa(body))],
    [
      'as quoted-printable',
      encoded('quoted-printable', body.replaceAll('=', '=3D').replace('mail can', 'mail=20=\r\ncan')),
    ],
    [
      'beside another part',
      multipart(`Content-Type: text/plain\r\n\r\n${body}`, 'Content-Type: text/html\r\n\r\n<p>ad</p>'),
    ],
    ['in a part without headers', multipart(`\r\n${body}`)],
  ];
  for (const [how, raw] of same) test(how, () => assert.ok(isIntact(raw, mail)));

  const other: [how: string, raw: string][] = [
    ['with an advertisement below it', `${mail.raw}\r\n--\r\nSent with Example Mail`],
    ['with a word changed', mail.raw.replace('deleted', 'kept')],
    ['empty', `${head}\r\n\r\n`],
  ];
  for (const [how, raw] of other) test(`not: ${how}`, () => assert.ok(!isIntact(raw, mail)));
});

function encoded(encoding: string, text: string): string {
  return `${head.replace('7bit', encoding)}\r\n\r\n${text}`;
}

function multipart(...parts: string[]): string {
  const bounded = parts.map((part) => `--xyz\r\n${part}\r\n`).join('');
  return `Content-Type: multipart/mixed; boundary="xyz"\r\n\r\npreamble\r\n${bounded}--xyz--\r\nepilogue`;
}
