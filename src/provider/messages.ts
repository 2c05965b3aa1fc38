/**
 * What a server's answer means: the first entry of `data/messages.yml` whose pattern is part of it. Runs wherever the
 * answer is, in the verifier and in a browser.
 */
import type { MessageEntry } from './lists.ts';

/** Where the text was heard, as far as that is known. */
export interface Heard {
  readonly protocol?: 'imap' | 'pop3' | 'smtp';
  /** The id of the record whose server said it. */
  readonly provider?: string;
}

/**
 * Explains what a server said.
 *
 * The list is in order, specific before general, and the first match counts. Where the provider is known, entries of other
 * providers are left out. Where it is not (somebody pastes an error), entries for everybody come first: the text of one
 * provider's entry may be another's usual words.
 * @param text one line or several, with or without status codes and tags
 * @returns the entry with meaning and cure, or undefined where nobody has written this text down yet
 */
export function explainMessage(
  messages: readonly MessageEntry[],
  text: string,
  { protocol, provider }: Heard = {},
): MessageEntry | undefined {
  const heard = spellings(text);
  const matches = ({ pattern }: MessageEntry) => heard.some((line) => has(line, pattern));
  const spoken = messages.filter(({ protocols }) => !protocol || !protocols || protocols.includes(protocol));
  if (provider !== undefined)
    return spoken.filter(({ providers }) => !providers || providers.includes(provider)).find(matches);
  return (
    spoken.filter(({ providers }) => !providers).find(matches) ??
    spoken.filter(({ providers }) => providers).find(matches)
  );
}

/**
 * The lines of an answer, and all of it as one line without the codes in between: servers break their sentences where they
 * like (`535-5.7.8 Username and`, `535 5.7.8 Password not accepted`; RFC 5321 section 4.2.1, RFC 3463).
 */
function spellings(text: string): string[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter((line) => line !== '');
  if (lines.length < 2) return lines;
  const [first = '', ...rest] = lines;
  const tail = rest.map((line) => line.replace(/^\d{3}(?:[ -]|$)(?:\d\.\d{1,3}\.\d{1,3} ?)?/, ''));
  return [...lines, [first, ...tail].join(' ')];
}

/** Whether a line has one of the pattern's choices in it: `*` stands for anything, `|` between choices; any case. */
function has(line: string, pattern: string): boolean {
  const text = line.toLowerCase();
  return pattern
    .toLowerCase()
    .split('|')
    .some((choice) => {
      let from = 0;
      return choice.split('*').every((part) => {
        const at = text.indexOf(part, from);
        from = at + part.length;
        return at >= 0;
      });
    });
}
