/** The port through which the operator is told what has changed. Hands: webhook.ts, notify-node.ts (mail). */

/** One message, for people and for programs. */
export interface Message {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** The same as JSON. */
  readonly data: unknown;
}

export interface Notifier {
  /** Where it goes, for the log: without secrets. */
  readonly name: string;
  /** Takes half a minute at most. @throws {NotifyError} where the message did not arrive */
  send(message: Message): Promise<void>;
}

/** Why a message did not arrive, as a clause in lower case without a full stop. */
export class NotifyError extends Error {
  override readonly name = 'NotifyError';
}
