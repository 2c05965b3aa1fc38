/**
 * What was said in a signed-in conversation, with the time of each line: recorded as it happens, then put into steps that a
 * person can follow. Nothing is recorded that is secret: the recorder masks, whoever hands it the line.
 */
import type { Redact } from './secrets.ts';

/** One line: the server's, ours, or what happened beside it. `at` is in milliseconds since the conversation began. */
export interface TimedLine {
  readonly at: number;
  readonly from: 'S' | 'C' | '--';
  readonly text: string;
}

/**
 * The steps of a conversation. SMTP has the first six (RFC 5321 section 3): connect, the server's greeting, EHLO with
 * STARTTLS and AUTH, the envelope, the message, QUIT. IMAP and POP3 sign in, look, fetch, and delete.
 */
export const stepNames = [
  'connect',
  'ready',
  'hello',
  'envelope',
  'data',
  'sign-in',
  'look',
  'delete',
  'quit',
] as const;
export type StepName = (typeof stepNames)[number];

export interface Step {
  readonly name: StepName;
  /** Milliseconds that were waited for the other side. */
  readonly ms: number;
  readonly lines: readonly TimedLine[];
  /** The conversation broke here. */
  readonly broke?: true;
}

/** What is kept of a conversation; nobody reads more. */
const mostLines = 200;
const longestLine = 1000;

export class Recorder {
  readonly lines: (TimedLine & { readonly step?: StepName })[] = [];
  readonly #begun = performance.now();
  readonly #redact: Redact;
  /** The step that lines belong to from now on; SMTP's follow from the commands themselves ({@link smtpSteps}). */
  step: StepName | undefined;

  constructor(redact: Redact) {
    this.#redact = redact;
  }

  /** Milliseconds since the conversation began. */
  get elapsed(): number {
    return Math.round((performance.now() - this.#begun) * 10) / 10;
  }

  add(from: TimedLine['from'], said: string): void {
    for (const line of said.split(/\r?\n/)) {
      if (this.lines.length > mostLines) return;
      const text = this.#redact(line)
        .slice(0, longestLine)
        .replaceAll(/\p{Cc}/gu, ' ')
        .trimEnd();
      const full = this.lines.length === mostLines;
      this.lines.push({
        at: this.elapsed,
        ...(full ? { from: '--', text: '…' } : { from, text }),
        ...(this.step !== undefined && { step: this.step }),
      });
    }
  }
}

/**
 * The conversation in the steps that the recorder was told, in the order in which they were taken; one may be taken twice.
 * @param broke the step in which it failed
 */
export function stepsOf(lines: Recorder['lines'], broke?: StepName): Step[] {
  const groups: { name: StepName; lines: TimedLine[] }[] = [];
  for (const line of lines) {
    const name = line.step ?? 'connect';
    const last = groups.at(-1);
    if (last?.name === name) last.lines.push(line);
    else groups.push({ name, lines: [line] });
  }
  return timed(groups, lines, broke);
}

/** Which step a command of SMTP belongs to; what is none of them (the answers within AUTH) stays where it is. */
const commands: readonly (readonly [command: RegExp, step: StepName])[] = [
  [/^(?:EHLO|HELO|STARTTLS|AUTH)\b/i, 'hello'],
  [/^(?:MAIL FROM|RCPT TO):/i, 'envelope'],
  [/^(?:DATA|\.)$/i, 'data'],
  [/^(?:QUIT|RSET)$/i, 'quit'],
];

/**
 * The six steps of a recorded SMTP conversation. A client may send MAIL, RCPT and DATA before the first answer (RFC 2920),
 * so each answer is put to the command it answers, in order.
 * @param broke the step in which it failed, or `last`
 */
export function smtpSteps(lines: readonly TimedLine[], broke?: StepName | 'last'): Step[] {
  /** Steps of the commands that wait for an answer, the oldest first. */
  const waiting: StepName[] = [];
  let now: StepName = 'connect';
  const sorted = lines.map((line) => {
    if (line.from === 'C') {
      now = commands.find(([command]) => command.test(line.text))?.[1] ?? now;
      waiting.push(now);
      return { line, step: now };
    }
    if (line.from === '--') return { line, step: now };
    const step = waiting[0] ?? (now === 'connect' ? 'ready' : now);
    if (now === 'connect') now = 'ready';
    // `250-…` has more lines to come, `250 …` is the end of an answer (RFC 5321 section 4.2.1).
    if (!/^\d{3}-/.test(line.text)) waiting.shift();
    return { line, step };
  });
  const groups = new Map<StepName, TimedLine[]>();
  for (const { line, step } of sorted) groups.set(step, [...(groups.get(step) ?? []), line]);
  return timed(
    [...groups].map(([name, own]) => ({ name, lines: own })),
    lines,
    broke,
  );
}

/**
 * How long each step took: the time until each answer. What passes before a line of ours is our own thinking or waiting.
 * @param all the lines in the order of their time
 */
function timed(
  groups: readonly { readonly name: StepName; readonly lines: readonly TimedLine[] }[],
  all: readonly TimedLine[],
  broke: StepName | 'last' | undefined,
): Step[] {
  const took = new Map<TimedLine, number>();
  for (const [i, line] of all.entries()) took.set(line, line.from === 'C' ? 0 : line.at - (all[i - 1]?.at ?? 0));
  const named = groups.findLastIndex(({ name }) => name === broke);
  const where = broke === undefined ? -1 : named < 0 ? groups.length - 1 : named;
  return groups.map(({ name, lines }, i) => {
    const ms = lines.reduce((sum, line) => sum + (took.get(line) ?? 0), 0);
    const plain = lines.map(({ at, from, text }) => ({ at, from, text }));
    return { name, ms: Math.round(ms * 10) / 10, lines: plain, ...(i === where && { broke: true }) };
  });
}
