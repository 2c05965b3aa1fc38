/** A mailbox by IMAP, with imapflow: it speaks, we watch every line and decide where the password goes. */
import { isIP } from 'node:net';
import { ImapFlow, type ImapFlowError } from 'imapflow';
import { usualPatience as patience } from '../probe/session.ts';
import type { Recorder } from './conversation.ts';
import { type Copy, type Found, type Mailbox, type SignIn, Trouble } from './hands.ts';
import type { StrictTls } from './tls-node.ts';

export interface ImapOptions {
  readonly tls: StrictTls;
  /** Where the operator says who signs in and why (RFC 2971). */
  readonly contact?: string | undefined;
}

/** Our message is among the newest of a folder, or it is not there. */
const newest = 20;
/** Octets of a message that are read. */
const mostOctets = 256 * 1024;
/** Milliseconds for one command, and for all of signing in. */
const commandMilliseconds = 30_000;

/** @throws {Trouble} */
export async function openImap(signIn: SignIn, { tls, contact }: ImapOptions): Promise<Mailbox> {
  const { target, address, username, password, recorder } = signIn;
  const { host, port, security } = target;
  if (security === 'none') throw new Trouble('no-way', 'connect');
  const watch = new Watch(recorder);
  const client = new ImapFlow({
    host: address,
    port,
    ...(isIP(host) === 0 && { servername: host }),
    secure: security === 'tls',
    ...(security === 'starttls' && { doSTARTTLS: true }),
    tls: tls(host),
    auth: { user: username, pass: password },
    clientInfo: { name: 'mailatlas', version: false, vendor: false, 'support-url': contact ?? false },
    logger: watch.logger,
    disableAutoIdle: true,
    disableCompression: true,
    disableAutoEnable: true,
    connectionTimeout: patience.connect + patience.tls,
    greetingTimeout: patience.greeting,
    // Longer than any pause between two looks; each command has its own, shorter time.
    socketTimeout: 10 * 60_000,
    maxLineLength: 64 * 1024,
    maxLiteralSize: 2 * mostOctets,
    maxResponseSize: 4 * mostOctets,
  });
  client.on('error', () => undefined);
  try {
    await bounded(client.connect(), patience.greeting + commandMilliseconds);
  } catch (error) {
    client.close();
    throw watch.signInTrouble(error as ImapFlowError);
  }
  // PREAUTH: we are somebody, but nobody asked for our password.
  if (!watch.secretSent || !client.authenticated) {
    client.close();
    throw new Trouble('no-way', 'sign-in');
  }
  return new ImapMailbox(client, recorder, watch);
}

async function bounded<T>(promise: Promise<T>, milliseconds = commandMilliseconds): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class ImapMailbox implements Mailbox {
  readonly protocol = 'imap';
  readonly #client: ImapFlow;
  readonly #recorder: Recorder;
  readonly #watch: Watch;
  /** `folder uid` of what was looked at. */
  readonly #seen = new Set<string>();
  #folders: ReadonlyMap<string, string> | undefined;
  #everythingDeleted = true;

  constructor(client: ImapFlow, recorder: Recorder, watch: Watch) {
    this.#client = client;
    this.#recorder = recorder;
    this.#watch = watch;
  }

  async find(wanted: (head: string) => boolean): Promise<Found[]> {
    const before = this.#recorder.lines.length;
    const found = await this.#act('look', async () => {
      const junk = (await this.#special()).get('\\Junk');
      return [...(await this.#read('INBOX', false, wanted)), ...(junk ? await this.#read(junk, true, wanted) : [])];
    });
    // Looking and finding nothing is no part of the story.
    if (found.length === 0) this.#recorder.lines.length = Math.min(this.#recorder.lines.length, before);
    return found;
  }

  async findAll(wanted: (head: string) => boolean): Promise<Copy[]> {
    this.#seen.clear();
    return this.#act('delete', async () => {
      const folders = await this.#special();
      const places = ['INBOX', folders.get('\\Junk'), folders.get('\\Sent')].filter((place) => place !== undefined);
      const found: Copy[] = [];
      for (const folder of new Set(places))
        for (const uid of await this.#search(folder, wanted)) found.push(this.#copy(folder, uid));
      return found;
    });
  }

  async close(): Promise<boolean> {
    if (!this.#client.usable) return false;
    this.#recorder.step = 'quit';
    await bounded(this.#client.logout(), patience.quit).catch(() => undefined);
    this.#client.close();
    return this.#everythingDeleted;
  }

  /** Folders by their use (RFC 6154), where the server tells, or by the names that everybody gives them. */
  async #special(): Promise<ReadonlyMap<string, string>> {
    if (!this.#folders) {
      const listed = await this.#client.list();
      this.#folders = new Map(
        listed.flatMap(({ specialUse, path }) => (specialUse ? [[specialUse, path] as const] : [])),
      );
    }
    return this.#folders;
  }

  /** The newest messages of a folder that are wanted and were not looked at yet. */
  async #search(folder: string, wanted: (head: string) => boolean): Promise<number[]> {
    const { exists } = await this.#client.mailboxOpen(folder);
    if (exists === 0) return [];
    const heads = await this.#client.fetchAll(`${Math.max(1, exists - newest + 1)}:*`, { uid: true, headers: true });
    const unseen = heads.filter(({ uid }) => !this.#seen.has(`${folder} ${uid}`));
    for (const { uid } of unseen) this.#seen.add(`${folder} ${uid}`);
    return unseen.filter(({ headers }) => headers && wanted(headers.toString('latin1'))).map(({ uid }) => uid);
  }

  async #read(folder: string, spam: boolean, wanted: (head: string) => boolean): Promise<Found[]> {
    const found: Found[] = [];
    for (const uid of await this.#search(folder, wanted)) {
      const message = await this.#client.fetchOne(String(uid), { source: { maxLength: mostOctets } }, { uid: true });
      const raw = message ? message.source?.toString('latin1') : undefined;
      if (raw !== undefined) found.push({ raw, spam, ...this.#copy(folder, uid) });
    }
    return found;
  }

  #copy(folder: string, uid: number): Copy {
    return { folder, remove: () => this.#remove(folder, uid) };
  }

  async #remove(folder: string, uid: number): Promise<void> {
    const removed = await this.#act('delete', async () => {
      await this.#client.mailboxOpen(folder);
      const trash = (await this.#special()).get('\\Trash');
      // Gmail archives what is expunged; only from its trash a message is really deleted.
      if (this.#client.capabilities.has('X-GM-EXT-1') && trash !== undefined && trash !== folder) {
        const moved = await this.#client.messageMove(String(uid), trash, { uid: true });
        const there = moved ? moved.uidMap?.get(uid) : undefined;
        if (there === undefined) return false;
        await this.#client.mailboxOpen(trash);
        return this.#client.messageDelete(String(there), { uid: true });
      }
      if (this.#client.capabilities.has('UIDPLUS') || this.#client.capabilities.has('IMAP4rev2'))
        return this.#client.messageDelete(String(uid), { uid: true });
      // EXPUNGE takes everything that is marked; what somebody else has marked is not ours to delete.
      await this.#client.messageFlagsAdd(String(uid), [String.raw`\Deleted`], { uid: true });
      const marked = await this.#client.search({ deleted: true }, { uid: true });
      return marked && marked.length === 1 ? this.#client.messageDelete(String(uid), { uid: true }) : false;
    });
    if (!removed) this.#everythingDeleted = false;
  }

  async #act<T>(step: 'look' | 'delete', act: () => Promise<T>): Promise<T> {
    this.#recorder.step = step;
    try {
      return await bounded(act());
    } catch (error) {
      throw new Trouble('broken', step, { fault: this.#watch.sayFault(error as ImapFlowError) });
    }
  }
}

interface LogEntry {
  readonly src?: string;
  readonly msg?: string;
  readonly address?: string;
  readonly port?: number;
  readonly version?: string;
}

/** Turns imapflow's log into our record. Lines of a sign-in are replaced whole; the recorder masks what is left. */
class Watch {
  secretSent = false;
  readonly #recorder: Recorder;
  #authenticating = false;
  /** The server took the password; what goes wrong after that is another matter. */
  #accepted = false;
  #heard = '';

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    recorder.step = 'connect';
  }

  readonly logger = {
    trace: () => undefined,
    debug: (entry: LogEntry) => this.#entry(entry),
    info: (entry: LogEntry) => this.#entry(entry),
    // A refusal is logged as one of these; what the server said has its own entry.
    warn: () => undefined,
    error: () => undefined,
  };

  #entry({ src, msg = '', address, port, version }: LogEntry): void {
    if (src === 'connection' && address !== undefined) {
      this.#recorder.add('--', `connected to ${address} port ${port}${version === undefined ? '' : `, ${version}`}`);
    } else if (src === 'tls' && version !== undefined) this.#recorder.add('--', version);
    else if (src === 'c') this.#client(msg);
    else if (src === 's') this.#server(msg);
  }

  #client(line: string): void {
    const [, command = ''] = /^\S+ (\w+)/.exec(line) ?? [];
    const verb = command.toUpperCase();
    if (verb === 'LOGIN' || verb === 'AUTHENTICATE') {
      this.#authenticating = true;
      this.secretSent = true;
      this.#recorder.step = 'sign-in';
      this.#recorder.add('C', verb === 'LOGIN' ? line.replace(/(LOGIN)\b.*/i, '$1 •••') : line);
    } else if (this.#authenticating) this.#recorder.add('C', '•••');
    else {
      if (!this.secretSent) this.#recorder.step = 'hello';
      this.#recorder.add('C', line);
    }
  }

  #server(line: string): void {
    if (this.#recorder.step === 'connect') this.#recorder.step = 'ready';
    const isTagged = !/^[+*](?: |$)/.test(line);
    if (isTagged && this.#authenticating) {
      this.#authenticating = false;
      this.#accepted = /^\S+ OK\b/i.test(line);
    }
    if (/^\* BYE|^[^\s*+]\S* (?:NO|BAD)\b/i.test(line)) this.#heard = line.replace(/^[^\s*]\S* /, '');
    // The folders of a mailbox are its owner's business.
    if (!/^\* (?:LIST|LSUB|XLIST)\b/i.test(line)) this.#recorder.add('S', line);
  }

  signInTrouble(error: ImapFlowError): Trouble {
    const heard = this.#heard === '' ? undefined : this.#heard;
    if (error.authenticationFailed === true || (this.secretSent && !this.#accepted && heard !== undefined))
      return this.secretSent ? new Trouble('refused', 'sign-in', { heard }) : new Trouble('no-way', 'hello');
    if (/authentication mechanism|authentication method|Login is disabled/i.test(error.message) && !this.secretSent)
      return new Trouble('no-way', 'hello');
    const fault = this.sayFault(error);
    this.#recorder.add('--', fault);
    return new Trouble('broken', this.#recorder.step ?? 'connect', {
      heard,
      fault,
      secret: this.secretSent && !this.#accepted,
    });
  }

  sayFault({ code, message, responseText }: ImapFlowError): string {
    return [code, responseText ?? message].filter((part) => part !== undefined && part !== '').join(': ');
  }
}
