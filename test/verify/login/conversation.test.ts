import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Recorder, smtpSteps, stepsOf, type TimedLine } from '../../../src/verify/login/conversation.ts';

/** Lines as `12 S: 220 ready`: milliseconds, who, what. */
function lines(...texts: string[]): TimedLine[] {
  return texts.map((text) => {
    const [, at = '', from = '', said = ''] = /^(\d+) (S|C|--): (.*)$/.exec(text) ?? [];
    return { at: Number(at), from: from as TimedLine['from'], text: said };
  });
}

function told(steps: ReturnType<typeof smtpSteps>): string[] {
  return steps.map(({ name, ms, lines: own, broke }) => `${name} ${ms} ${own.length}${broke ? ' broke' : ''}`);
}

const sent = lines(
  '5 --: connected to 192.0.2.1 port 587',
  '20 S: 220-mail.example.test wait',
  '6020 S: 220 ESMTP',
  '6021 C: EHLO [127.0.0.1]',
  '6025 S: 250-mail.example.test',
  '6025 S: 250 STARTTLS',
  '6025 C: STARTTLS',
  '6030 S: 220 go ahead',
  '6040 --: TLS',
  '6041 C: EHLO [127.0.0.1]',
  '6045 S: 250-mail.example.test',
  '6045 S: 250 AUTH LOGIN',
  '6046 C: AUTH LOGIN',
  '6050 S: 334 VXNlcm5hbWU6',
  '6051 C: •••',
  '6055 S: 334 UGFzc3dvcmQ6',
  '6056 C: •••',
  '6060 S: 235 2.7.0 welcome',
  '6061 C: MAIL FROM:<a@example.test>',
  '6061 C: RCPT TO:<a@example.test>',
  '6061 C: DATA',
  '6070 S: 250 2.1.0 Ok',
  '6071 S: 250 2.1.5 Ok',
  '6072 S: 354 go on',
  '6073 C: (the message, 700 octets)',
  '6090 S: 250 2.0.0 queued',
  '6091 C: QUIT',
  '6095 S: 221 2.0.0 bye',
);

describe('an SMTP conversation', () => {
  test('has six steps, also where MAIL, RCPT and DATA go out together', () => {
    assert.deepEqual(told(smtpSteps(sent)), [
      'connect 5 1',
      'ready 6015 2',
      'hello 35 15',
      'envelope 10 4',
      'data 18 4',
      'quit 4 2',
    ]);
  });

  test('loses no line and doubles none', () => {
    const all = smtpSteps(sent).flatMap(({ lines: own }) => own);
    assert.deepEqual(new Set(all.map(({ text }) => text)), new Set(sent.map(({ text }) => text)));
    assert.equal(all.length, sent.length);
  });

  test('says in which step it broke', () => {
    const refused = [
      ...sent.slice(0, 21),
      ...lines('6070 S: 250 2.1.0 Ok', '6071 S: 550 5.1.1 nobody here', '6072 S: 554 5.5.1 no valid recipients'),
      ...lines('6073 C: QUIT', '6074 S: 221 bye'),
    ];
    assert.deepEqual(
      smtpSteps(refused, 'envelope').map(({ name, broke }) => (broke ? `${name} broke` : name)),
      ['connect', 'ready', 'hello', 'envelope broke', 'data', 'quit'],
    );
  });

  test('breaks in its last step where nobody knows better', () => {
    assert.deepEqual(told(smtpSteps(sent.slice(0, 2), 'last')), ['connect 5 1', 'ready 15 1 broke']);
    assert.deepEqual(smtpSteps([]), []);
  });
});

describe('the recorder', () => {
  test('puts lines into the step it was told, in the order in which steps were taken', () => {
    const recorder = new Recorder((text) => text);
    for (const step of ['connect', 'sign-in', 'quit', 'connect', 'sign-in'] as const) {
      recorder.step = step;
      recorder.add('C', `to ${step}`);
      recorder.add('S', 'ok');
    }
    const steps = stepsOf(recorder.lines, 'sign-in');
    assert.deepEqual(
      steps.map(({ name, broke }) => (broke ? `${name} broke` : name)),
      ['connect', 'sign-in', 'quit', 'connect', 'sign-in broke'],
    );
    assert.deepEqual(Object.keys(steps[0]?.lines[0] ?? {}), ['at', 'from', 'text']);
  });

  test('masks, cuts long lines, and stops at two hundred', () => {
    const recorder = new Recorder((text) => text.replaceAll('secret', '•••'));
    recorder.add('S', `250-secret\r\n250 ${'x'.repeat(5000)}`);
    recorder.add('S', 'bell\u0007 and escape\u001b[31m');
    assert.deepEqual(
      recorder.lines.slice(0, 3).map(({ text }) => text.length),
      [7, 1000, 21],
    );
    assert.equal(recorder.lines[0]?.text, '250-•••');
    for (let n = 0; n < 500; n++) recorder.add('S', 'and more');
    assert.equal(recorder.lines.length, 201);
    assert.equal(recorder.lines.at(-1)?.text, '…');
  });
});
