/** Telling the operator by mail. */
import { type Notifier, NotifyError } from './notify.ts';

export interface MailerOptions {
  /** `smtps://user:password@smtp.mail.example` or `smtp://…`, as nodemailer reads it. */
  readonly smtp: string;
  readonly from: string;
  /** Milliseconds for each step. */
  readonly timeout?: number;
  /** The host name for EHLO; by default the machine's. */
  readonly name?: string;
}

export interface Mailer {
  /** For the log: without secrets. */
  readonly name: string;
  /**
   * Sends plain text.
   * @param to a list as in a header, of the operator's; or one address of a stranger's, which is taken as it is
   * @throws {NotifyError} where the mail server did not take it
   */
  send(
    to: string | { readonly address: string },
    message: { readonly subject: string; readonly text: string },
    headers?: Readonly<Record<string, string>>,
  ): Promise<void>;
}

/** @throws {NotifyError} where the settings cannot be used */
export function mailer({ smtp, from, timeout = 10_000, name }: MailerOptions): Mailer {
  const target = URL.parse(smtp);
  if (!target || !/^smtps?:$/.test(target.protocol) || target.hostname === '') {
    throw new NotifyError('the mail server is no URL such as smtps://user:password@smtp.mail.example');
  }
  return {
    name: `mail through ${target.host}`,
    async send(to, { subject, text }, headers = {}) {
      // Only who is told something pays for it.
      const { createTransport } = await import('nodemailer');
      const transport = createTransport(
        {
          url: smtp,
          connectionTimeout: timeout,
          greetingTimeout: timeout,
          socketTimeout: timeout,
          dnsTimeout: timeout,
          // A password is never sent in the clear, whatever the server offers.
          requireTLS: target.password !== '',
          disableFileAccess: true,
          disableUrlAccess: true,
          ...(name !== undefined && { name }),
        },
        { from, headers: { 'Auto-Submitted': 'auto-generated', ...headers } },
      );
      try {
        await transport.sendMail({ to: typeof to === 'string' ? to : { name: '', ...to }, subject, text });
      } catch (error) {
        throw new NotifyError(error instanceof Error ? error.message : String(error));
      } finally {
        transport.close();
      }
    },
  };
}

/** Sends `text` by mail to the operator. @throws {NotifyError} where the settings cannot be used */
export function mail({ to, ...options }: MailerOptions & { readonly to: string }): Notifier {
  const one = mailer(options);
  return { name: one.name, send: (message) => one.send(to, message) };
}
