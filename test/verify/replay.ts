/**
 * Transcripts, played by a server. A file has a sentence about it behind `#`, then lines: `S: ` what the server says,
 * `C: ` what it waits for, `-- tls` a handshake. At the end the server closes the connection.
 *
 * Names and IMAP tags are ours to choose: the name in EHLO is not compared, a tag is answered as it was sent.
 */
import type { Script } from './mail-server.ts';

export interface Transcript {
  readonly about: string;
  readonly script: Script;
}

/** @throws {Error} naming the line that is none of a transcript */
export function parseTranscript(text: string): Transcript {
  const [first = '', ...lines] = text.trimEnd().split('\n');
  if (!first.startsWith('# ')) throw new Error(`a transcript begins with “# ” and a sentence, not with “${first}”`);
  const wrong = lines.find((line) => line !== '-- tls' && !/^[SC]: /.test(line));
  if (wrong !== undefined) throw new Error(`“${wrong}” is no line of a transcript`);
  return { about: first.slice(2), script: (client) => play(lines, client) };
}

const play = async (lines: readonly string[], client: Parameters<Script>[0]): Promise<void> => {
  /** As written in the transcript -> as the client sends it. */
  const tags = new Map<string, string>();
  let said: string[] = [];
  const flush = async (): Promise<void> => {
    // What stands together is sent together: that is how servers answer, and how somebody on the way would.
    if (said.length > 0) await client.say(...said);
    said = [];
  };
  for (const line of lines) {
    const text = line.slice(3);
    if (line.startsWith('S: ')) {
      const [word = '', ...rest] = text.split(' ');
      said.push([tags.get(word) ?? word, ...rest].join(' '));
      continue;
    }
    await flush();
    if (line === '-- tls') {
      await client.tls('good-ec');
      continue;
    }
    const expected = tagged(text);
    const heard = tagged(await client.line());
    if (comparable(heard.command) !== comparable(expected.command))
      throw new Error(`the transcript says “${text}”, the client “${heard.tag} ${heard.command}”`);
    if (expected.tag !== '') tags.set(expected.tag, heard.tag);
  }
  await flush();
};

/** IMAP’s `a1 CAPABILITY`; the other protocols have no tags. */
function tagged(line: string): { tag: string; command: string } {
  const [, tag = '', command = line] = /^([a-z]+\d+) (.*)$/i.exec(line) ?? [];
  return { tag, command };
}

function comparable(command: string): string {
  return command.toUpperCase().replace(/^(EHLO|HELO) .*/, '$1');
}
