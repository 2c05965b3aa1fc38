import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseCatalog } from '../../src/catalog/catalog.ts';
import { readDataDir } from '../../src/catalog/files.ts';
import type { MessageEntry } from '../../src/provider/lists.ts';
import { explainMessage, type Heard } from '../../src/provider/messages.ts';

const files = readDataDir(fileURLToPath(new URL('../../data', import.meta.url)));
const messages = parseCatalog({ providers: [], lists: files.lists }).messages.value?.messages ?? [];

interface Example {
  readonly id: string;
  readonly protocol: NonNullable<Heard['protocol']>;
  text: string;
}

/** messages.txt: an id, its texts below it, each with its protocol; `|` continues a text on its next line. */
function readExamples(): Example[] {
  const examples: Example[] = [];
  let id = '';
  for (const line of readFileSync(new URL('messages.txt', import.meta.url), 'utf8').split('\n')) {
    if (/^[a-z0-9]/.test(line)) id = line;
    const said = /^ {2}(imap|pop3|smtp) (.*)$/.exec(line);
    if (said) examples.push({ id, protocol: said[1] as Example['protocol'], text: said[2] ?? '' });
    const more = /^ {5}\| (.*)$/.exec(line);
    const last = examples.at(-1);
    if (more && last) last.text += `\r\n${more[1]}`;
  }
  return examples;
}

function entry(facts: Partial<MessageEntry> & Pick<MessageEntry, 'id' | 'pattern'>): MessageEntry {
  return { meaning: { en: 'x', de: 'x' }, cure: 'none', source: 'https://mail.example/', ...facts };
}

function explained(list: readonly MessageEntry[], text: string, heard?: Heard): string | undefined {
  return explainMessage(list, text, heard)?.id;
}

describe('data/messages.yml', () => {
  const examples = readExamples();

  test('every entry has a text that it is the first to explain, for every protocol and provider it names', () => {
    for (const { id, protocols, providers = [undefined] } of messages) {
      const own = examples.filter((example) => example.id === id);
      const heardBy = [...new Set(own.map(({ protocol }) => protocol))].sort();
      assert.deepEqual(heardBy, [...(protocols ?? ['imap', 'pop3', 'smtp'])].sort(), `${id}: protocols with examples`);
      for (const { text, protocol } of own)
        for (const provider of providers)
          assert.equal(
            explained(messages, text, { protocol, ...(provider && { provider }) }),
            id,
            `${provider}: ${text}`,
          );
    }
  });

  test('every choice in a pattern has its example', () => {
    for (const message of messages)
      for (const choice of message.pattern.split('|')) {
        const alone = [{ ...message, pattern: choice }];
        const own = examples.filter(({ id }) => id === message.id);
        assert.ok(
          own.some(({ text }) => explainMessage(alone, text)),
          `${message.id}: ${choice}`,
        );
      }
  });

  test('there is no example for what is not in the data', () => {
    const ids = new Set(messages.map(({ id }) => id));
    assert.deepEqual(
      examples.filter(({ id }) => !ids.has(id)),
      [],
    );
  });

  test('what nobody has written down is not explained', () => {
    assert.equal(explained(messages, '250 2.1.0 Ok', { protocol: 'smtp' }), undefined);
    assert.equal(explained(messages, ''), undefined);
  });
});

describe('a pattern', () => {
  test('is part of a line, in any case', () => {
    const list = [entry({ id: 'a', pattern: 'Invalid Login' })];
    assert.equal(explained(list, '535 5.7.8 INVALID LOGIN.'), 'a');
    assert.equal(explained(list, '535 5.7.8 login invalid'), undefined);
  });

  test('takes * for anything and | for a choice, and every other sign as it is', () => {
    const list = [entry({ id: 'a', pattern: 'daily*limit|[ALERT] (x.y)' })];
    assert.equal(explained(list, 'Daily sending limit'), 'a');
    assert.equal(explained(list, 'limit, daily'), undefined);
    assert.equal(explained(list, '* NO [ALERT] (x.y)'), 'a');
    assert.equal(explained(list, '* NO [ALERT] (xay)'), undefined);
  });

  test('is also found where the server breaks its sentence over lines with their codes', () => {
    const list = [entry({ id: 'a', pattern: 'username and password not accepted' })];
    assert.equal(explained(list, '535-5.7.8 Username and\r\n535 5.7.8 Password  not accepted'), 'a');
  });
});

describe('an entry', () => {
  const list = [
    entry({ id: 'theirs', pattern: 'failed', providers: ['mail.example'] }),
    entry({ id: 'by-imap', pattern: 'failed', protocols: ['imap'] }),
    entry({ id: 'everybody', pattern: 'failed' }),
    entry({ id: 'theirs-alone', pattern: 'mxe-77', providers: ['mail.example'] }),
  ];

  test('of a provider is for its servers', () => {
    assert.equal(explained(list, 'failed', { provider: 'mail.example' }), 'theirs');
    assert.equal(explained(list, 'failed', { provider: 'other.example' }), 'by-imap');
    assert.equal(explained(list, 'mxe-77', { provider: 'other.example' }), undefined);
  });

  test('of a protocol is for that protocol', () => {
    assert.equal(explained(list, 'failed', { provider: 'other.example', protocol: 'smtp' }), 'everybody');
  });

  test('of a provider is the last resort where the provider is not known', () => {
    assert.equal(explained(list, 'failed', { protocol: 'smtp' }), 'everybody');
    assert.equal(explained(list, 'mxe-77'), 'theirs-alone');
  });
});
