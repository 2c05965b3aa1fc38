/** Who is told when a server turns bad: `--webhook`, and mail by settings in the environment, which hold a password. */
import process from 'node:process';
import { type Notifier, NotifyError } from '../net/notify.ts';
import { type Mailer, mail, mailer } from '../net/notify-node.ts';
import { webhook } from '../net/webhook.ts';
import { misuse } from './say.ts';

/** Settings of mail. */
function mailSettings() {
  const { MAILATLAS_SMTP_URL: smtp, MAILATLAS_MAIL_FROM: from, MAILATLAS_MAIL_TO: to } = process.env;
  return { smtp, from, to };
}

/** What writes to those who submit; undefined where the environment names no mail server. */
export function readMailer(): Mailer | undefined {
  const { smtp, from } = mailSettings();
  // Whether they can be used, readNotifiers has said.
  return smtp && from ? mailer({ smtp, from }) : undefined;
}

/** `--webhook URL`, which may be given more than once. */
export const webhookOption = { webhook: { type: 'string', multiple: true } } as const;

/** @throws {Complaint} for a URL that is none, and for mail settings of which one is missing */
export function readNotifiers(webhooks: readonly string[] = [], commandName: string): Notifier[] {
  const { smtp, from, to } = mailSettings();
  try {
    const notifiers = webhooks.map((url) => webhook(url));
    if (smtp && from && to) notifiers.push(mail({ smtp, from, to }));
    else if (smtp || from || to) {
      throw misuse('mail needs all of MAILATLAS_SMTP_URL, MAILATLAS_MAIL_FROM and MAILATLAS_MAIL_TO', commandName);
    }
    return notifiers;
  } catch (error) {
    if (error instanceof NotifyError) throw misuse(error.message, commandName);
    throw error;
  }
}
