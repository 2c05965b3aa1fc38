/** The hands of the login check on Node: probes, nodemailer, imapflow, POP3 over sockets. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownAddresses } from '../../net/guard-node.ts';
import { nodeDialer } from '../../net/wire-node.ts';
import type { Language } from '../../provider/phrases.ts';
import type { Evidence } from '../evidence.ts';
import { judge } from '../judge.ts';
import type { Prober } from '../probe/prober-node.ts';
import type { LoginHands, Looked } from './hands.ts';
import { openImap } from './imap-node.ts';
import { openPop3 } from './pop3.ts';
import { sendBySmtp } from './smtp-node.ts';
import { strictTls } from './tls-node.ts';

export interface LoginHandsOptions {
  readonly prober: Prober;
  /** PEM certificates that are trusted beside the usual roots; the same as the prober's. */
  readonly ca?: string;
  readonly sourceAddress?: string;
  /** How we call ourselves in EHLO: an address literal gives away less than this machine's name. */
  readonly name?: string;
  readonly contact?: string;
  /** Of the sentences in verdicts. */
  readonly language?: Language;
}

/** @throws Node's error where `ca` is no PEM */
export function nodeLoginHands(options: LoginHandsOptions): LoginHands {
  const { prober, ca, sourceAddress, name = '[127.0.0.1]', contact, language = 'en' } = options;
  const tls = strictTls({ ca, sourceAddress });
  const dialer = nodeDialer({ ...(ca !== undefined && { ca }), ...(sourceAddress !== undefined && { sourceAddress }) });
  return {
    name,
    async look({ protocol, host, port, security }) {
      return looked(await prober.probe({ protocol, host, port, security }), new Date(), language);
    },
    open: (signIn) =>
      signIn.target.protocol === 'pop3' ? openPop3(signIn, dialer) : openImap(signIn, { tls, contact }),
    send: (signIn, address, mail) => sendBySmtp(signIn, address, mail, { tls, name }),
    pause: (milliseconds) => sleep(milliseconds),
    id: () => randomBytes(12).toString('hex'),
    addresses: ownAddresses,
  };
}

/** The verdict on all of the endpoint, and the first of its addresses with which nothing is wrong. */
function looked(evidence: Evidence, now: Date, language: Language): Looked {
  const { code, ok, says } = judge(evidence, now, language);
  const clean = evidence.attempts.find(
    (attempt) => attempt.tls !== undefined && judge({ ...evidence, attempts: [attempt] }, now).ok,
  );
  return {
    verdict: { code, ok, says },
    ...(clean && { address: clean.address, ...(clean.capabilities && { capabilities: clean.capabilities }) }),
  };
}
