/** JSON that domains and other lists publish: PACC, provider-db's front matter, automx2's seeds. */
import { importFile } from '../../../src/catalog/import.ts';
import { PaccError, parsePacc } from '../../../src/formats/pacc/parse.ts';
import { filesOf, readOrRefused } from '../holds.ts';
import type { Target } from '../target.ts';
import { checkDraft } from './xml.ts';

const source = { url: 'https://host.invalid/' };

export const pacc: Target = {
  name: 'pacc',
  holds: 'a PACC document or a seed of automx2 becomes a draft of our own words, or is refused with a sentence',
  form: 'json',
  seeds: () => [
    ...filesOf('test/golden', /pacc\.json$/, 8),
    '{"provider":"A","domains":["a.example"],"servers":[{"type":"imap","name":"imap.a.example","port":993,"socketType":"SSL","authentication":"plain","userName":"%EMAILADDRESS%"},{"type":"smtp","name":"smtp.a.example","port":465}]}',
  ],
  words: ['protocols', 'imap', 'submit', 'host', 'authentication', 'info', 'provider', 'jmap', 'url'],
  run(input) {
    const draft = readOrRefused(() => parsePacc(input, 'post.example', source), PaccError, SyntaxError);
    if (draft) checkDraft(draft);
    const imported = importFile({ file: 'a.json', text: input }, source);
    if ('draft' in imported) checkDraft(imported.draft);
    return [draft, imported];
  },
};
