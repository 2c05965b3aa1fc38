import process from 'node:process';
import { parseArgs } from 'node:util';
import { compileAtlas } from '../atlas/atlas.ts';
import type { DiscovererOptions } from '../discover/discover-node.ts';
import { autoconfigVersions } from '../formats/autoconfig/vocabulary.ts';
import { paccRevision } from '../formats/pacc/vocabulary.ts';
import { type Asker, type FormatName, formats, isFormat } from '../formats/table.ts';
import { lookup, type Miss, type PublishedStep } from '../lookup/ladder.ts';
import { sayMiss } from '../lookup/miss.ts';
import { type Address, parseAddress } from '../name/address.ts';
import { parseDomain } from '../name/domain.ts';
import { currentOf } from '../provider/current.ts';
import { withHosts } from '../provider/hosts.ts';
import { fillUsername } from '../provider/login.ts';
import {
  type Answer,
  type Auth,
  type Knowledge,
  type LocalServer,
  nothingKnown,
  type Server,
} from '../provider/model.ts';
import { inLanguage, stepText } from '../provider/phrases.ts';
import { localCurated } from './local-atlas.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFileIfThere, dbOption, jsonOption, language } from './options.ts';
import { Complaint, clause, complain, exit, misuse, out, outJson, paint, table } from './say.ts';
import { serverWords } from './server-words.ts';
import { readWebOptions, webOptions } from './web-options.ts';

const usage = `usage: mailatlas lookup ADDRESS|DOMAIN [--mx] [--published] [--format FORMAT] [--version 1.1|1.2]
                        [--web HOST] [--data DIR] [--db FILE] [--resolver HOST:PORT]

Says which servers, ports, security modes and sign-in method the mail of a domain uses, from the local data. Nothing is
sent anywhere, unless --mx allows to ask DNS for the domain's mail exchangers, or --published to ask the domain itself.

  --mx                  for a domain that is not in the data: ask DNS who receives its mail
  --published           where nothing else is known: ask the domain itself (mailatlas discover says more of what it has)
  --resolver HOST:PORT  the DNS server to ask (default: the system's)
  --format FORMAT       autoconfig: XML as Thunderbird reads it; autodiscover: XML as Outlook reads it; mobileconfig: a
                        profile for Apple's devices; json: everything, with sources (--json is the same); pacc: the JSON
                        that a domain publishes about itself (${paccRevision}), byte for byte; zone:
                        DNS records that lead mail programs to the servers, for the zone of the domain
  --version 1.2         of autoconfig: the IETF draft's own, with OAuth2, calendars and the like (default: 1.1)
  --web HOST            of the zone: who serves autoconfig, Autodiscover and PACC for the domain
  --data DIR            the data directory (default: the shipped data)
  --db FILE             where it is known what fails and what is under quarantine (default: the environment's
                        MAILATLAS_DB, else mailatlas.db, where there is one)

  --ca, --allow-private, --dial, --timeout, --contact
                        with --published, as in: mailatlas discover --help

Exit code 0: there is an answer. 1: none. 2: that is no domain.

example:
  mailatlas lookup someone@t-online.de
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...dataOption,
      ...dbOption,
      ...jsonOption,
      ...webOptions,
      mx: { type: 'boolean' },
      published: { type: 'boolean' },
      format: { type: 'string' },
      version: { type: 'string' },
      web: { type: 'string' },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [typed, ...extra] = positionals;
    if (typed === undefined || extra.length > 0) throw misuse('lookup takes one address or domain', 'lookup');
    const format = values.json ? 'json' : values.format;
    if (format !== undefined && !isFormat(format)) throw misuse(`there is no format “${format}”`, 'lookup');
    const wish = wishOf(values, format);

    const address = parseAddress(typed);
    const atlas = compileAtlas(await localCurated(dataDir(values.data)));
    const resolver = values.mx
      ? (await import('../net/dns/resolver-node.ts')).nodeResolver(values.resolver)
      : undefined;
    const published = values.published ? await publishedWith(readWebOptions(values, 'lookup')) : undefined;
    const result = await lookup(atlas, address.domain, resolver, published);
    if ('miss' in result) return sayNothing(result.miss, format, values);
    return say(result.answer, format, {
      address,
      wish,
      knowledge: await knowledgeOf(values.db),
    });
  },
};

type Wish = Pick<Asker, 'version' | 'web'>;

/** @throws {Complaint} where an option does not go with the format */
function wishOf({ version, web }: { version?: string; web?: string }, format: FormatName | undefined): Wish {
  const known = autoconfigVersions.find((one) => one === version);
  if (version !== undefined && known === undefined)
    throw misuse(`there is no version “${version}”, only ${autoconfigVersions.join(' and ')}`, 'lookup');
  if (known !== undefined && format !== 'autoconfig') throw misuse('--version goes with --format autoconfig', 'lookup');
  if (web !== undefined && format !== 'zone') throw misuse('--web goes with --format zone', 'lookup');
  return { ...(known !== undefined && { version: known }), ...(web !== undefined && { web: parseDomain(web) }) };
}

/** What an answer is said with. */
interface Saying {
  readonly address: Address;
  readonly wish: Wish;
  readonly knowledge: Knowledge;
}

/** Imported only now: a lookup without it is not to pay for it. */
async function publishedWith(options: DiscovererOptions): Promise<PublishedStep> {
  const { nodeDiscoverer } = await import('../discover/discover-node.ts');
  const { publishedAnswer } = await import('../discover/published.ts');
  const discoverer = nodeDiscoverer(options);
  return async (domain) => publishedAnswer(await discoverer.discover(domain));
}

async function knowledgeOf(db: string | undefined): Promise<Knowledge> {
  const file = dbFileIfThere(db);
  if (file === undefined) return nothingKnown;
  const { readKnowledgeFile } = await import('../store/seen/knowledge-node.ts');
  return readKnowledgeFile(file, new Date().toISOString());
}

function sayNothing(miss: Miss, format: FormatName | undefined, asked: { mx?: boolean; published?: boolean }): number {
  if (format === 'json') outJson({ ...miss, says: sayMiss(miss, 'en') });
  const tip = asked.published
    ? `mailatlas discover ${miss.domain} says what was asked there, and how that ended`
    : miss.reason === 'unknown-domain' && !asked.mx
      ? 'with --mx, DNS is asked who receives its mail'
      : undefined;
  complain({ message: clause(sayMiss(miss, language())), tip });
  return exit.no;
}

function say(answer: Answer, format: FormatName | undefined, { address, wish, knowledge }: Saying): number {
  if (format === undefined) {
    out(sheet(answer, address, knowledge));
    return exit.yes;
  }
  const result = formats[format](answer, knowledge, { ...wish, local: address.local, language: language() });
  if ('says' in result) {
    // A name keeps its capital letter.
    const isName = result.says.startsWith(answer.provider.name);
    throw new Complaint(isName ? result.says.replace(/\.$/, '') : clause(result.says), { code: exit.no });
  }
  // The bytes of PACC are what its digest is of: not one more.
  if (format === 'pacc') process.stdout.write(result.text);
  else out(result.text);
  return exit.yes;
}

type AuthWords = Partial<Record<Auth, string>>;

const words = {
  en: {
    ...serverWords.en,
    local: 'bridge',
    auth: { 'password-cleartext': 'password', 'password-encrypted': 'encrypted password' } as AuthWords,
    first: 'To do first:',
    mx: 'by its mail exchanger',
    published: { tls: 'says the domain itself', dns: 'says the domain’s DNS', insecure: 'said over plain HTTP' },
    also: 'For other accounts:',
    withheld: 'Not given now, because it may belong to somebody else:',
  },
  de: {
    ...serverWords.de,
    local: 'Bridge',
    auth: { 'password-cleartext': 'Passwort', 'password-encrypted': 'verschlüsseltes Passwort' } as AuthWords,
    first: 'Zuerst zu tun:',
    mx: 'nach dem Mailserver der Domain',
    published: {
      tls: 'nach eigener Angabe der Domain',
      dns: 'nach dem DNS der Domain',
      insecure: 'über unverschlüsseltes HTTP',
    },
    also: 'Für andere Konten:',
    withheld: 'Zurzeit nicht genannt, weil es jemand anderem gehören kann:',
  },
};

/** The settings as a person wants to read them. */
function sheet(answer: Answer, address: Address, knowledge: Knowledge): string {
  const { provider, withheld } = currentOf(withHosts(answer), knowledge);
  const lang = language();
  const labels = words[lang];
  const row = (what: string, server: Server | LocalServer): string[] => [
    what,
    server.protocol.toUpperCase(),
    server.host,
    String(server.port),
    labels.security[server.security],
    user(server, address, lang),
    server.auth.map((method) => labels.auth[method] ?? method).join(', '),
  ];
  const rows = [
    ...provider.incoming.map((server) => row(labels.incoming, server)),
    ...provider.outgoing.map((server) => row(labels.outgoing, server)),
    ...(provider.local ?? []).map((server) => row(labels.local, server)),
  ];
  const steps = (provider.setup ?? []).flatMap((step) => [
    stepText(step, lang),
    ...(step.url === undefined ? [] : [`  ${step.url}`]),
  ]);
  const others = (provider.alternatives ?? []).map(
    ({ provider: id, when }) => `${id}: ${inLanguage(when, lang) ?? ''}`,
  );
  return [
    paint('bold', heading(answer, provider.name, lang)),
    inLanguage(provider.restriction?.text, lang),
    rows.length > 0 ? table(rows) : undefined,
    ...section(
      labels.withheld,
      withheld.map(({ host, since, why }) => `${host} (${since.slice(0, 10)}): ${why}`),
    ),
    ...section(labels.first, steps),
    ...section(labels.also, others),
  ]
    .filter((part) => part !== undefined)
    .join('\n');
}

/** Who it is, and how that is known where it is not by the domain. */
function heading({ mx, publication }: Answer, name: string, lang: 'en' | 'de'): string {
  const labels = words[lang];
  if (mx !== undefined) return `${name} (${labels.mx} ${mx})`;
  return publication ? `${name} (${labels.published[publication.trust]}, ${publication.where})` : name;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

function user(server: Server | LocalServer, { local, domain }: Address, lang: 'en' | 'de'): string {
  if (server.username === 'ask') return `(${inLanguage(server.hint, lang) ?? '?'})`;
  return local === undefined ? server.username : (fillUsername(server.username, { local, domain }) ?? server.username);
}
