import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testApp } from '../app.ts';

describe('GET /how-mail-works', () => {
  test('shows the six steps of SMTP beside what was said, with the password masked', async () => {
    const html = await (await testApp().get('/how-mail-works')).text();
    const steps = [...html.matchAll(/<li><div><h3>([^<]+)<\/h3>/g)].map(([, name]) => name);
    assert.deepEqual(steps, [
      'Connect',
      'Greeting',
      'Introduction, encryption, sign-in',
      'Envelope',
      'Message',
      'Goodbye',
    ]);
    for (const line of ['S: 220 mail.example.test ESMTP Postfix', 'C: STARTTLS', 'C: AUTH PLAIN •••', 'C: QUIT'])
      assert.ok(html.includes(`>${line}</span>`), line);
    assert.ok(html.includes('C: RCPT TO:&lt;test@example.test&gt;'));
  });

  test('explains ports, protocols and bounces', async () => {
    const html = await (await testApp().get('/how-mail-works', { 'Accept-Language': 'de' })).text();
    for (const part of ['993', '465', 'STARTTLS', 'POP3', 'Mailer-Daemon', '5.1.1'])
      assert.ok(html.includes(part), part);
  });
});
