import { parseArgs } from 'node:util';
import { compileAtlas } from '../atlas/atlas.ts';
import { type Client, type ClientName, type ClientServer, clientNames } from '../discover/clients/model.ts';
import { sayDifference, sayReplayed, unsureSentences, verdictSentences } from '../discover/clients/sentences.ts';
import type { ClientReplay, Simulation } from '../discover/clients/simulate.ts';
import { nodeSimulator } from '../discover/clients/simulate-node.ts';
import { clients } from '../discover/clients/table.ts';
import type { Verdict } from '../discover/clients/verdict.ts';
import { uncertainCodes } from '../discover/model.ts';
import { printable } from '../discover/sentences.ts';
import { nothingKnown } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import { localCurated } from './local-atlas.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, jsonOption, language, serverUrlOf, withoutSlash } from './options.ts';
import { exit, misuse, note, out, outJson, paint, table } from './say.ts';
import { serverWords } from './server-words.ts';
import { readWebOptions, sendOption, sendUsage, typedAddress, webOptions, webUsage } from './web-options.ts';

const usage = `usage: mailatlas simulate DOMAIN|ADDRESS [--client NAME]… [options]

Replays what mail clients do with a domain: which places each asks and in which order, what it makes of the answers, and
what it ends with; with our atlas in the place of the central database (ISPDB). Says whether that is what our record means.
Nothing is tried out: no mail server is asked. Of an address only the domain is used, and servers are told a placeholder.

  --client NAME           this client, step by step; may be given again:
                          ${clientNames.slice(0, 6).join(', ')},
                          ${clientNames.slice(6).join(', ')}
  --server URL            this server in the place of the central database, instead of the local data
${sendUsage}${webUsage('everything')}  --data DIR              the data directory (default: the shipped data)
  --json                  everything for programs, every step of every client included

Exit code 0: no client ends elsewhere than our record means. 1: one does, or none ends with anything. 3: nothing was found,
and most questions had no answer.

example:
  mailatlas simulate gmx.de --client thunderbird
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...webOptions,
      ...dataOption,
      ...jsonOption,
      client: { type: 'string', multiple: true },
      server: { type: 'string' },
      ...sendOption,
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const { local, domain } = typedAddress(positionals, values['send-address'], 'simulate');
    const only = values.client?.map(readClient);
    const server = values.server === undefined ? undefined : readServer(values.server);
    const simulator = nodeSimulator({ ...readWebOptions(values, 'simulate'), ...(server !== undefined && { server }) });
    const index = compileAtlas(await localCurated(dataDir(values.data)));
    const simulation = await simulator.simulate(
      domain,
      { index, knowledgeOf: () => nothingKnown },
      {
        ...(values['send-address'] && local !== undefined && { local }),
        ...(only && { only }),
      },
    );
    if (values.json) outJson(simulation);
    else say(simulation, only !== undefined, language());
    return exitCode(simulation);
  },
};

function readClient(name: string): ClientName {
  const known = clientNames.find((one) => one === name);
  if (known === undefined)
    throw misuse(`there is no client “${name}”; there are ${clientNames.join(', ')}`, 'simulate');
  return known;
}

/** Without the slash at its end. */
function readServer(text: string): string {
  const url = serverUrlOf(text);
  if (!url) throw misuse('--server takes a URL, such as https://atlas.example.com', 'simulate');
  return withoutSlash(url);
}

const elsewhere: ReadonlySet<Verdict> = new Set(['differs', 'not-meant']);

function exitCode({ clients: replays }: Simulation): number {
  if (replays.some(({ verdict }) => elsewhere.has(verdict))) return exit.no;
  if (replays.some(({ settings, verdict }) => settings !== undefined || verdict === 'nothing-meant')) return exit.yes;
  const questions = replays
    .flatMap(({ steps }) => steps)
    .filter(({ kind, code }) => kind !== 'ispdb' && code !== 'not-replayed' && code !== 'not-needed');
  const unanswered = questions.filter(({ code }) => (uncertainCodes as ReadonlySet<string>).has(code)).length;
  return unanswered > 0 && unanswered * 2 >= questions.length ? exit.fault : exit.no;
}

const words = {
  en: {
    ...serverWords.en,
    record: (id: string | undefined) => (id === undefined ? 'We have no record of this domain.' : `Our record: ${id}`),
    by: 'by',
    but: 'but',
    read: 'its rules were read in',
    told: (address: string) => `servers that clients tell the address were told ${address}`,
  },
  de: {
    ...serverWords.de,
    record: (id: string | undefined) =>
      id === undefined ? 'Wir haben keinen Eintrag zu dieser Domain.' : `Unser Eintrag: ${id}`,
    by: 'durch',
    but: 'aber',
    read: 'seine Regeln standen in',
    told: (address: string) => `Servern, denen Clients die Adresse nennen, wurde ${address} genannt`,
  },
} as const;

function say(simulation: Simulation, stepByStep: boolean, lang: Language): void {
  const { record, told, address } = simulation;
  out(words[lang].record(record));
  for (const replay of simulation.clients) {
    const client = clients.find(({ name }) => name === replay.client);
    if (client) out(sayClient(client, replay, stepByStep, lang));
  }
  if (told) note(words[lang].told(address));
}

function sayClient(client: Client, replay: ClientReplay, stepByStep: boolean, lang: Language): string {
  const { verdict, differences, steps, by, settings, unsure } = replay;
  const labels = words[lang];
  const colour = elsewhere.has(verdict)
    ? 'red'
    : verdict === 'as-meant' || verdict === 'nothing-meant'
      ? 'green'
      : 'yellow';
  const [incoming] = settings?.incoming ?? [];
  const [outgoing] = settings?.outgoing ?? [];
  const row = (what: string, { protocol, host, port, security, username, auth }: ClientServer) => [
    `  ${what}`,
    protocol.toUpperCase(),
    printable(host),
    String(port),
    labels.security[security],
    printable(username),
    auth?.join(', ') ?? '',
  ];
  const servers = [
    ...(incoming ? [row(labels.incoming, incoming)] : []),
    ...(outgoing ? [row(labels.outgoing, outgoing)] : []),
  ];
  const decided = by === undefined ? undefined : steps[by];
  const asked = steps.filter(({ code }) => code !== 'not-needed');
  return [
    `${paint('bold', client.title)} ${paint(colour, verdictSentences[verdict][lang])}`,
    ...(servers.length > 0 ? [table(servers)] : []),
    ...differences.map((difference) => `  ${sayDifference(difference, lang)}`),
    ...(decided && !stepByStep ? [`  ${labels.by} ${sayReplayed(decided, lang)}`] : []),
    ...(stepByStep ? asked.map((step, i) => `  ${i + 1}. ${sayReplayed(step, lang)}`) : []),
    ...unsure.map((one) => paint('dim', `  ${labels.but}: ${unsureSentences[one][lang]}`)),
    ...(stepByStep ? client.sources.map((source) => paint('dim', `  ${labels.read} ${saySource(source)}`)) : []),
    '',
  ].join('\n');
}

function saySource({ where, what, revision }: Client['sources'][number]): string {
  return `${where}${revision === undefined ? '' : `@${revision}`}: ${what}`;
}
