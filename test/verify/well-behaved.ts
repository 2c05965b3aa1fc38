/**
 * Scripts of mail servers as they should be, for `startMailServer`; with options for what a test wants to be otherwise:
 *
 *     startMailServer(smtp({ security: 'starttls', answers: { STARTTLS: ['454 TLS not available'] } }))
 */
import type { Security } from '../../src/provider/model.ts';
import type { CertificateKind, Leaf } from '../pki.ts';
import type { Client, Script, ServerTlsOptions } from './mail-server.ts';

/** Lines to say, in which `{tag}` is the tag of an IMAP command, or what to do. */
export type Answer = readonly string[] | ((client: Client, line: string) => Promise<void>);

export interface Manners {
  readonly security: Security;
  readonly certificate?: CertificateKind | Leaf;
  readonly tls?: ServerTlsOptions;
  /** Lines of the greeting. */
  readonly greeting?: readonly string[];
  /** As the server is used: within TLS, or in the clear where the endpoint has none. SMTP: without the host's line. */
  readonly capabilities?: readonly string[];
  /** STARTTLS endpoints, before TLS. */
  readonly before?: readonly string[];
  /** By command (EHLO, CAPABILITY, STLS, QUIT …): another answer than the good one. */
  readonly answers?: Readonly<Record<string, Answer>>;
}

const host = 'mail.example.test';

export function smtp(manners: Manners): Script {
  const { capabilities = ['PIPELINING', 'SIZE 10240000', 'AUTH PLAIN LOGIN', '8BITMIME'], greeting } = manners;
  const { before = ['PIPELINING', 'SIZE 10240000', 'STARTTLS', '8BITMIME'] } = manners;
  return conversation(manners, {
    greeting: greeting ?? [`220 ${host} ESMTP`],
    verb: (line) => line.split(' ')[0] ?? '',
    startTls: 'STARTTLS',
    ready: ['220 2.0.0 Ready to start TLS'],
    end: 'QUIT',
    unknown: ['502 5.5.2 Error: command not recognized'],
    answers: (clear) => ({
      EHLO: replyLines('250', [host, ...(clear ? before : capabilities)]),
      HELO: [`250 ${host}`],
      NOOP: ['250 2.0.0 Ok'],
      RSET: ['250 2.0.0 Ok'],
      QUIT: ['221 2.0.0 Bye'],
    }),
  });
}

export function imap(manners: Manners): Script {
  const { capabilities = ['IMAP4rev1', 'SASL-IR', 'ID', 'IDLE', 'AUTH=PLAIN', 'AUTH=LOGIN'], greeting } = manners;
  const { before = ['IMAP4rev1', 'SASL-IR', 'ID', 'IDLE', 'STARTTLS', 'LOGINDISABLED'] } = manners;
  return conversation(manners, {
    greeting: greeting ?? [`* OK ${host} ready`],
    verb: (line) => line.split(' ')[1] ?? '',
    startTls: 'STARTTLS',
    ready: ['{tag} OK Begin TLS negotiation now.'],
    end: 'LOGOUT',
    unknown: ['{tag} BAD Unknown command'],
    answers: (clear) => ({
      CAPABILITY: [`* CAPABILITY ${(clear ? before : capabilities).join(' ')}`, '{tag} OK Capability completed.'],
      ID: ['* ID NIL', '{tag} OK ID completed.'],
      NOOP: ['{tag} OK NOOP completed.'],
      LOGOUT: ['* BYE Logging out', '{tag} OK Logout completed.'],
    }),
  });
}

export function pop3(manners: Manners): Script {
  const { capabilities = ['TOP', 'UIDL', 'RESP-CODES', 'USER', 'SASL PLAIN LOGIN'], greeting } = manners;
  const { before = ['TOP', 'UIDL', 'RESP-CODES', 'STLS', 'SASL'] } = manners;
  return conversation(manners, {
    greeting: greeting ?? [`+OK ${host} ready`],
    verb: (line) => line.split(' ')[0] ?? '',
    startTls: 'STLS',
    ready: ['+OK Begin TLS negotiation now.'],
    end: 'QUIT',
    unknown: ['-ERR Unknown command.'],
    answers: (clear) => ({
      CAPA: ['+OK', ...(clear ? before : capabilities), '.'],
      NOOP: ['+OK'],
      QUIT: ['+OK Logging out.'],
    }),
  });
}

interface Protocol {
  readonly greeting: readonly string[];
  readonly verb: (line: string) => string;
  readonly startTls: string;
  readonly ready: readonly string[];
  readonly end: string;
  readonly unknown: readonly string[];
  /** Command -> the good answer; `clear`: TLS is still to come. */
  readonly answers: (clear: boolean) => Readonly<Record<string, readonly string[]>>;
}

function conversation({ security, certificate, tls, answers = {} }: Manners, protocol: Protocol): Script {
  return async (client) => {
    if (security === 'tls') await client.tls(certificate, tls);
    await client.say(...protocol.greeting);
    let clear = security === 'starttls';
    for (;;) {
      const line = await client.line();
      const verb = protocol.verb(line).toUpperCase();
      const startsTls = verb === protocol.startTls && clear && !(verb in answers);
      const good = startsTls ? protocol.ready : protocol.answers(clear)[verb];
      const answer = answers[verb] ?? good ?? protocol.unknown;
      if (typeof answer === 'function') await answer(client, line);
      else await client.say(...answer.map((text) => text.replace('{tag}', line.split(' ')[0] ?? '')));
      if (startsTls) {
        await client.tls(certificate, tls);
        clear = false;
      }
      if (verb === protocol.end) return;
    }
  };
}

/** `250-a`, `250-b`, `250 c` (RFC 5321 section 4.2.1). */
function replyLines(code: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => `${code}${index === texts.length - 1 ? ' ' : '-'}${text}`);
}
