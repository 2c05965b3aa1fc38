/**
 * A mailbox by POP3 (RFC 1939), over the wire port.
 *
 * A session shows the mailbox as it was at its sign-in and keeps others out, so each look is a session of its own; what is
 * marked by DELE is deleted at QUIT (section 6).
 */
import { type Dialer, type Wire, WireFault } from '../../net/wire.ts';
import { certificateFindings } from '../certificate.ts';
import { usualPatience as patience } from '../probe/session.ts';
import type { Recorder, StepName } from './conversation.ts';
import { type Copy, type Found, type Mailbox, type SignIn, Trouble } from './hands.ts';
import { chooseWay } from './login.ts';
import { base64, latin1 } from './secrets.ts';

/** Our message is among the newest, or it is not there; a wire carries no more (net/wire.ts). */
const newest = 8;
/** Milliseconds for all of one session. */
const sessionMilliseconds = 60_000;

/** Signs in once, to see that it works. @throws {Trouble} */
export async function openPop3(signIn: SignIn, dialer: Dialer): Promise<Mailbox> {
  const session = new Pop3Session(signIn, dialer);
  await session.signIn();
  await session.quit();
  return new Pop3Mailbox(signIn, dialer);
}

class Pop3Mailbox implements Mailbox {
  readonly protocol = 'pop3';
  readonly #signIn: SignIn;
  readonly #dialer: Dialer;
  readonly #seen = new Set<string>();
  #session: Pop3Session | undefined;
  #everythingDeleted = true;

  constructor(signIn: SignIn, dialer: Dialer) {
    this.#signIn = signIn;
    this.#dialer = dialer;
  }

  async find(wanted: (head: string) => boolean): Promise<Found[]> {
    const { lines } = this.#signIn.recorder;
    const before = lines.length;
    await this.close();
    const session = new Pop3Session(this.#signIn, this.#dialer);
    try {
      await session.signIn();
    } catch (error) {
      // Another session, or a rule about how often: RFC 2449 section 8.1.
      if (error instanceof Trouble && /\[(?:IN-USE|LOGIN-DELAY|SYS\/TEMP)/i.test(error.heard ?? '')) return [];
      throw error;
    }
    this.#session = session;
    const found: Found[] = [];
    for (const number of await this.#search(session, wanted)) {
      const raw = await session.text(`RETR ${number}`);
      if (raw !== undefined) found.push({ raw, spam: false, ...this.#copy(session, number) });
    }
    // Looking and finding nothing is no part of the story.
    if (found.length === 0) {
      await this.close();
      lines.length = Math.min(lines.length, before);
    }
    return found;
  }

  async findAll(wanted: (head: string) => boolean): Promise<Copy[]> {
    this.#seen.clear();
    // Nothing was found, so nothing is there to delete.
    const session = this.#session;
    return session ? (await this.#search(session, wanted)).map((number) => this.#copy(session, number)) : [];
  }

  async close(): Promise<boolean> {
    const session = this.#session;
    this.#session = undefined;
    if (session && !(await session.quit())) this.#everythingDeleted = false;
    return this.#everythingDeleted;
  }

  /** The numbers of the newest messages that are wanted and were not looked at yet. */
  async #search(session: Pop3Session, wanted: (head: string) => boolean): Promise<number[]> {
    const count = Number(/^\+OK (\d+)/i.exec(await session.ask('look', 'STAT'))?.[1] ?? 0);
    const found: number[] = [];
    for (let number = count; number > Math.max(0, count - newest); number--) {
      const id = /^\+OK \d+ (\S+)/i.exec(await session.ask('look', `UIDL ${number}`))?.[1];
      if (id !== undefined && this.#seen.has(id)) continue;
      if (id !== undefined) this.#seen.add(id);
      // TOP is optional (section 7); the whole message does as well.
      const head = (await session.text(`TOP ${number} 0`)) ?? (await session.text(`RETR ${number}`));
      if (head !== undefined && wanted(head)) found.push(number);
    }
    return found;
  }

  #copy(session: Pop3Session, number: number): Copy {
    return { folder: 'INBOX', remove: () => this.#remove(session, number) };
  }

  async #remove(session: Pop3Session, number: number): Promise<void> {
    if (!isOk(await session.ask('delete', `DELE ${number}`))) this.#everythingDeleted = false;
  }
}

function isOk(line: string): boolean {
  return /^\+OK\b/i.test(line);
}

class Pop3Session {
  readonly #signIn: SignIn;
  readonly #dialer: Dialer;
  readonly #recorder: Recorder;
  #wire: Wire | undefined;
  #secretSent = false;

  constructor(signIn: SignIn, dialer: Dialer) {
    this.#signIn = signIn;
    this.#dialer = dialer;
    this.#recorder = signIn.recorder;
  }

  /** Connect, TLS, greeting, CAPA, the password. @throws {Trouble} */
  async signIn(): Promise<void> {
    const { target, address } = this.#signIn;
    const { port, security } = target;
    if (security === 'none') throw new Trouble('no-way', 'connect');
    const deadline = performance.now() + sessionMilliseconds;
    this.#recorder.step = 'connect';
    try {
      this.#wire = await this.#guard(
        'connect',
        this.#dialer.dial({ address, port, milliseconds: patience.connect, deadline }),
      );
      this.#recorder.add('--', `connected to ${address} port ${port}`);
      if (security === 'tls') await this.#startTls('connect');
      const greeting = await this.#line('ready', patience.greeting);
      if (!isOk(greeting)) throw new Trouble('broken', 'ready', { heard: greeting, fault: 'the server refuses' });
      if (security === 'starttls') {
        const answer = await this.ask('hello', 'STLS');
        if (!isOk(answer)) throw new Trouble('broken', 'hello', { heard: answer, fault: 'no STARTTLS' });
        // Whatever is here already was not sent by the server we are about to check (RFC 2595 section 4).
        if (this.#wire.unread() !== '') throw new Trouble('broken', 'hello', { fault: 'text before TLS began' });
        await this.#startTls('hello');
      }
      await this.#authenticate();
    } catch (error) {
      this.#wire?.end();
      throw error;
    }
  }

  async #startTls(step: StepName): Promise<void> {
    const { host } = this.#signIn.target;
    const session = await this.#guard(step, this.#need().startTls({ serverName: host, milliseconds: patience.tls }));
    this.#recorder.add('--', `${session.version} ${session.cipher}`);
    const [wrong] = certificateFindings(session, host, new Date());
    if (wrong) throw new Trouble('broken', step, { fault: `${wrong.code}: ${wrong.seen}` });
  }

  /** By the way that was chosen before, if this very connection offers it. */
  async #authenticate(): Promise<void> {
    const { target, username, password } = this.#signIn;
    const listed = await this.text('CAPA', 'hello');
    const keywords =
      listed
        ?.toUpperCase()
        .split('\r\n')
        .map((line) => line.trim()) ?? [];
    const mechanisms = keywords.flatMap((line) => (line.startsWith('SASL ') ? line.slice(5).split(/\s+/) : []));
    const offered = listed === undefined ? undefined : { mechanisms, login: keywords.includes('USER') };
    const choice = chooseWay(target, offered);
    if ('code' in choice) throw new Trouble('no-way', 'hello');
    if (choice.way === 'PLAIN') {
      const ready = await this.ask('sign-in', 'AUTH PLAIN');
      if (!ready.startsWith('+')) throw new Trouble('no-way', 'sign-in', { heard: ready });
      return this.#secret(base64(new TextEncoder().encode(`\0${username}\0${password}`)), '•••');
    }
    const known = await this.ask('sign-in', `USER ${latin1(username)}`);
    if (!isOk(known)) throw new Trouble('refused', 'sign-in', { heard: known });
    return this.#secret(`PASS ${latin1(password)}`, 'PASS •••');
  }

  async #secret(line: string, shown: string): Promise<void> {
    this.#recorder.step = 'sign-in';
    this.#recorder.add('C', shown);
    this.#secretSent = true;
    await this.#guard('sign-in', this.#need().send(line));
    const answer = await this.#line('sign-in');
    if (!isOk(answer)) throw new Trouble('refused', 'sign-in', { heard: answer });
    this.#secretSent = false;
  }

  /** A command with an answer of one line. @throws {Trouble} */
  async ask(step: StepName, command: string): Promise<string> {
    this.#recorder.step = step;
    this.#recorder.add('C', command);
    await this.#guard(step, this.#need().send(command));
    return this.#line(step);
  }

  /** A command with an answer of many lines, as one text; undefined where the server refuses. Messages are not recorded. */
  async text(command: string, step: StepName = 'look'): Promise<string | undefined> {
    if (!isOk(await this.ask(step, command))) return undefined;
    const lines: string[] = [];
    for (;;) {
      const line = await this.#guard(step, this.#need().line(patience.answer));
      if (line === '.') break;
      // Section 3: a line that begins with a dot got another one.
      lines.push(line.startsWith('.') ? line.slice(1) : line);
    }
    this.#recorder.add('S', step === 'hello' ? lines.join('\n') : `(${lines.length} lines)`);
    return lines.join('\r\n');
  }

  /** True where the server says that it has done what was asked. Never rejects. */
  async quit(): Promise<boolean> {
    try {
      return isOk(await this.ask('quit', 'QUIT'));
    } catch {
      return false;
    } finally {
      this.#wire?.end();
    }
  }

  async #line(step: StepName, milliseconds: number = patience.answer): Promise<string> {
    const line = await this.#guard(step, this.#need().line(milliseconds));
    this.#recorder.step = step;
    this.#recorder.add('S', line);
    return line;
  }

  #need(): Wire {
    if (!this.#wire) throw new Error('a session talks before it is connected');
    return this.#wire;
  }

  async #guard<T>(step: StepName, act: Promise<T>): Promise<T> {
    try {
      return await act;
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      this.#recorder.step = step;
      this.#recorder.add('--', error.message);
      throw new Trouble('broken', step, { fault: error.message, secret: this.#secretSent });
    }
  }
}
