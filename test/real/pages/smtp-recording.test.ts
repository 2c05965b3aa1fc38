/** What the page shows of SMTP is what a real Postfix says: recorded anew by the login check, and compared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { smtpRecording } from '../../../src/web/pages/smtp-recording.ts';
import { checkAt, incoming, outgoing, visitOf } from '../../verify/login/login-hands.ts';
import { noMailServers, startMailServers } from '../mail-servers.ts';

/** Without what is another each time: ports, names of queue files, lengths, marks of the message. */
function lasting(line: string): string {
  return line
    .replace(/port \d+/, 'port')
    .replace(/queued as \w+/, 'queued')
    .replace(/SIZE=\d+/, 'SIZE')
    .replace(/ENVID=\w+/, 'ENVID')
    .replace(/\d+ octets/, 'octets');
}

test('the recorded conversation is one with a real Postfix', { skip: noMailServers(), timeout: 60_000 }, async () => {
  await using servers = await startMailServers();
  const report = await checkAt({
    servers: {
      incoming: [incoming('imap', servers.imap.tlsPort)],
      outgoing: [outgoing(servers.submission.port, 'starttls')],
    },
    ca: readFileSync(servers.ca, 'utf8'),
  });
  const { steps } = visitOf(report, servers.submission.port);
  assert.deepEqual(
    steps.map(({ name, lines }) => ({ name, lines: lines.map(({ from, text }) => lasting(`${from}: ${text}`)) })),
    smtpRecording.map(({ name, lines }) => ({ name, lines: lines.map(lasting) })),
  );
});
