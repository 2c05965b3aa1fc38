/** Who is told when a server turns bad: `--webhook`, and mail by settings in the environment, which hold a password. */
import process from 'node:process';
import { type Notifier, NotifyError } from '../net/notify.ts';
import { mail, webhook } from '../net/notify-node.ts';
import { misuse } from './say.ts';

/** `--webhook URL`, which may be given more than once. */
export const webhookOption = { webhook: { type: 'string', multiple: true } } as const;

/** @throws {Complaint} for a URL that is none, and for mail settings of which one is missing */
export function readNotifiers(webhooks: readonly string[] = [], commandName: string): Notifier[] {
  const { MAILATLAS_SMTP_URL: smtp, MAILATLAS_MAIL_FROM: from, MAILATLAS_MAIL_TO: to } = process.env;
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
