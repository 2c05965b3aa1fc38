/**
 * Telling the operator, by webhook and by mail. Where to is the operator's own setting, so private addresses are allowed;
 * redirects are not followed, because they are somebody else's setting.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Notifier, NotifyError } from './notify.ts';

export interface WebhookOptions {
  /** Milliseconds for one attempt. */
  readonly timeout?: number;
  /** Attempts in all; only what may pass by itself is tried again. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; twice as long before each further one. */
  readonly pause?: number;
}

/**
 * POSTs `data` as JSON.
 * @throws {NotifyError} where the URL is none that can be posted to
 */
export function webhook(url: string, options: WebhookOptions = {}): Notifier {
  const { timeout = 8000, attempts = 3, pause = 1000 } = options;
  const target = URL.parse(url);
  if (!target || !/^https?:$/.test(target.protocol) || target.username !== '' || target.password !== '') {
    throw new NotifyError(`“${url}” is no URL of a webhook: it looks like https://chat.example/hooks/123`);
  }
  return {
    name: `the webhook at ${target.host}`,
    async send({ data }) {
      const body = JSON.stringify(data);
      for (let attempt = 1; ; attempt++) {
        const problem = await post(target, body, timeout);
        if (problem === undefined) return;
        if (!problem.mayPass || attempt >= attempts) throw new NotifyError(problem.says);
        await sleep(pause * 2 ** (attempt - 1));
      }
    },
  };
}

async function post(url: URL, body: string, timeout: number): Promise<{ says: string; mayPass: boolean } | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'mailatlas' },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    // RFC 9110 section 15.6, RFC 6585 section 4.
    return { says: `it answered ${response.status}`, mayPass: response.status >= 500 || response.status === 429 };
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      return { says: `it did not answer in ${timeout / 1000} seconds`, mayPass: true };
    }
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    return { says: `it cannot be reached (${code ?? String(error)})`, mayPass: true };
  }
}

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
