/** Reading what another server says, over HTTP, within bounds. */
import { sayNoAnswer } from './no-answer.ts';

/** Why there is no answer, as a clause in lower case without a full stop. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** Of the answer, where that was the reason. */
  readonly status: number | undefined;
  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/**
 * The text at a URL that the operator has given. Redirects are not followed: they are somebody else's choice.
 * @param most octets; @param timeout milliseconds for everything
 * @throws {HttpError}
 */
export async function getText(url: URL, limits: { most: number; timeout: number }): Promise<string> {
  return (await getDocument(url, limits)).text;
}

/** The same with its media type, as it was sent. @throws {HttpError} */
export async function getDocument(
  url: URL,
  { most, timeout }: { most: number; timeout: number },
): Promise<{ text: string; type: string }> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeout) });
    if (!response.ok) {
      await response.body?.cancel();
      throw new HttpError(`it answered ${response.status}`, response.status);
    }
    const decoder = new TextDecoder();
    let [text, size] = ['', 0];
    // Counted as it comes: a length that is announced may be a lie.
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > most) throw new HttpError(`its answer is longer than ${Math.round(most / 1024 / 1024)} MB`);
      text += decoder.decode(chunk, { stream: true });
    }
    return { text: text + decoder.decode(), type: response.headers.get('content-type') ?? '' };
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(sayNoAnswer(error, timeout));
  }
}
