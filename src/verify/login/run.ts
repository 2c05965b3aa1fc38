/**
 * The login check of one account, step by step:
 *
 *  1. sign in at the incoming servers (IMAP, else POP3)
 *  2. sign in at each outgoing server, and send a marked message from the account to itself
 *  3. sign in at the POP3 servers, where IMAP came first
 *  4. wait for the messages, or for the news that they will not come; hold their bodies against what was sent
 *  5. delete them, with the copies that servers keep of what was sent
 *
 * A password goes only to an endpoint whose verdict is ok at this moment. The first server that refuses it is the last that
 * gets it (accounts are locked after some failures); servers that took it before are still used to clean up.
 */
import type { MessageEntry } from '../../provider/lists.ts';
import { endpointKey, type Provider, type Server } from '../../provider/model.ts';
import { maskAddresses } from '../probe/session.ts';
import { type Bounce, readBounce } from './bounce.ts';
import { type CheckMail, concerns, isIntact, writeCheckMail } from './check-mail.ts';
import { Recorder, type StepName, smtpSteps, stepsOf } from './conversation.ts';
import { type Found, type LoginHands, type Looked, type Mailbox, type SignIn, Trouble } from './hands.ts';
import {
  type AccountReport,
  type Arrival,
  chooseWay,
  type Delivery,
  explain,
  judgeRefusal,
  judgeSending,
  type LoginFinding,
  outcomeOf,
  planOf,
  type Visit,
} from './login.ts';
import { traceSender } from './received.ts';
import { type Redact, redactAll, redactor } from './secrets.ts';

export interface LoginAccount {
  readonly address: string;
  /** By template or by the file; undefined where it is not known for this server. */
  username(server: Server): string | undefined;
  readonly password: string;
}

export interface LoginOptions {
  readonly messages: readonly MessageEntry[];
  /** Milliseconds to wait for a message. */
  readonly patience: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type VisitDraft = Mutable<Omit<Visit, 'steps'>> & { readonly recorder: Recorder; broke?: StepName | 'last' };
interface Opened {
  readonly mailbox: Mailbox;
  readonly draft: VisitDraft;
}
interface Sending {
  readonly mail: CheckMail;
  readonly draft: VisitDraft;
  readonly since: number;
  readonly delivery: Mutable<Omit<Delivery, 'arrivals'>> & { readonly arrivals: Mutable<Arrival>[] };
}

/**
 * @param provider the record of the account's domain, host templates filled in
 * @returns a report without any form of the password in it
 */
export async function checkLogin(
  account: LoginAccount,
  provider: Pick<Provider, 'id' | 'access' | 'incoming' | 'outgoing'>,
  hands: LoginHands,
  options: LoginOptions,
): Promise<AccountReport> {
  const check = new LoginCheck(account, provider, hands, options);
  return check.run();
}

class LoginCheck {
  readonly #account: LoginAccount;
  readonly #provider: Pick<Provider, 'id' | 'access' | 'incoming' | 'outgoing'>;
  readonly #hands: LoginHands;
  readonly #options: LoginOptions;
  readonly #redact: Redact;
  readonly #drafts: VisitDraft[] = [];
  readonly #sent: Sending[] = [];
  readonly #findings: LoginFinding[] = [];
  #stopped: VisitDraft | undefined;

  constructor(
    account: LoginAccount,
    provider: Pick<Provider, 'id' | 'access' | 'incoming' | 'outgoing'>,
    hands: LoginHands,
    options: LoginOptions,
  ) {
    this.#account = account;
    this.#provider = provider;
    this.#hands = hands;
    this.#options = options;
    const servers = [...provider.incoming, ...provider.outgoing];
    const names = servers.flatMap((server) => account.username(server) ?? []);
    this.#redact = redactor(account.password, [...new Set(names)]);
  }

  async run(): Promise<AccountReport> {
    const at = new Date().toISOString();
    const head = { address: this.#account.address, provider: this.#provider.id, at } as const;
    const empty = { ...head, outcome: 'inconclusive', visits: [], deliveries: [], findings: [] } as const;
    if (this.#provider.access !== 'open') return { ...empty, skipped: 'closed' };
    const { before, sending, after } = planOf(this.#provider);
    const all = [...before, ...sending, ...after];
    if (all.length === 0) return { ...empty, skipped: 'no-servers' };
    if (all.some((server) => this.#account.username(server) === undefined)) return { ...empty, skipped: 'username' };

    const opened = await this.#openAll(before);
    // Without anybody to fetch it, a message would stay: then POP3 has to show itself first.
    const late = opened.length > 0 ? after : [];
    if (opened.length === 0) opened.push(...(await this.#openAll(after)));
    for (const server of sending) await this.#send(server, opened.length > 0);
    opened.push(...(await this.#openAll(late)));
    if (this.#sent.length > 0) await this.#fetchAll(opened);
    for (const { mailbox } of opened) await mailbox.close();

    const visits = this.#drafts.map(finished);
    return {
      ...head,
      outcome: outcomeOf(visits, this.#findings),
      visits,
      deliveries: this.#sent.map(({ delivery }) => redactAll(delivery, this.#redact)),
      findings: this.#findings,
      ...(this.#stopped && { stopped: this.#stopped.endpoint }),
    };
  }

  /** Signs in at each server, and out again at all but the first, which is kept to fetch with. */
  async #openAll(servers: readonly Server[]): Promise<Opened[]> {
    const kept: Opened[] = [];
    for (const server of servers) {
      await this.#visit(server, async (signIn, draft) => {
        const mailbox = await this.#hands.open(signIn);
        draft.level = 'L3';
        if (kept.length === 0) kept.push({ mailbox, draft });
        else await mailbox.close();
      });
    }
    return kept;
  }

  async #send(server: Server, fetchable: boolean): Promise<void> {
    const { address } = this.#account;
    await this.#visit(server, async (signIn, draft) => {
      const mail = fetchable ? writeCheckMail({ id: this.#hands.id(), address, at: new Date() }) : undefined;
      await this.#hands.send(signIn, address, mail);
      draft.level = 'L3';
      if (!mail) return;
      const delivery = { id: mail.id, via: draft.endpoint, at: new Date().toISOString(), arrivals: [] };
      this.#sent.push({ mail, draft, delivery, since: performance.now() });
    });
  }

  /** Probes a server, chooses the way to sign in, and lets it happen; everything that goes wrong becomes a finding. */
  async #visit(server: Server, act: (signIn: SignIn, draft: VisitDraft) => Promise<void>): Promise<void> {
    if (this.#stopped) return;
    const { verdict, address, capabilities }: Looked = await this.#hands.look(server);
    const recorder = new Recorder((text) => this.#clean(text, address));
    const endpoint = endpointKey(server);
    const draft: VisitDraft = { endpoint, protocol: server.protocol, verdict, recorder };
    this.#drafts.push(draft);
    if (address !== undefined) draft.address = address;
    const username = this.#account.username(server);
    if (!verdict.ok || address === undefined || username === undefined) return;
    draft.level = 'L2';
    const choice = chooseWay(server, capabilities);
    if ('code' in choice) {
      this.#findings.push({ code: choice.code, endpoint, offered: choice.offered });
      return;
    }
    const { password } = this.#account;
    try {
      await act({ target: server, address, way: choice.way, username, password, recorder }, draft);
    } catch (error) {
      this.#note(draft, troubleOf(error));
    }
  }

  #note(draft: VisitDraft, trouble: Trouble): void {
    const { endpoint, protocol } = draft;
    draft.broke = trouble.step;
    const heard = trouble.heard === undefined ? undefined : this.#clean(trouble.heard, draft.address);
    const words = {
      ...(heard !== undefined && {
        heard,
        ...explain(this.#options.messages, heard, { protocol, provider: this.#provider.id }),
      }),
      ...(trouble.kind === 'broken' && { fault: this.#redact(trouble.message) }),
    };
    if (trouble.kind === 'rejected') draft.level = 'L3';
    if (trouble.kind === 'no-way') this.#findings.push({ code: 'auth.mechanism-missing', endpoint });
    else if (trouble.kind === 'rejected') this.#findings.push({ code: judgeSending(heard), endpoint, ...words });
    else if (trouble.kind === 'refused') {
      this.#findings.push({ code: judgeRefusal(heard ?? '', words.explained), endpoint, ...words });
      this.#stopped = draft;
    } else {
      // A connection that breaks within the message has signed in before.
      const sending = ['envelope', 'data'].includes(trouble.step);
      if (sending) draft.level = 'L3';
      this.#findings.push({ code: sending ? 'send.tempfail' : 'auth.temporary', endpoint, ...words });
      // Some servers answer a wrong password by hanging up.
      if (trouble.secret) this.#stopped = draft;
    }
  }

  /** The first mailbox waits for the messages; in the others they must be, too. Then all copies are deleted. */
  async #fetchAll(opened: readonly Opened[]): Promise<void> {
    const [first, ...others] = opened;
    if (!first) return;
    await this.#fetch(first, this.#sent, this.#options.patience);
    // What is in the spam folder is hidden from POP3, and what bounced is nowhere.
    const arrived = this.#sent.filter(({ delivery: { arrivals } }) => arrivals.some(({ spam }) => !spam));
    for (const other of others) {
      await this.#fetch(other, arrived, Math.min(this.#options.patience, 15_000));
      await this.#remove(other, arrived);
    }
    await this.#remove(first, this.#sent);
  }

  async #fetch({ mailbox, draft }: Opened, sent: readonly Sending[], patience: number): Promise<void> {
    const end = performance.now() + patience;
    let missing = [...sent];
    for (let round = 0; missing.length > 0; round++) {
      try {
        for (const found of await mailbox.find((head) => missing.some(({ mail }) => concerns(head, mail.id) !== 'no')))
          await this.#take(found, mailbox, draft, missing);
      } catch (error) {
        this.#note(draft, troubleOf(error));
        return;
      }
      missing = missing.filter(({ delivery }) => !delivery.bounce && !delivery.arrivals.some(by(draft)));
      const left = end - performance.now();
      if (missing.length > 0 && left <= 0) break;
      // POP3 has to sign in anew for each look.
      if (missing.length > 0)
        await this.#hands.pause(Math.min(left, (round + 1) * 500, mailbox.protocol === 'pop3' ? 10_000 : 4000));
    }
    for (const _ of missing)
      this.#findings.push({ code: 'fetch.timeout', endpoint: draft.endpoint, waited: Math.round(patience / 1000) });
  }

  /** A message that was found: ours, news of ours, or somebody else's. */
  async #take(found: Found, mailbox: Mailbox, draft: VisitDraft, missing: readonly Sending[]): Promise<void> {
    for (const one of missing) {
      const { mail, delivery, since } = one;
      if (concerns(found.raw, mail.id) === 'ours') {
        if (delivery.arrivals.some(by(draft))) continue;
        const { folder, spam } = found;
        const { endpoint } = draft;
        const intact = isIntact(found.raw, mail);
        const ms = Math.round(performance.now() - since);
        delivery.arrivals.push({ endpoint, protocol: mailbox.protocol, ms, folder, spam, intact, deleted: false });
        delivery.sender ??= traceSender(found.raw, { addresses: this.#hands.addresses(), name: this.#hands.name });
        draft.level = 'L4';
        one.draft.level = 'L4';
        if (spam) this.#findings.push({ code: 'fetch.spam-folder', endpoint, folder });
        if (!intact) this.#findings.push({ code: 'fetch.mismatch', endpoint });
        return;
      }
      const bounce = readBounce(found.raw, mail.id);
      if (!bounce) continue;
      delivery.bounce = bounce;
      this.#bounced(one, bounce);
      // Only what is surely about our message is deleted: this is somebody's mailbox.
      await found.remove();
      return;
    }
  }

  /** Without the password, and without our own address, by which servers greet us and for which they refuse us. */
  #clean(text: string, server = ''): string {
    return maskAddresses(this.#redact(text), server);
  }

  #bounced({ draft }: Sending, { action, heard, status, host }: Bounce): void {
    const { endpoint } = draft;
    const said = this.#clean(heard, draft.address);
    const words = explain(this.#options.messages, said, { protocol: 'smtp', provider: this.#provider.id });
    const text = [host, status, said].filter((part) => part !== undefined && part !== '').join(': ');
    const code = action === 'failed' ? 'send.rejected' : 'send.tempfail';
    this.#findings.push({ code, endpoint, bounced: true, heard: text, ...words });
  }

  /** Deletes every copy of our messages that a mailbox shows, and notes which are gone. */
  async #remove({ mailbox, draft }: Opened, sent: readonly Sending[]): Promise<void> {
    const mine = (head: string) => sent.some(({ mail }) => concerns(head, mail.id) === 'ours');
    try {
      for (const found of await mailbox.findAll(mine)) await found.remove();
      if (!(await mailbox.close())) return;
      for (const { delivery } of sent)
        for (const arrival of delivery.arrivals) if (by(draft)(arrival)) arrival.deleted = true;
    } catch (error) {
      // The message was there and was read: that it stays is no fault of the settings, and is said with the arrival.
      draft.recorder.add('--', troubleOf(error).message);
    }
  }
}

function by(draft: VisitDraft): (arrival: Arrival) => boolean {
  return ({ endpoint }) => endpoint === draft.endpoint;
}

function finished({ recorder, broke, ...visit }: VisitDraft): Visit {
  const { lines } = recorder;
  const known = broke === 'last' ? lines.at(-1)?.step : broke;
  return { ...visit, steps: visit.protocol === 'smtp' ? smtpSteps(lines, broke) : stepsOf(lines, known) };
}

/** A defect of ours must not pass for a server's fault. */
function troubleOf(error: unknown): Trouble {
  if (error instanceof Trouble) return error;
  throw error;
}
