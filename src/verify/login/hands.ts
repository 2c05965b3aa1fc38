/** What the login check needs done by others: the ports of run.ts. Hands: login-node.ts. */

import type { Capabilities } from '../evidence.ts';
import type { Verdict } from '../verdict.ts';
import type { CheckMail } from './check-mail.ts';
import type { Recorder, StepName } from './conversation.ts';
import type { Target, Way } from './login.ts';

/**
 * How a conversation ended badly.
 *  - `refused`: the server got the password and does not take it
 *  - `no-way`: this connection offers no sign-in that we can; nothing secret was sent
 *  - `rejected`: signed in, but the message was not taken
 *  - `broken`: the connection failed
 */
export class Trouble extends Error {
  override readonly name = 'Trouble';
  readonly kind: 'refused' | 'no-way' | 'rejected' | 'broken';
  readonly step: StepName;
  /** The server's words, where it said something. */
  readonly heard: string | undefined;
  /** The password was on its way, and nobody knows what became of it. */
  readonly secret: boolean;
  constructor(
    kind: Trouble['kind'],
    step: StepName,
    { heard, fault, secret = false }: { heard?: string | undefined; fault?: string | undefined; secret?: boolean } = {},
  ) {
    super(fault ?? heard ?? kind);
    this.kind = kind;
    this.step = step;
    this.heard = heard;
    this.secret = secret;
  }
}

/** What a probe without a sign-in shows of an endpoint. */
export interface Looked {
  readonly verdict: Pick<Verdict, 'code' | 'ok' | 'says'>;
  /** The address for which the verdict is; the one to dial. */
  readonly address?: string;
  /** Within TLS. */
  readonly capabilities?: Capabilities;
}

/** Everything it takes to sign in at one server, after a clean verdict on it. */
export interface SignIn {
  readonly target: Target;
  /** Dialled as it is: nothing is resolved again. */
  readonly address: string;
  readonly way: Way;
  readonly username: string;
  readonly password: string;
  readonly recorder: Recorder;
}

/** A message in a mailbox. */
export interface Copy {
  readonly folder: string;
  /** Marks it for deletion, which {@link Mailbox.close} may have to make final. @throws {Trouble} */
  remove(): Promise<void>;
}

/** A message that was read. */
export interface Found extends Copy {
  /** Octets as latin1; long ones are cut. */
  readonly raw: string;
  readonly spam: boolean;
}

/** A mailbox that is signed in. */
export interface Mailbox {
  readonly protocol: 'imap' | 'pop3';
  /**
   * The newest messages, where they arrive and in the spam folder, that are wanted by their headers. Each is looked at once.
   * @throws {Trouble}
   */
  find(wanted: (head: string) => boolean): Promise<readonly Found[]>;
  /** All copies of such messages, also the sent one, looked at before or not. @throws {Trouble} */
  findAll(wanted: (head: string) => boolean): Promise<readonly Copy[]>;
  /** Takes leave. True where every deletion is final. Never rejects. */
  close(): Promise<boolean>;
}

export interface Sent {
  /** What the server said to the message; undefined where there was none to send. */
  readonly heard?: string;
}

export interface LoginHands {
  /** Probes and judges an endpoint, without signing in. Never rejects. */
  look(target: Target): Promise<Looked>;
  /** @throws {Trouble} */
  open(signIn: SignIn): Promise<Mailbox>;
  /** Signs in and sends; without a message it takes leave at once. @throws {Trouble} */
  send(signIn: SignIn, address: string, mail: CheckMail | undefined): Promise<Sent>;
  pause(milliseconds: number): Promise<void>;
  /** Letters and digits that nobody guesses, at least 16. */
  id(): string;
  /** Addresses of this machine. */
  addresses(): readonly string[];
  /** How we call ourselves in EHLO. */
  readonly name: string;
}
