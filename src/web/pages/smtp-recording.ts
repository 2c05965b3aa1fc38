/**
 * A whole conversation with a real mail server, as the login check of `mailatlas verify --accounts` recorded it: Debian's
 * Postfix 3.7 on the port for submission, with STARTTLS. The password is masked, and the message is told by its length.
 * test/real/pages/smtp-recording.test.ts records it anew and compares.
 */
export const smtpRecording = [
  { name: 'connect', lines: ['--: connected to 127.0.0.1 port 587'] },
  { name: 'ready', lines: ['S: 220 mail.example.test ESMTP Postfix'] },
  {
    name: 'hello',
    lines: [
      'C: EHLO [127.0.0.1]',
      'S: 250-mail.example.test',
      'S: 250-PIPELINING',
      'S: 250-SIZE 10240000',
      'S: 250-VRFY',
      'S: 250-ETRN',
      'S: 250-STARTTLS',
      'S: 250-ENHANCEDSTATUSCODES',
      'S: 250-8BITMIME',
      'S: 250-DSN',
      'S: 250-SMTPUTF8',
      'S: 250 CHUNKING',
      'C: STARTTLS',
      'S: 220 2.0.0 Ready to start TLS',
      '--: TLS',
      'C: EHLO [127.0.0.1]',
      'S: 250-mail.example.test',
      'S: 250-PIPELINING',
      'S: 250-SIZE 10240000',
      'S: 250-VRFY',
      'S: 250-ETRN',
      'S: 250-AUTH PLAIN LOGIN',
      'S: 250-ENHANCEDSTATUSCODES',
      'S: 250-8BITMIME',
      'S: 250-DSN',
      'S: 250-SMTPUTF8',
      'S: 250 CHUNKING',
      'C: AUTH PLAIN •••',
      'S: 235 2.7.0 Authentication successful',
    ],
  },
  {
    name: 'envelope',
    lines: [
      'C: MAIL FROM:<test@example.test> SIZE=704 RET=HDRS ENVID=c90de6752d4c79aff2fd2abc',
      'C: RCPT TO:<test@example.test>',
      'S: 250 2.1.0 Ok',
      'S: 250 2.1.5 Ok',
    ],
  },
  {
    name: 'data',
    lines: [
      'C: DATA',
      'S: 354 End data with <CR><LF>.<CR><LF>',
      'C: (the message, 707 octets)',
      'S: 250 2.0.0 Ok: queued as 68178210D90',
    ],
  },
  { name: 'quit', lines: ['C: QUIT', 'S: 221 2.0.0 Bye'] },
] as const;

export type SmtpStep = (typeof smtpRecording)[number]['name'];
