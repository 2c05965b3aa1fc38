import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compileAtlas } from '../atlas/atlas.ts';
import { writeText } from '../catalog/files.ts';
import { draftText } from '../catalog/format.ts';
import { nodeDiscoverer } from '../discover/discover-node.ts';
import { draftOf } from '../discover/draft.ts';
import { type Attempt, type Discovery, type Finding, uncertainCodes } from '../discover/model.ts';
import { mechanismNames, printable, sayAttempt, sayTrust } from '../discover/sentences.ts';
import { type Lookup, lookup } from '../lookup/ladder.ts';
import { sayMiss } from '../lookup/miss.ts';
import type { Server } from '../provider/model.ts';
import type { Language } from '../provider/phrases.ts';
import { localCurated } from './local-atlas.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, jsonOption, language } from './options.ts';
import { Complaint, exit, note, out, outJson, paint, table } from './say.ts';
import { serverWords } from './server-words.ts';
import { readWebOptions, sendOption, sendUsage, typedAddress, webOptions, webUsage } from './web-options.ts';

const usage = `usage: mailatlas discover DOMAIN|ADDRESS [--draft FILE] [options]

Asks a domain itself for its mail settings, in every way the standards know: autoconfig, PACC, SRV, Autodiscover and a TXT
record; and says where each answer comes from and what vouches for it. Of an address only the domain is used: servers that
must be told an address are told a placeholder.

  --draft FILE            write what was found as a draft of a record; a file that exists is left alone
${sendUsage}${webUsage('everything')}  --data DIR              the data directory, for what the atlas says (default: the shipped data)
  --json                  everything for programs, every question included

Exit code 0: something was found. 1: nothing. 3: nothing, and most questions had no answer.

example:
  mailatlas discover fastmail.com
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...webOptions,
      ...dataOption,
      ...jsonOption,
      draft: { type: 'string' },
      ...sendOption,
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const { local, domain } = typedAddress(positionals, values['send-address'], 'discover');
    const discoverer = nodeDiscoverer(readWebOptions(values, 'discover'));
    if (values.draft !== undefined && existsSync(values.draft))
      throw new Complaint(`${values.draft} exists and was left as it is`, { tip: 'name another file' });
    const atlas = compileAtlas(await localCurated(dataDir(values.data)));
    const discovery = await discoverer.discover(domain, values['send-address'] ? `${local}@${domain}` : undefined);
    // The MX is known already: the ladder is not to ask again.
    const ours = await lookup(atlas, domain, { mx: () => Promise.resolve(discovery.mx) });
    if (values.json) outJson({ ...discovery, atlas: atlasJson(ours) });
    else say(discovery, ours, language());
    if (values.draft !== undefined) writeDraft(discovery, values.draft);
    return exitCode(discovery);
  },
};

function exitCode({ findings, attempts }: Discovery): number {
  if (findings.length > 0) return exit.yes;
  const unknown = attempts.filter(({ code }) => uncertainCodes.has(code)).length;
  return unknown * 2 > attempts.length ? exit.fault : exit.no;
}

function writeDraft(discovery: Discovery, file: string): void {
  const draft = draftOf(discovery);
  if (!draft) {
    note(`nothing was found, and ${file} was not written`);
    return;
  }
  writeText(file, draftText(draft));
  note(`${file} is a draft; mailatlas lint ${file} says what it lacks`);
}

function atlasJson(ours: Lookup) {
  if ('miss' in ours) return { miss: ours.miss.reason };
  const { provider, matchedBy, trust } = ours.answer;
  return { provider: provider.id, matchedBy, trust };
}

const words = {
  en: {
    ...serverWords.en,
    service: 'service',
    nothing: (domain: string) => `${domain} publishes no mail settings that could be found.`,
    asked: 'Asked in vain:',
    atlas: 'The atlas:',
    mx: 'Mail goes to:',
    noMail: 'Mail goes to: nobody, says the domain itself (null MX)',
    told: (address: string) => `servers that need an address were told ${address}`,
  },
  de: {
    ...serverWords.de,
    service: 'Dienst',
    nothing: (domain: string) => `${domain} veröffentlicht keine Mail-Einstellungen, die zu finden wären.`,
    asked: 'Vergeblich gefragt:',
    atlas: 'Der Atlas:',
    mx: 'Post geht an:',
    noMail: 'Post geht an: niemanden, sagt die Domain selbst (Null-MX)',
    told: (address: string) => `Servern, die eine Adresse brauchen, wurde ${address} genannt`,
  },
};

function say(discovery: Discovery, ours: Lookup, lang: Language): void {
  const { domain, findings, attempts, mx, told } = discovery;
  const labels = words[lang];
  if (findings.length === 0) out(labels.nothing(domain));
  for (const finding of findings) out(sayFinding(finding, lang));
  if (mx.kind === 'hosts') out(`${labels.mx} ${mx.hosts.map(({ host }) => host).join(' ')}`);
  if (mx.kind === 'null') out(labels.noMail);
  out(`${labels.atlas} ${sayOurs(ours, lang)}`);
  const vain = attempts.filter(({ code }) => code !== 'found');
  if (vain.length > 0) out([labels.asked, ...sayVain(vain, lang)].join('\n'));
  if (told !== undefined) note(labels.told(told));
}

/** What is not there takes one line for all. */
function sayVain(attempts: readonly Attempt[], lang: Language): string[] {
  const absent = attempts.filter(({ code }) => code === 'no-host');
  const hosts = [...new Set(absent.map(({ asked }) => new URL(asked).hostname))].join(', ');
  const [first] = absent;
  const others = attempts.filter(({ code }) => code !== 'no-host').map((one) => `  ${sayAttempt(one, lang)}`);
  return [...new Set(others), ...(first ? [`  ${sayAttempt({ ...first, asked: hosts }, lang)}`] : [])];
}

function sayFinding({ mechanism, where, trust, record, remarks }: Finding, lang: Language): string {
  const labels = words[lang];
  const row = (what: string, server: Server): string[] => [
    `  ${what}`,
    server.protocol.toUpperCase(),
    server.host ?? '',
    String(server.port),
    labels.security[server.security],
    server.username,
    server.auth.join(', '),
  ];
  const rows = [
    ...record.incoming.map((server) => row(labels.incoming, server)),
    ...record.outgoing.map((server) => row(labels.outgoing, server)),
  ];
  const services = (record.services ?? []).map(({ protocol, url, host, port }) => [
    `  ${labels.service}`,
    protocol,
    url ?? `${host}:${port}`,
  ]);
  const lines = [
    `${paint('bold', mechanismNames[mechanism])}  ${where}`,
    `  ${paint(trust.level === 'tls' ? 'green' : 'yellow', sayTrust(trust, lang))}`,
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(services.length > 0 ? [table(services)] : []),
    ...remarks.map((remark) => paint('dim', `  ${printable(`${remark.where}: ${remark.says}`)}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function sayOurs(ours: Lookup, lang: Language): string {
  if ('miss' in ours) return sayMiss(ours.miss, lang);
  const { provider, mx } = ours.answer;
  return mx === undefined ? `${provider.name} (${provider.id})` : `${provider.name} (${provider.id}, MX ${mx})`;
}
