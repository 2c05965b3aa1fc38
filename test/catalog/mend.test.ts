import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mend } from '../../src/catalog/mend.ts';

/** What `lint --fix` makes of a text. */
function becomes(text: string, wanted: string): void {
  assert.equal(mend(text, 'mail.example.yml'), wanted);
}

test('host names in capitals and as people write them become the names that DNS knows', () => {
  becomes('incoming:\n  - host: IMAP.Mail.Example\n', 'incoming:\n  - host: imap.mail.example\n');
  becomes('domains:\n  - Straße.de.\n', 'domains:\n  - xn--strae-oqa.de\n');
  becomes('mx:\n  - "*.MX.Mail.Example"\n', 'mx:\n  - "*.mx.mail.example"\n');
});

test('a text that looks like a number becomes a text, to the letter', () => {
  becomes('short: 163\n', 'short: "163"\n');
  becomes('sources:\n  ispdb:\n    revision: 8e10066\n', 'sources:\n  ispdb:\n    revision: "8e10066"\n');
});

test('a placeholder that lost a sign gets it back', () => {
  becomes('incoming:\n  - username: "%EMAILADDRESS"\n', 'incoming:\n  - username: "%EMAILADDRESS%"\n');
  becomes('incoming:\n  - username: EMAILLOCALPART\n', 'incoming:\n  - username: "%EMAILLOCALPART%"\n');
});

test('a domain that stands twice stands once, however it was written', () => {
  becomes('domains:\n  - b.example\n  - B.example\n  - a.example\n', 'domains:\n  - b.example\n  - a.example\n');
});

test('servers come in the order that clients need; those of one kind keep the curator’s order', () => {
  const server = (protocol: string, security: string, host: string) =>
    `  - protocol: ${protocol}\n    security: ${security}\n    host: ${host}\n`;
  const wrong = [
    server('pop3', 'tls', 'pop.mail.example'),
    server('imap', 'starttls', 'imap.mail.example'),
    server('imap', 'tls', 'first.mail.example'),
    server('imap', 'tls', 'second.mail.example'),
  ];
  const right = [wrong[2], wrong[3], wrong[1], wrong[0]];
  becomes(`incoming:\n${wrong.join('')}`, `incoming:\n${right.join('')}`);
});

test('what needs a decision, what is right already and what is no plain YAML stays to the byte', () => {
  for (const text of [
    'incoming:\n  - host: not a host\n',
    'incoming:\n  - port: 993\n    host: "{mx}"\n',
    '# a comment\nid:   mail.example   # with odd spaces\n',
    'id: [mail.example]\n',
    '',
  ]) {
    becomes(text, text);
  }
});

test('a comment stays above its server when servers change places', () => {
  becomes(
    'incoming:\n  # only from outside the EU\n  - security: starttls\n    host: a.mail.example\n  - security: tls\n    host: b.mail.example\n',
    'incoming:\n  - security: tls\n    host: b.mail.example\n  # only from outside the EU\n  - security: starttls\n    host: a.mail.example\n',
  );
});
