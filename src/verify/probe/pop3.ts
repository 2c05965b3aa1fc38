/**
 * POP3 (RFC 1939), before signing in.
 *
 *  1. wait for the greeting, `+OK` or `-ERR` (section 4); a timestamp in it offers APOP (section 7)
 *  2. CAPA (RFC 2449 section 5); a server that does not know it says `-ERR`, and what it can do stays unknown
 *  3. STLS and its answer (RFC 2595 section 4); what arrives behind it is not from the server we want
 *  4. TLS, and CAPA again
 *  5. QUIT (RFC 1939 section 4); never USER, APOP or AUTH
 */
import { WireFault } from '../../net/wire.ts';
import type { Capabilities, Greeting, StartTlsAnswer } from '../evidence.ts';
import { speaks, strange } from './greeting.ts';
import { type Dialogue, type Session, wordList } from './session.ts';

const mostListLines = 200;

/** RFC 2449 section 8.1.1, RFC 3206: what passes by itself. */
const passes = /\[(?:SYS\/TEMP|IN-USE|LOGIN-DELAY)\]|temporar|try again|later/i;

async function greeting(session: Session): Promise<Greeting> {
  const line = await session.line(session.patience.greeting);
  const text = session.mask(line);
  if (speaks(line) !== 'pop3') return strange(line, text);
  if (/^-ERR/i.test(line)) return { kind: passes.test(line) ? 'temporary' : 'permanent', text };
  return { kind: 'ready', text, ...(/<[^<>@\s]+@[^<>@\s]+>/.test(line) && { apop: true }) };
}

async function capabilities(session: Session): Promise<Capabilities> {
  await session.send('CAPA');
  const first = await session.line();
  if (!/^\+OK\b/i.test(first)) return { names: [], mechanisms: [], starttls: false, refused: session.mask(first) };
  const keywords: string[] = [];
  for (;;) {
    const line = await session.line();
    if (line === '.') break;
    keywords.push(line.trim().toUpperCase());
    if (keywords.length > mostListLines) throw new WireFault('too-long');
  }
  const names = keywords.map((line) => line.split(' ')[0] ?? line);
  const malformed = keywords.filter((line) => !/^[A-Z]/.test(line));
  return {
    names: wordList(names),
    // RFC 5034 section 3: `SASL` and its mechanisms; Dovecot shows a bare `SASL` where none may be used yet.
    mechanisms: wordList(
      keywords.filter((line) => line.startsWith('SASL ')).flatMap((line) => line.split(/\s+/).slice(1)),
    ),
    starttls: names.includes('STLS'),
    login: names.includes('USER'),
    ...session.malformed(malformed),
  };
}

export const pop3: Dialogue = {
  greeting,
  capabilities,
  async starttls(session): Promise<StartTlsAnswer> {
    await session.send('STLS');
    const line = await session.line();
    const text = session.mask(line);
    if (/^\+OK\b/i.test(line)) return { kind: 'ready', text };
    if (/^-ERR\b/i.test(line)) return { kind: passes.test(line) ? 'temporary' : 'permanent', text };
    return { kind: 'garbage', text };
  },
  async quit(session) {
    await session.send('QUIT');
    await session.line(session.patience.quit);
  },
};
