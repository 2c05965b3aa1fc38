/** The order of a login check, with hands that only pretend. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Capabilities } from '../../../src/verify/evidence.ts';
import { type Found, type LoginHands, type Mailbox, type SignIn, Trouble } from '../../../src/verify/login/hands.ts';
import { checkLogin } from '../../../src/verify/login/run.ts';
import { record } from '../../records.ts';
import { incoming, outgoing } from './login-hands.ts';

const password = 'correct horse battery';
const capabilities: Capabilities = { names: [], mechanisms: ['PLAIN'], starttls: false, login: true };

/** A mailbox that both protocols see, and what was done, in order. */
class Pretended implements LoginHands {
  readonly name = '[127.0.0.1]';
  readonly done: string[] = [];
  messages: Omit<Found, 'remove'>[] = [];
  /** Protocol -> why it refuses to let anybody in. */
  readonly refusing = new Map<string, string>();
  /** What becomes of a message on its way. */
  deliver = (raw: string): Omit<Found, 'remove'>[] => [{ raw, folder: 'INBOX', spam: false }];

  look() {
    return Promise.resolve({
      verdict: { code: 'ok' as const, ok: true, says: '' },
      address: '192.0.2.1',
      capabilities,
    });
  }

  open({ target, recorder }: SignIn): Promise<Mailbox> {
    this.#letIn(target.protocol);
    recorder.add('C', `the password is ${password}`);
    const protocol = target.protocol === 'imap' ? 'imap' : 'pop3';
    const find = (wanted: (head: string) => boolean): Promise<Found[]> =>
      Promise.resolve(this.messages.filter(({ raw }) => wanted(raw)).map((message) => this.#found(message, protocol)));
    return Promise.resolve({
      protocol,
      find,
      findAll: find,
      close: () => {
        this.done.push(`${protocol} closed`);
        return Promise.resolve(true);
      },
    });
  }

  #found(message: Omit<Found, 'remove'>, protocol: string): Found {
    const remove = (): Promise<void> => {
      this.done.push(`${protocol} deleted ${message.folder}`);
      this.messages = this.messages.filter((other) => other !== message);
      return Promise.resolve();
    };
    return { ...message, remove };
  }

  send({ target }: SignIn, _address: string, mail: Parameters<LoginHands['send']>[2]) {
    this.#letIn(target.protocol);
    if (mail) this.messages.push(...this.deliver(mail.raw));
    this.done.push(mail ? 'sent' : 'not sent');
    return Promise.resolve({});
  }

  #letIn(protocol: string): void {
    this.done.push(`${protocol} asked`);
    const heard = this.refusing.get(protocol);
    if (heard !== undefined) throw new Trouble('refused', 'sign-in', { heard });
  }

  pause(): Promise<void> {
    this.done.push('waited');
    return new Promise((resolve) => setTimeout(resolve, 5));
  }

  #ids = 0;
  id = () => `0123456789abcde${this.#ids++}`;
  addresses = () => ['192.168.1.7'];
}

async function check(hands: LoginHands, facts: Parameters<typeof record>[0] = {}) {
  const servers = { incoming: [incoming('imap', 993), incoming('pop3', 995)], outgoing: [outgoing(465)] };
  const account = { address: 'fred@mail.example', password, username: () => 'fred' as string | undefined };
  const report = await checkLogin(account, record({ ...servers, ...facts }), hands, { messages: [], patience: 20 });
  assert.ok(!JSON.stringify(report).includes(password));
  return report;
}

describe('the login check', () => {
  test('signs in, sends, fetches by both, and deletes', async () => {
    const hands = new Pretended();
    const report = await check(hands);
    assert.equal(report.outcome, 'works');
    assert.deepEqual(hands.messages, []);
    const asked = hands.done.filter((what) => what.endsWith('asked') || what === 'sent');
    assert.deepEqual(asked, ['imap asked', 'smtp asked', 'sent', 'pop3 asked']);
  });

  test('stops at the first refusal, and still cleans up where it was let in', async () => {
    const hands = new Pretended();
    hands.refusing.set('pop3', '-ERR [SYS/PERM] Your account is not enabled for POP access.');
    const report = await check(hands, {
      incoming: [incoming('imap', 993), incoming('pop3', 995), incoming('pop3', 110, 'starttls')],
    });
    assert.deepEqual(
      report.findings.map(({ code }) => code),
      ['auth.failed'],
    );
    assert.match(report.stopped ?? '', /^pop3:.*:995/);
    assert.equal(hands.done.filter((what) => what === 'pop3 asked').length, 1);
    assert.ok(hands.done.includes('imap deleted INBOX'));
    assert.ok(report.deliveries[0]?.arrivals[0]?.deleted);
  });

  test('sends nothing that nobody could fetch again', async () => {
    const hands = new Pretended();
    const report = await check(hands, { incoming: [] });
    assert.deepEqual(hands.done, ['smtp asked', 'not sent']);
    assert.equal(report.visits[0]?.level, 'L3');
  });

  test('deletes the copy that a server keeps of what was sent', async () => {
    const hands = new Pretended();
    hands.deliver = (raw) => ['INBOX', 'Sent'].map((folder) => ({ raw, folder, spam: false }));
    await check(hands, { incoming: [incoming('imap', 993)] });
    assert.deepEqual(hands.messages, []);
  });

  test('leaves other people’s messages alone', async () => {
    const hands = new Pretended();
    const other = { raw: 'Subject: hello\r\nFrom: MAILER-DAEMON@x\r\n\r\nnot for us', folder: 'INBOX', spam: false };
    hands.messages = [other];
    await check(hands);
    assert.deepEqual(hands.messages, [other]);
  });

  test('notices a message that was changed on its way', async () => {
    const hands = new Pretended();
    hands.deliver = (raw) => [{ raw: `${raw}--\r\nsent with Example Mail\r\n`, folder: 'INBOX', spam: false }];
    const report = await check(hands, { incoming: [incoming('imap', 993)] });
    assert.deepEqual(
      report.findings.map(({ code }) => code),
      ['fetch.mismatch'],
    );
    assert.equal(report.outcome, 'fails');
  });

  test('waits no longer than it may', async () => {
    const hands = new Pretended();
    hands.deliver = () => [];
    const report = await check(hands);
    assert.deepEqual(
      report.findings.map(({ code }) => code),
      ['fetch.timeout'],
    );
    assert.ok(hands.done.includes('waited'));
  });

  test('tries nothing where there is nothing to try', async () => {
    const hands = new Pretended();
    assert.equal((await check(hands, { access: 'closed' })).skipped, 'closed');
    assert.equal((await check(hands, { incoming: [], outgoing: [outgoing(587, 'none')] })).skipped, 'no-servers');
    const account = { address: 'fred@mail.example', password, username: () => undefined };
    const report = await checkLogin(account, record(), hands, { messages: [], patience: 20 });
    assert.equal(report.skipped, 'username');
    assert.deepEqual(hands.done, []);
  });

  test('does not take a defect of its own for a server’s fault', async () => {
    const hands = new Pretended();
    hands.open = () => Promise.reject(new TypeError('a bug'));
    await assert.rejects(check(hands), TypeError);
  });
});
