/**
 * Telling the operator by webhook. Where to is the operator's own setting, so private addresses are allowed; redirects are not
 * followed, because they are somebody else's setting.
 */
import { sayNoAnswer } from './http/no-answer.ts';
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
        const wait = pause * 2 ** (attempt - 1);
        await new Promise((resolve) => setTimeout(resolve, wait));
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
    return { says: sayNoAnswer(error, timeout), mayPass: true };
  }
}
