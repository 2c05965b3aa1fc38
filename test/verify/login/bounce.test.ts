import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readBounce } from '../../../src/verify/login/bounce.ts';

const id = '0123456789abcdef';

/** As Postfix writes it. */
function report(recipient: readonly string[], returned = `X-Mailatlas-Check: ${id}`): string {
  return [
    'From: MAILER-DAEMON@mail.example.test (Mail Delivery System)',
    'Subject: Undelivered Mail Returned to Sender',
    'Content-Type: multipart/report; report-type=delivery-status;',
    '\tboundary="1CA9E.17/mail.example.test"',
    '',
    'This is a MIME-encapsulated message.',
    '',
    '--1CA9E.17/mail.example.test',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'I’m sorry to have to inform you'.replace('’', "'"),
    '--1CA9E.17/mail.example.test',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mail.example.test',
    `Original-Envelope-Id: ${id}`,
    '',
    ...recipient,
    '',
    '--1CA9E.17/mail.example.test',
    'Content-Type: text/rfc822-headers',
    '',
    returned,
    '',
    '--1CA9E.17/mail.example.test--',
  ].join('\r\n');
}

const failed = [
  'Final-Recipient: rfc822; test@example.test',
  'Action: failed',
  'Status: 5.7.1',
  'Remote-MTA: dns; mx.example.test',
  'Diagnostic-Code: smtp; 554 5.7.1 Message',
  '    content rejected',
];

describe('a report that a message was not delivered', () => {
  test('says who refused it, and in which words', () => {
    assert.deepEqual(readBounce(report(failed), id), {
      action: 'failed',
      status: '5.7.1',
      host: 'mx.example.test',
      heard: '554 5.7.1 Message content rejected',
    });
  });

  test('may only say that it takes longer', () => {
    const delayed = failed.map((line) => line.replace('failed', 'delayed').replace('5.7.1', '4.4.1'));
    assert.equal(readBounce(report(delayed), id)?.action, 'delayed');
  });

  test('names the reporting host and the status where there is nothing else', () => {
    assert.deepEqual(readBounce(report(failed.slice(0, 3)), id), {
      action: 'failed',
      status: '5.7.1',
      host: 'mail.example.test',
      heard: '5.7.1',
    });
  });

  test('of good news is none', () => {
    assert.equal(readBounce(report(failed.map((line) => line.replace('failed', 'relayed'))), id), undefined);
  });

  test('about another message is none of our business', () => {
    assert.equal(readBounce(report(failed), 'fedcba9876543210'), undefined);
  });

  test('may be a letter, as qmail writes it', () => {
    const letter = [
      'From: MAILER-DAEMON@mail.example.test',
      'Subject: failure notice',
      '',
      'Hi. This is the qmail-send program.',
      '',
      '<test@example.test>:',
      'Remote host said: 550 5.1.1 no mailbox here by that name',
      '',
      '--- Below this line is a copy of the message.',
      `X-Mailatlas-Check: ${id}`,
    ].join('\r\n');
    assert.deepEqual(readBounce(letter, id), {
      action: 'failed',
      heard: 'Remote host said: 550 5.1.1 no mailbox here by that name',
    });
  });

  test('may be nothing that anybody can read', () => {
    assert.equal(readBounce('', id), undefined);
    assert.equal(readBounce(`Content-Type: multipart/report; boundary=x\r\n\r\n${id}`, id)?.action, 'failed');
  });
});
