/**
 * IMAP (RFC 9051, RFC 3501), before signing in.
 *
 *  1. wait for the greeting: `* OK`, `* BYE`, or `* PREAUTH`, after which STARTTLS is impossible (RFC 9051 section 7.1.4)
 *  2. CAPABILITY, always asked: the one in a greeting may be a part of it (Cyrus) (section 6.1.1)
 *  3. STARTTLS, and nothing more until its tagged answer (section 6.2.1); what arrives behind it is not from the server
 *  4. TLS, and CAPABILITY again: what was said before TLS is forgotten
 *  5. ID, where the server knows it and there is somebody to name (RFC 2971); the last thing before LOGOUT, so that it cannot
 *     spoil what was seen
 *  6. LOGOUT (section 6.1.3); never LOGIN or AUTHENTICATE
 */
import { WireFault } from '../../net/wire.ts';
import type { Capabilities, Greeting, StartTlsAnswer } from '../evidence.ts';
import { speaks, strange } from './greeting.ts';
import { type Dialogue, type Session, wordList } from './session.ts';

interface Response {
  readonly status: 'OK' | 'NO' | 'BAD' | 'BYE';
  readonly text: string;
  /** The untagged lines in front of it, without `* `. */
  readonly untagged: readonly string[];
  readonly malformed: readonly string[];
}

const mostResponseLines = 200;

/** Sends a command and reads up to its tagged answer, or to a BYE that is the end. */
async function command(session: Session, tag: string, text: string, milliseconds?: number): Promise<Response> {
  await session.send(`${tag} ${text}`);
  const untagged: string[] = [];
  const malformed: string[] = [];
  for (let n = 0; n < mostResponseLines; n++) {
    const line = await session.line(milliseconds).catch((fault: unknown) => {
      const bye = untagged.find((said) => /^BYE\b/i.test(said));
      if (bye === undefined) throw fault;
      return `${tag} ${bye}`;
    });
    if (line.startsWith('* ')) {
      untagged.push(line.slice(2));
      continue;
    }
    const [, status, said = ''] = new RegExp(`^${tag} (OK|NO|BAD|BYE)\\b ?(.*)$`, 'i').exec(line) ?? [];
    if (status === undefined) malformed.push(line);
    else return { status: status.toUpperCase() as Response['status'], text: said, untagged, malformed };
  }
  throw new WireFault('too-long');
}

async function greeting(session: Session): Promise<Greeting> {
  const line = await session.line(session.patience.greeting);
  const text = session.mask(line);
  if (speaks(line) !== 'imap') return strange(line, text);
  if (/^\* OK\b/i.test(line)) return { kind: 'ready', text };
  if (/^\* PREAUTH\b/i.test(line)) return { kind: 'preauth', text };
  // A refusal that says nothing of its kind may pass.
  return { kind: /\[SYS\/PERM\]|\[CONTACTADMIN\]/i.test(line) ? 'permanent' : 'temporary', text };
}

async function capabilities(session: Session, tag: string): Promise<Capabilities> {
  const { status, text, untagged, malformed } = await command(session, tag, 'CAPABILITY');
  const said = untagged.filter((line) => /^CAPABILITY\b/i.test(line));
  const names = said.flatMap((line) => line.trim().toUpperCase().split(/\s+/).slice(1));
  const strangeLines = status === 'OK' && said.length === 0 ? [...malformed, text] : malformed;
  return {
    names: wordList(names),
    mechanisms: wordList(names.filter((name) => name.startsWith('AUTH=')).map((name) => name.slice(5))),
    starttls: names.includes('STARTTLS'),
    ...(said.length > 0 && { login: !names.includes('LOGINDISABLED') }),
    ...(status !== 'OK' && { refused: session.mask(`${status} ${text}`) }),
    ...session.malformed(strangeLines),
  };
}

/** @param contact where the operator says who probes and why, for ID */
export function imap(contact?: string): Dialogue {
  // Quotes and backslashes would end the string (RFC 9051 section 4.3), and nobody's address has them.
  const support = contact?.replaceAll(/[^\x20-\x7e]|["\\]/g, '');
  return {
    greeting,
    capabilities: (session, secure) => capabilities(session, secure ? 'a3' : 'a1'),
    async starttls(session): Promise<StartTlsAnswer> {
      const { status, text } = await command(session, 'a2', 'STARTTLS');
      const said = session.mask(`${status} ${text}`);
      if (status === 'OK') return { kind: 'ready', text: said };
      return { kind: /\[UNAVAILABLE\]|temporar/i.test(text) ? 'temporary' : 'permanent', text: said };
    },
    async quit(session) {
      const { tls, capabilities: known } = session.attempt;
      if (tls && support && known?.names.includes('ID'))
        await command(session, 'a4', `ID ("name" "mailatlas" "support-url" "${support}")`, session.patience.quit);
      await command(session, 'a9', 'LOGOUT', session.patience.quit);
    },
  };
}
