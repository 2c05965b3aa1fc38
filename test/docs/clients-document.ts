/**
 * Writes docs/clients.md from what the simulation and its tests know: `node test/docs/clients-document.ts`.
 * clients.test.ts holds it fresh.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Client, Step } from '../../src/discover/clients/model.ts';
import { sayStep } from '../../src/discover/clients/sentences.ts';
import { clients } from '../../src/discover/clients/table.ts';
import { knownDifferences } from '../discover/clients/differences.ts';
import { formats } from '../discover/clients/documents.ts';

export const clientsDocument = fileURLToPath(new URL('../../docs/clients.md', import.meta.url));

const of: Readonly<Record<string, string>> = {
  domain: '',
  'mx-parent': ', for the MX host without its first label',
  'mx-base': ', for the registrable domain of the MX host',
  'mx-each': ', for the MX host and the names above it',
};

function sayRoute(step: Step): string {
  const what =
    step.kind === 'ispdb'
      ? 'the central database (ISPDB), in whose place our `/v1.1/{domain}` stands'
      : sayStep(step.kind, 'en');
  const subject = 'of' in step ? (of[step.of] ?? '') : '';
  if ('url' in step) return `${what}: ${'method' in step ? `${step.method} ` : ''}\`${step.url}\`${subject}`;
  if (step.kind === 'srv') return `${what}: ${step.labels.map((label) => `\`${label}\``).join(', ')}${subject}`;
  const isReplayed = step.kind !== 'own-list' && step.kind !== 'guess';
  return `${what}${subject}${isReplayed ? '' : ' (not replayed)'}`;
}

/** Nobody can read their sources. */
const closed: ReadonlySet<string> = new Set(['outlook', 'apple-mail']);

/** What our tests prove of a client. */
function proofs(client: Client): string[] {
  const read = formats.filter((format) => client[format] !== undefined);
  const real: Readonly<Partial<Record<string, string>>> = {
    thunderbird: 'the real Thunderbird from Debian: `test/real/thunderbird.test.ts`, `test/real/clients.test.ts`',
    'delta-chat': 'the real core of Delta Chat from npm: `test/real/delta-chat.test.ts`',
  };
  const run = real[client.name];
  return [
    `every open record as ${read.join(' and as ')}: \`test/discover/clients/records.test.ts\``,
    `${closed.has(client.name) ? 'what its maker documents' : 'the cases of its own parser'}: \`test/discover/clients/clients.test.ts\``,
    'its order of questions: `test/discover/clients/simulate.test.ts`',
    ...(run === undefined ? [] : [run]),
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function section(client: Client): string {
  const { title, steps, race, weight, rules, sources } = client;
  const known = knownDifferences.filter((one) => one.clients.includes(client.name));
  const order = race
    ? 'The first alone; then all others at once, and whoever answers first has it.'
    : weight
      ? 'All are asked, and ranked by scores of its own.'
      : 'The first that has something counts.';
  return [
    `## ${title}`,
    '',
    `\`mailatlas simulate DOMAIN --client ${client.name}\``,
    '',
    `**What it asks.** ${order}`,
    '',
    ...steps.map((step, i) => `${i + 1}. ${sayRoute(step)}`),
    '',
    '| what it does | what our output does about it |',
    '|---|---|',
    ...rules.map(
      ({ says, ours = '', unconfirmed }) => `| ${cell(says)}${unconfirmed ? ' (unconfirmed)' : ''} | ${cell(ours)} |`,
    ),
    '',
    ...(known.length === 0
      ? ['From our own output it always ends with what the record means.', '']
      : [
          'From our own output it ends elsewhere than the record means in these cases, and in no other:',
          '',
          ...known.map(({ format, says }) => `- ${format}: ${says}`),
          '',
        ]),
    `**Read in** ${sources.map(({ where, what, revision }) => `${where}${revision === undefined ? '' : `@${revision}`}, ${what}`).join('; ')}.`,
    '',
    `**Proved by** ${proofs(client).join('; ')}.`,
    '',
  ].join('\n');
}

const intro = `# What mail clients do

Ten clients, the places that each asks and how it reads what it gets there; what our output does about it; and what proves
that. The facts come from the sources that are named, at the revision that is named; nothing of them is copied. “Unconfirmed”
is what nobody here could read in a source: both makers whose programs are closed, and hearsay.

\`mailatlas simulate DOMAIN\` and \`GET /api/v1/simulate?domain=\` replay all of it against a real domain. The limits of a replay:

- A list that is built into a client is not ours to have: what is found in it is not replayed, and the answer says that it
  would come first.
- Nobody’s mail servers are tried out: where a client would guess, the replay ends.
- Nobody signs in: a server that wants a password before it says anything is left alone.
- XML with a document type declaration, XML that is not well-formed, and pages for people count as no answer for every
  client. So does any status but 200, also for those who do not look at it.
- Private addresses, names below a public suffix, redirects from https to http and answers of more than 256 kB are not
  followed or read, whatever the client would do.

## At a glance

`;

/** The whole document. */
export function renderClients(): string {
  const rows = clients.map((client) => {
    const has = (test: (step: Step) => boolean) => (client.steps.some(test) ? 'yes' : '');
    const ispdb = client.steps.findIndex(({ kind }) => kind === 'ispdb');
    const https = (step: Step) => 'url' in step && step.kind === 'autoconfig' && step.url.startsWith('https:');
    const http = (step: Step) => 'url' in step && step.kind === 'autoconfig' && step.url.startsWith('http:');
    return [
      `[${client.title}](#${client.title
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-')})`,
      has(https),
      has(http),
      ispdb < 0 ? '' : `as number ${ispdb + 1}`,
      has((step) => 'of' in step && step.of !== 'domain') || has(({ kind }) => kind === 'known-mx'),
      has(({ kind }) => kind === 'srv'),
      has(({ kind }) => kind.startsWith('autodiscover')),
      has(({ kind }) => kind === 'own-list'),
      has(({ kind }) => kind === 'guess'),
    ];
  });
  const head = [
    'client',
    'autoconfig',
    'autoconfig by http',
    'ISPDB',
    'MX',
    'SRV',
    'Autodiscover',
    'own list',
    'guesses',
  ];
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    intro + line(head),
    `|${head.map(() => '---|').join('')}`,
    ...rows.map(line),
    '',
    ...clients.map(section),
  ].join('\n');
}

if (import.meta.main) writeFileSync(clientsDocument, renderClients());
