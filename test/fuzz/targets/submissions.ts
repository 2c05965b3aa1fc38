/** Submissions in JSON, as strangers send them. */
import assert from 'node:assert/strict';
import { readDraft, readXmlDraft } from '../../../src/submit/draft/draft.ts';
import { readJson } from '../../../src/submit/draft/json.ts';
import { textFault } from '../../../src/submit/draft/text.ts';
import { record } from '../../records.ts';
import { assertHarmless } from '../holds.ts';
import type { Target } from '../target.ts';

const served = record({ id: 'post.example' });

export const submissions: Target = {
  name: 'submissions',
  holds:
    'a draft is plain texts in the shape of a record and reads back as itself; else every mistake has a place and two sentences',
  form: 'json',
  most: 65 * 1024,
  seeds: () => [
    JSON.stringify({
      kind: 'new',
      record: record({ id: 'new.example' }),
      reason: 'It is new.\nSee https://new.example/',
    }),
    JSON.stringify({ record: { ...served, name: 'Another' }, contact: 'max@post.example', language: 'de' }),
    JSON.stringify({ kind: 'report', id: 'post.example', reason: 'The port is wrong.' }),
    JSON.stringify({ kind: 'remove', id: 'post.example', reason: 'It ends.' }),
    '{"record":{"domains":["a.example"],"incoming":[{"protocol":"imap","host":"imap.a.example"}],"outgoing":[]}}',
  ],
  words: [
    '"kind"',
    '"record"',
    '"__proto__":',
    '"constructor":',
    '"domains"',
    '\\u0000',
    '\\ud800',
    '1e400',
    '"id"',
    '"mx"',
    '"hint"',
    '{"en":"a"}',
  ],
  run(input) {
    const json = readJson(input);
    if ('value' in json) assert.ok(!Object.keys(Object(json.value)).includes('__proto__'));
    const read = readDraft(input, (id) => (id === served.id ? served : undefined));
    const asXml = readXmlDraft(input, { id: 'a.example' }, () => undefined);
    for (const result of [read, asXml]) {
      if ('mistakes' in result) {
        assert.ok(result.mistakes.length > 0);
        for (const { at, says } of result.mistakes) {
          assertHarmless(at, 'a place');
          assertHarmless(says.en, 'a mistake');
          assertHarmless(says.de, 'a mistake');
          assert.ok(says.en !== '' && says.de !== '');
        }
        continue;
      }
      const { draft, contact } = result;
      assert.equal(textFault(draft.reason, { lines: true }), undefined);
      if (contact !== undefined) assert.match(contact, /^[^\s<>",;:\p{C}]+@[a-z0-9.-]+$/u);
      const { kind, id, reason, language } = draft;
      const again = readDraft(JSON.stringify({ kind, id, record: draft.record, reason, language }), (asked) =>
        kind === 'new' ? undefined : asked === id ? served : undefined,
      );
      if (draft.record === undefined || id === served.id || kind === 'new')
        assert.deepEqual('draft' in again ? again.draft : again, draft, 'a draft reads back as itself');
    }
    return read;
  },
};
