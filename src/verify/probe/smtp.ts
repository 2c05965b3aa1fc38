/**
 * SMTP submission (RFC 6409, RFC 8314), as far as it can be asked without signing in.
 *
 *  1. wait for the whole greeting, `220-` lines and the last `220 ` (RFC 5321 section 3.1); nothing is said before it
 *     (postscreen counts that as PREGREET)
 *  2. EHLO (section 4.1.1.1); where it is unknown, HELO
 *  3. STARTTLS, alone, and its answer (RFC 3207 section 4); what arrives behind the answer is not from the server we want
 *  4. TLS, and EHLO again: what was said before TLS is forgotten (RFC 3207 section 4.2)
 *  5. QUIT (RFC 5321 section 4.1.1.10); never AUTH, MAIL or RCPT
 */
import { WireFault } from '../../net/wire.ts';
import type { Capabilities, Greeting, StartTlsAnswer } from '../evidence.ts';
import { speaks, strange } from './greeting.ts';
import { type Dialogue, type Session, wordList } from './session.ts';

interface Reply {
  /** 0 where the first line is no reply line; where the lines contradict each other, the highest is the worst. */
  readonly code: number;
  /** The text of each line, behind the code. */
  readonly lines: readonly string[];
  /** Lines that do not belong to the reply. */
  readonly malformed: readonly string[];
}

/** Nobody's reply is longer; an endless one ends in {@link WireFault} `too-long`. */
const mostReplyLines = 200;

/** RFC 5321 section 4.2.1: `250-…` and at the end `250 …` or a bare `250`, all of one code. */
async function reply(session: Session, milliseconds?: number): Promise<Reply> {
  const lines: string[] = [];
  const malformed: string[] = [];
  let code = 0;
  for (let n = 0; n < mostReplyLines; n++) {
    const line = await session.line(milliseconds);
    const [, digits, mark, text = ''] = /^(\d{3})([ -]|$)(.*)$/.exec(line) ?? [];
    if (digits === undefined) {
      if (lines.length === 0) return { code: 0, lines: [line], malformed };
      malformed.push(line);
      continue;
    }
    lines.push(text);
    code = Math.max(code, Number(digits));
    if (mark !== '-') return { code, lines, malformed };
  }
  throw new WireFault('too-long');
}

async function greeting(session: Session): Promise<Greeting> {
  const { code, lines } = await reply(session, session.patience.greeting);
  const text = session.mask(lines.join(' ').trim());
  const first = code === 0 ? (lines[0] ?? '') : `${code} ${lines.join(' ')}`;
  if (speaks(first) !== 'smtp') return strange(first, text);
  if (code === 220) return { kind: 'ready', text };
  if (code >= 400) return { kind: code < 500 ? 'temporary' : 'permanent', text: `${code} ${text}` };
  return { kind: 'garbage', text: `${code} ${text}` };
}

/** @param name how we call ourselves in EHLO: a host name, or an address literal (RFC 5321 section 4.1.3) */
export function smtp(name: string): Dialogue {
  return {
    greeting,
    async capabilities(session): Promise<Capabilities> {
      await session.send(`EHLO ${name}`);
      const { code, lines, malformed } = await reply(session);
      if (code !== 250) {
        const refused = session.mask(`${code === 0 ? '' : `${code} `}${lines.join(' ')}`);
        // RFC 5321 section 3.2: an old server that does not know EHLO is greeted by HELO; it can then do nothing more.
        if (code >= 500) {
          await session.send(`HELO ${name}`);
          const { code: helo } = await reply(session);
          if (helo === 250) return { names: [], mechanisms: [], starttls: false, malformed: [refused] };
        }
        return { names: [], mechanisms: [], starttls: false, refused };
      }
      // The first line is the server's name (section 4.1.1.1).
      const keywords = lines.slice(1).map((line) => line.trim().toUpperCase());
      const names = keywords.filter((line) => /^[A-Z0-9]/.test(line)).map((line) => line.split(/[ =]/)[0] ?? line);
      // Old clients want `AUTH=LOGIN PLAIN`, and servers still say it beside the standard line (RFC 4954 section 3).
      const auth = keywords.filter((line) => /^AUTH[ =]/.test(line)).flatMap((line) => line.slice(5).split(/\s+/));
      const strangeLines = [...malformed, ...lines.slice(1).filter((line) => !/^[A-Za-z0-9]/.test(line.trim()))];
      return {
        names: wordList(names),
        mechanisms: wordList(auth.filter((mechanism) => mechanism !== '')),
        starttls: names.includes('STARTTLS'),
        ...session.malformed(strangeLines),
      };
    },
    async starttls(session): Promise<StartTlsAnswer> {
      await session.send('STARTTLS');
      const { code, lines } = await reply(session);
      const text = session.mask(`${code === 0 ? '' : `${code} `}${lines.join(' ')}`);
      if (code === 220) return { kind: 'ready', text };
      if (code >= 500) return { kind: 'permanent', text };
      return { kind: code >= 400 ? 'temporary' : 'garbage', text };
    },
    async quit(session) {
      await session.send('QUIT');
      await reply(session, session.patience.quit);
    },
  };
}
