/**
 * Autoconfig XML: version 1.1 as Thunderbird's ISPDB serves it, which nearly every mail client reads, and version 1.2 of the
 * draft for who asks for it (sections.ts has what only it can say).
 *
 * Rules that come from deployed clients rather than from the draft:
 * - no attribute on an element whose text counts: Thunderbird's JXON reader loses the text (test/real/ shows it)
 * - a user name in every section, and no section with `plain` beside a secure one: Thunderbird for Android discards the
 *   whole file otherwise
 * - no namespace, no BOM, at least one `<domain>`, a host-like id: Thunderbird's readFromXML refuses the file otherwise
 * - no white space around a value: only host names are trimmed by Thunderbird
 */
import { currentOf } from '../../provider/current.ts';
import { literalDomains, withHosts } from '../../provider/hosts.ts';
import { usernameOrAddress, withLogin } from '../../provider/login.ts';
import type { Answer, Knowledge, Provider, Server } from '../../provider/model.ts';
import { pageText } from '../../provider/phrases.ts';
import { imapFirst } from '../../provider/rank.ts';
import { escapeXml } from '../escape.ts';
import { type Extensions, extensions, oauth2Block } from './sections.ts';
import { type AutoconfigVersion, socketType, widelyUnderstood } from './vocabulary.ts';

/**
 * Renders the document of an answer: of the record with all its literal domains where the domain itself is in the record,
 * with the one domain that was asked for where a wildcard or an MX led to it.
 * @param login how the address that asks signs in, where it is known: the document is for it alone then
 * @returns undefined where the record has nothing that this format can express (no access, or no usable server that may be
 * given now)
 */
export function renderAutoconfig(
  answer: Pick<Answer, 'domain' | 'provider' | 'matchedBy' | 'mx'>,
  knowledge: Knowledge,
  version: AutoconfigVersion = '1.1',
  login?: string,
): string | undefined {
  const { provider: current } = currentOf(withHosts(answer), knowledge);
  const provider = login === undefined ? current : withLogin(current, login);
  const more: Extensions = version === '1.2' ? extensions(provider) : { mail: [], document: [] };
  const incoming = servers(provider.incoming);
  const outgoing = servers(provider.outgoing);
  // Thunderbird needs one of each, or the file is refused; JMAP and the like send mail themselves (draft section 4.2).
  if ((incoming.length === 0 || outgoing.length === 0) && more.mail.length === 0) return undefined;
  const domains = answer.matchedBy === 'domain' ? literalDomains(answer.provider) : [answer.domain];
  const sections = [
    ...incoming.flatMap((server) => section('incomingServer', server)),
    ...more.mail,
    ...outgoing.flatMap((server) => section('outgoingServer', server)),
  ];
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<clientConfig version="${version}">`,
    `  <emailProvider id="${escapeXml(provider.id)}">`,
    ...domains.map((domain) => `    <domain>${escapeXml(domain)}</domain>`),
    `    <displayName>${escapeXml(provider.name)}</displayName>`,
    `    <displayShortName>${escapeXml(provider.short)}</displayShortName>`,
    ...sections,
    ...documentation(provider, version),
    '  </emailProvider>',
    ...more.document,
    ...(version === '1.2' ? oauth2Block(provider, [...incoming, ...outgoing]) : []),
    '</clientConfig>',
    '',
  ];
  return lines.join('\n');
}

/** Sections that every client can read, IMAP first (Geary takes the first); plaintext only where there is nothing else. */
function servers<S extends Server>(all: readonly S[]): S[] {
  const usable = all.filter(({ auth }) => auth.some((method) => widelyUnderstood.has(method)));
  const secure = usable.filter(({ security }) => security !== 'none');
  return imapFirst(secure.length > 0 ? secure : usable);
}

function section(element: 'incomingServer' | 'outgoingServer', server: Server): string[] {
  return [
    `    <${element} type="${server.protocol}">`,
    `      <hostname>${escapeXml(server.host)}</hostname>`,
    `      <port>${server.port}</port>`,
    `      <socketType>${socketType[server.security]}</socketType>`,
    ...server.auth.map((method) => `      <authentication>${method}</authentication>`),
    `      <username>${escapeXml(usernameOrAddress(server.username))}</username>`,
    `    </${element}>`,
  ];
}

/** Pages of the provider. Every attribute-only element is safe: nobody reads a text from it. */
function documentation({ documentation: pages = [] }: Pick<Provider, 'documentation'>, version: AutoconfigVersion) {
  return pages.flatMap(({ url, lang, about }) => {
    const link = `<documentation url="${escapeXml(url)}"`;
    if (version === '1.1') return [`    ${link}/>`];
    // The language of the page first: who reads one description only learns which page is in it.
    const languages = lang === 'de' ? (['de', 'en'] as const) : (['en', 'de'] as const);
    const descriptions = languages.map((language) => `<descr lang="${language}">${pageText(about, language)}</descr>`);
    return [`    ${link}>`, ...descriptions.map((line) => `      ${line}`), '    </documentation>'];
  });
}
