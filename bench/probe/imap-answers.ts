/** What a simulated IMAP server says: to one command at a time, as our prober and curl send them. */

export const greeting =
  '* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN] Ready.\r\n';

export function answerTo(command: string): { text: string; last: boolean } {
  const [tag = '', verb = ''] = command.trimEnd().split(' ');
  switch (verb.toUpperCase()) {
    case 'CAPABILITY':
      return { text: `* CAPABILITY IMAP4rev1 SASL-IR ID ENABLE IDLE AUTH=PLAIN\r\n${tag} OK Done.\r\n`, last: false };
    case 'LOGOUT':
      return { text: `* BYE Logging out\r\n${tag} OK Logout completed.\r\n`, last: true };
    default:
      return { text: `${tag} OK Done.\r\n`, last: false };
  }
}
