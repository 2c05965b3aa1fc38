/** provider-db's files: Markdown with YAML of all kinds in front. */
import assert from 'node:assert/strict';
import { importFile } from '../../../src/catalog/import.ts';
import type { Target } from '../target.ts';
import { checkDraft } from './xml.ts';

export const frontMatter: Target = {
  name: 'front-matter',
  holds: 'front matter becomes a draft, or a problem with a sentence; aliases do not make much out of little',
  form: 'lines',
  seeds: () => [
    '---\nname: A\nstatus: OK\ndomains:\n  - a.example\nserver:\n  - type: imap\n    socket: ssl\n    hostname: imap.a.example\n    port: 993\n  - type: smtp\n    socket: starttls\n    hostname: smtp.a.example\n    port: 587\nlast_checked: 2026-01\nwebsite: https://a.example\n---\ntext\n',
    '---\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nname: *c\nserver: {type: imap}\n---\n',
  ],
  words: [
    '---',
    '&a',
    '*a',
    '!!map',
    '<<: *a',
    '? ',
    '|',
    '>-',
    '{',
    '[',
    '- ',
    ': ',
    'server:',
    'before_login_hint: x',
  ],
  run(input) {
    const imported = importFile({ file: 'a.md', text: input }, { url: 'https://host.invalid/' });
    if ('draft' in imported) checkDraft(imported.draft);
    else assert.equal(typeof imported.problem, 'string');
    return 'draft' in imported ? imported.draft : undefined;
  },
};
