/** Signing in and sending by SMTP, with nodemailer's connection: it speaks, we watch every line and every condition. */
import { isIP } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { usualPatience as patience } from '../probe/session.ts';
import type { CheckMail } from './check-mail.ts';
import type { Recorder, StepName } from './conversation.ts';
import { type SignIn, Trouble } from './hands.ts';
import type { StrictTls } from './tls-node.ts';

export interface SmtpOptions {
  readonly tls: StrictTls;
  /** How we call ourselves in EHLO. */
  readonly name: string;
}

/** The answer to a message may take as long as its filters; RFC 5321 section 4.5.3.2.6 allows ten minutes. */
const answerMilliseconds = 60_000;

/**
 * Signs in; sends the message, if there is one, from the address to itself; takes leave.
 * @throws {Trouble}
 */
export async function sendBySmtp(
  { target, address, way, username, password, recorder }: SignIn,
  from: string,
  mail: CheckMail | undefined,
  { tls, name }: SmtpOptions,
): Promise<{ heard?: string }> {
  const { host, port, security } = target;
  if (security === 'none' || way === 'command') throw new Trouble('no-way', 'connect');
  const watch = new Watch(recorder);
  const strict = tls(host);
  const connection = new SMTPConnection({
    host: address,
    port,
    ...(isIP(host) === 0 && { servername: host }),
    ...(strict.localAddress !== undefined && { localAddress: strict.localAddress }),
    secure: security === 'tls',
    // Without STARTTLS there is no connection at all, whatever the server offers.
    requireTLS: security === 'starttls',
    tls: strict,
    name,
    connectionTimeout: patience.connect + patience.tls + patience.greeting,
    greetingTimeout: patience.greeting,
    socketTimeout: answerMilliseconds,
    socketCloseTimeout: patience.quit,
    maxResponseSize: 64 * 1024,
    transactionLog: true,
    logger: watch.logger,
  });
  const step = <T>(act: (done: (error?: Error | null, value?: T) => void) => void) =>
    new Promise<T | undefined>((resolve, reject) => {
      connection.once('error', reject);
      act((error, value) => (error ? reject(error) : resolve(value)));
    });
  // An error that comes when nobody waits any more must not end the program.
  connection.on('error', () => undefined);
  try {
    await step((done) => connection.connect(done));
    // nodemailer would send AUTH where none was offered, and calls a server without it “verified”.
    if (!connection.secure || !connection.allowsAuth || !watch.mechanisms().includes(way))
      throw new Trouble('no-way', 'hello');
    await step((done) => connection.login({ user: username, pass: password, method: way }, done));
    // RFC 4954 section 4: 235, and nothing else, is a sign-in.
    if (!connection.authenticated || !watch.heard.startsWith('235'))
      throw new Trouble('refused', 'hello', { heard: watch.heard });
    watch.signedIn = true;
    if (!mail) return {};
    const envelope = { from, to: [from], size: mail.raw.length, dsn: { envid: mail.id, ret: 'HDRS' } };
    const sent = await step<{ response: string }>((done) => connection.send(envelope, mail.raw, done));
    return { heard: sent?.response ?? '' };
  } catch (error) {
    throw error instanceof Trouble ? error : watch.trouble(error as SmtpError);
  } finally {
    await leave(connection);
  }
}

type SmtpError = Error & { code?: string; command?: string; response?: string; originalCode?: string };

/** QUIT, and two seconds for the answer (taxonomy, quirk 16). */
async function leave(connection: SMTPConnection): Promise<void> {
  if (connection.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      connection.close();
      resolve();
    }, patience.quit);
    connection.once('end', () => {
      clearTimeout(timer);
      resolve();
    });
    connection.quit();
  });
}

interface LogEntry {
  readonly tnx?: string;
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly outByteCount?: number;
}

/** Turns nodemailer's log into our record. Lines of a sign-in are replaced whole; the recorder masks what is left. */
class Watch {
  signedIn = false;
  /** The last answer, all lines of it. */
  heard = '';
  readonly #recorder: Recorder;
  #authenticating = false;
  #secretSent = false;
  #hello: string[] = [];

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  readonly logger = {
    debug: (entry: LogEntry, text: string) => this.#line(entry, text),
    info: (entry: LogEntry, text: string) => this.#event(entry, text),
    warn: () => undefined,
    error: () => undefined,
  };

  #line({ tnx }: LogEntry, text: string): void {
    if (tnx === 'client') {
      const mechanism = /^AUTH \S+/.exec(text)?.[0];
      if (mechanism !== undefined) this.#authenticating = true;
      if (this.#authenticating) this.#secretSent = true;
      const shown = mechanism === undefined ? '•••' : `${mechanism}${text === mechanism ? '' : ' •••'}`;
      this.#recorder.add('C', this.#authenticating ? shown : text);
    }
    if (tnx === 'server') {
      this.heard = text;
      if (!text.startsWith('334')) this.#authenticating = false;
      this.#hello.push(...text.split('\n'));
      this.#recorder.add('S', text);
    }
  }

  #event({ tnx, remoteAddress, remotePort, outByteCount }: LogEntry, text: string): void {
    if (tnx === 'network' && remoteAddress !== undefined)
      this.#recorder.add('--', `connected to ${remoteAddress} port ${remotePort}`);
    if (text === 'Connection upgraded with STARTTLS') {
      // What was said before TLS is forgotten (RFC 3207 section 4.2).
      this.#hello = [];
      this.#recorder.add('--', 'TLS');
    }
    if (tnx === 'message' && outByteCount !== undefined)
      this.#recorder.add('C', `(the message, ${outByteCount} octets)`);
  }

  mechanisms(): string[] {
    const lines = this.#hello.flatMap((line) => /^250[ -]AUTH[ =](.*)$/i.exec(line)?.[1] ?? []);
    return lines.flatMap((line) => line.toUpperCase().split(/[\s=]+/));
  }

  /** What nodemailer's error means. Its message repeats the server's answer, which is told apart from it here. */
  trouble({ code = '', command = '', response, originalCode, message }: SmtpError): Trouble {
    const step = stepOf(command, this.signedIn);
    const heard = response ?? (/^[45]\d\d/.test(this.heard) ? this.heard : undefined);
    if (code === 'EAUTH' && heard !== undefined) return new Trouble('refused', 'hello', { heard });
    if (this.signedIn && heard !== undefined) return new Trouble('rejected', step ?? 'data', { heard });
    const fault = originalCode ?? message.split('\n')[0] ?? code;
    const where = step ?? (this.signedIn ? 'data' : this.#hello.length > 0 ? 'hello' : 'connect');
    this.#recorder.add('--', fault);
    return new Trouble('broken', where, { heard, fault, secret: this.#secretSent && !this.signedIn });
  }
}

function stepOf(command: string, signedIn: boolean): StepName | undefined {
  if (/^(?:MAIL FROM|RCPT TO)/.test(command)) return 'envelope';
  if (command.startsWith('DATA')) return 'data';
  if (/^(?:EHLO|HELO|STARTTLS|AUTH)/.test(command)) return 'hello';
  return signedIn ? 'data' : undefined;
}
