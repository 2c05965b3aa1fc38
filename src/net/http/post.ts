/** The port through which a server of the operator's own is told something again and again. Hand: post-node.ts. */

/** Octets of a reply. */
export const mostReplied = 1024 * 1024;

export interface PostReply {
  readonly status: number;
  /** What the server asks one to wait (RFC 9110 section 10.2.3), in milliseconds. */
  readonly retryAfter?: number;
  readonly body: string;
}

export interface Poster {
  /**
   * Posts JSON. Redirects are not followed.
   * @param timeout milliseconds for everything
   * @throws {PostError} where there is no answer
   */
  post(
    url: URL,
    body: string,
    options: { readonly timeout: number; readonly signal?: AbortSignal },
  ): Promise<PostReply>;
}

/** Why there is no answer, as a clause in lower case without a full stop. */
export class PostError extends Error {
  override readonly name = 'PostError';
}
