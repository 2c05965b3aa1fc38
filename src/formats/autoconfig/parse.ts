/**
 * Autoconfig XML read into a draft: version 1.2 of the draft, version 1.1 as the ISPDB serves it, and what older files
 * carry (`enable`, `instruction`, `webMail`, `plain` and `secure`, misplaced elements). Nothing is dropped in silence:
 * every element that does not end in the draft is in the remarks.
 */
import { domainOrUndefined } from '../../name/domain.ts';
import type { Auth, Provider, Server, Service, SetupStep } from '../../provider/model.ts';
import {
  type Draft,
  importHost,
  importLine,
  importPort,
  importUrl,
  importUsername,
  importWord,
  Remarks,
  sourceKey,
} from '../draft.ts';
import { childrenOf, type Element, parseXml, shownTag, textOf, XmlError } from '../xml.ts';
import { authenticationRead, outdatedWords, socketTypesRead, urlSections } from './vocabulary.ts';

const sources = [sourceKey];

/**
 * Reads a file. Servers keep their order; `sources` name the file itself, under {@link sourceKey}.
 * @param source what the draft gives as its source
 * @throws {XmlError} where the text is not XML, or not autoconfig XML
 */
export function parseAutoconfig(text: string, source: Provider['sources'][string]): Draft {
  const root = parseXml(text);
  if (root.name !== 'clientConfig') throw new XmlError(`the root element is ${shownTag(root)}, not <clientConfig>`);
  const [provider, ...more] = childrenOf(root, 'emailProvider');
  if (!provider) throw new XmlError('there is no <emailProvider>');
  const remarks = new Remarks();
  for (const _ of more) remarks.add('emailProvider', 'only the first one is read');

  // Some files have on the root what belongs into the provider, or the other way round: both places are read. The order is
  // free; OAuth2 is read last because it is about the servers.
  const parts = [...provider.children, ...root.children.filter(({ name }) => name !== 'emailProvider')].sort(
    (a, b) => Number(a.name === 'oAuth2') - Number(b.name === 'oAuth2'),
  );
  const domains = readDomains(parts, remarks);
  const id = readId(provider, domains, remarks);
  const incoming: Server[] = [];
  const outgoing: Server[] = [];
  const services: Service[] = [];
  const setup: SetupStep[] = [];
  const documentation: NonNullable<Provider['documentation']> = [];
  const rest: Partial<Provider> = {};

  for (const part of parts) {
    const { name, attributes, text: inner } = part;
    const type = attributes.type ?? '';
    if (name === 'domain') continue;
    const field = onceEach.get(name);
    if (field !== undefined && rest[field] !== undefined) remarks.add(pathOf(part), 'is there already; left out');
    else if (field === 'name' || field === 'short') Object.assign(rest, displayText(inner, field, name, remarks));
    else if (name === 'incomingServer' && (type === 'imap' || type === 'pop3'))
      incoming.push(...readServer(part, type, remarks));
    else if (name === 'outgoingServer' && type === 'smtp') outgoing.push(...readServer(part, type, remarks));
    else if (sectionNames.has(name)) services.push(...readService(part, remarks));
    else if (name === 'documentation') documentation.push(...readDocumentation(part, remarks));
    else if (name === 'enable') setup.push(...readEnable(part, remarks));
    else if (name === 'webMail') Object.assign(rest, readWebmail(part, remarks));
    else if (name === 'oAuth2') Object.assign(rest, readOAuth2(part, [...incoming, ...outgoing, ...services], remarks));
    else remarks.add(pathOf(part), 'is not understood; left out');
  }
  return {
    record: {
      id,
      ...rest,
      domains,
      incoming: incoming as Provider['incoming'],
      outgoing: outgoing as Provider['outgoing'],
      ...(services.length > 0 && { services }),
      ...(setup.length > 0 && { setup }),
      ...(documentation.length > 0 && { documentation }),
      sources: { [sourceKey]: source },
    },
    remarks: remarks.list,
  };
}

/** Elements of which a record holds one, and where: the first that can be read is taken. */
const onceEach: ReadonlyMap<string, 'name' | 'short' | 'webmail' | 'oauth2'> = new Map([
  ['displayName', 'name'],
  ['displayShortName', 'short'],
  ['displayNameShort', 'short'],
  ['webMail', 'webmail'],
  ['oAuth2', 'oauth2'],
]);

const sectionNames: ReadonlySet<string> = new Set([
  'incomingServer',
  'calendar',
  'addressbook',
  'addressBook',
  'fileShare',
  'setupServer',
]);

/** Domains in our form, sorted. `purpose="mx"` names MX hosts, which a record keeps as patterns: a curator's business. */
function readDomains(parts: readonly Element[], remarks: Remarks): string[] {
  const domains = parts.flatMap(({ name, text, attributes }) => {
    if (name !== 'domain') return [];
    if (attributes.purpose === 'mx') {
      remarks.add('domain', `${text} is a domain of MX hosts: see “mx”; left out`);
      return [];
    }
    return importHost(text, 'domain', remarks) ?? [];
  });
  return [...new Set(domains)].sort();
}

function readId(provider: Element, domains: readonly string[], remarks: Remarks): string {
  const given = provider.attributes.id ?? '';
  const id = domainOrUndefined(given);
  if (id !== undefined && (domains.length === 0 || domains.includes(id))) return id;
  const [main = id] = domains;
  if (main === undefined) throw new XmlError('there is neither a domain nor a usable id');
  remarks.add('emailProvider@id', `“${given}” is none of the domains; ${main} was taken`);
  return main;
}

function displayText(text: string, field: 'name' | 'short', where: string, remarks: Remarks): Partial<Provider> {
  const line = importLine(text, { name: 60, short: 20 }[field], where, remarks);
  if (line?.includes('%EMAIL')) remarks.add(where, `“${line}” is a template: write the provider's name`);
  return line === undefined ? {} : { [field]: line };
}

function readServer<P extends Server['protocol'] | 'managesieve'>(section: Element, protocol: P, remarks: Remarks) {
  const where = pathOf(section);
  const host = importHost(textOf(section, 'hostname'), `${where}/hostname`, remarks);
  const port = importPort(textOf(section, 'port'), `${where}/port`, remarks);
  const security = importWord(socketTypesRead, textOf(section, 'socketType'), `${where}/socketType`, remarks);
  const username = importUsername(textOf(section, 'username') || '%EMAILADDRESS%', `${where}/username`, remarks);
  const auth = readAuthentication(section, where, remarks);
  remarkOthers(section, ['hostname', 'port', 'socketType', 'username', 'authentication'], where, remarks);
  if (
    host === undefined ||
    port === undefined ||
    security === undefined ||
    username === undefined ||
    auth.length === 0
  ) {
    remarks.add(where, 'is incomplete; left out');
    return [];
  }
  return [{ protocol, host, port, security, username, auth, sources }];
}

const repeatable: ReadonlySet<string> = new Set(['authentication', 'descr', 'instruction']);

/** Nothing is dropped in silence. Of what stands in a section twice, the first counts, as in Thunderbird. */
function remarkOthers(section: Element, understood: readonly string[], where: string, remarks: Remarks): void {
  const seen = new Set<string>();
  for (const { name } of section.children) {
    if (!understood.includes(name)) remarks.add(`${where}/${name}`, 'is not understood; left out');
    else if (seen.has(name) && !repeatable.has(name)) remarks.add(`${where}/${name}`, 'is there already; left out');
    seen.add(name);
  }
}

function readAuthentication(section: Element, where: string, remarks: Remarks): Auth[] {
  const words = childrenOf(section, 'authentication').flatMap(({ text, attributes }) => {
    const place = `${where}/authentication`;
    if (attributes.system === 'sasl') {
      remarks.add(place, `the SASL mechanism ${text} has no word of its own; left out`);
      return [];
    }
    const word = importWord(authenticationRead, text, place, remarks);
    if (word !== undefined && outdatedWords.has(text.toLowerCase()))
      remarks.add(place, `“${text}” was read as ${word}`);
    return word ?? [];
  });
  return [...new Set(words)];
}

function readService(section: Element, remarks: Remarks): Service[] {
  const where = pathOf(section);
  const type = section.attributes.type ?? '';
  if (type === 'managesieve') return readServer(section, type, remarks);
  if (type === 'exchange') return readExchange(section, remarks);
  const protocol = importWord(urlSections, type, where, remarks);
  if (protocol === undefined) return [];
  // The draft’s element, or that of version 1.1.
  const address = textOf(section, 'url') === '' && textOf(section, 'serverURL') !== '' ? 'serverURL' : 'url';
  const url = importUrl(textOf(section, address), `${where}/${address}`, remarks);
  const username = importUsername(textOf(section, 'username') || '%EMAILADDRESS%', `${where}/username`, remarks);
  const auth = readAuthentication(section, where, remarks);
  remarkOthers(section, [address, 'username', 'authentication'], where, remarks);
  if (url === undefined || username === undefined || auth.length === 0) {
    remarks.add(where, 'is incomplete; left out');
    return [];
  }
  return [{ protocol, url, username, auth, sources }];
}

/** Thunderbird's own section for Exchange: two addresses in one, of services that we keep apart. */
function readExchange(section: Element, remarks: Remarks): Service[] {
  const where = pathOf(section);
  const username = importUsername(textOf(section, 'username') || '%EMAILADDRESS%', `${where}/username`, remarks);
  const auth = readAuthentication(section, where, remarks);
  const addresses = {
    ews: textOf(section, 'ewsURL') === '' ? 'exchangeURL' : 'ewsURL',
    activeSync: 'easURL',
  } as const;
  const place = ['hostname', 'port', 'socketType'];
  remarkOthers(
    section,
    [...Object.values(addresses), ...place, 'owaURL', 'username', 'authentication'],
    where,
    remarks,
  );
  for (const name of place)
    if (textOf(section, name) !== '') remarks.add(`${where}/${name}`, 'is in the URLs; left out');
  if (textOf(section, 'owaURL') !== '') remarks.add(`${where}/owaURL`, 'is the webmail: see “webmail”; left out');
  const services = (['ews', 'activeSync'] as const).flatMap((protocol) => {
    const given = textOf(section, addresses[protocol]);
    const url = given === '' ? undefined : importUrl(given, `${where}/${addresses[protocol]}`, remarks);
    if (url === undefined || username === undefined || auth.length === 0) return [];
    return [{ protocol, url, username, auth, sources }];
  });
  if (services.length === 0) remarks.add(where, 'is incomplete; left out');
  return services;
}

function readDocumentation(page: Element, remarks: Remarks): NonNullable<Provider['documentation']> {
  const url = importUrl(page.attributes.url ?? '', 'documentation@url', remarks);
  const [descr] = childrenOf(page, 'descr');
  if (descr) remarks.add('documentation/descr', 'is somebody’s text; only the language of the first is kept');
  remarkOthers(page, ['descr'], 'documentation', remarks);
  const lang = /^[a-z]{2}/.exec((descr?.attributes.lang ?? '').toLowerCase())?.[0] ?? 'en';
  return url === undefined ? [] : [{ url, lang, about: 'settings' }];
}

/** `enable visiturl=` says where access must be switched on; its sentences are the file's, not ours. */
function readEnable(enable: Element, remarks: Remarks): SetupStep[] {
  if (childrenOf(enable, 'instruction').length > 0) remarks.add('enable/instruction', 'is somebody’s text; left out');
  remarkOthers(enable, ['instruction'], 'enable', remarks);
  const url = importUrl(enable.attributes.visiturl ?? enable.attributes.visitURL ?? '', 'enable@visiturl', remarks);
  return url === undefined ? [] : [{ kind: 'enable-access', when: 'always', url, sources }];
}

function readWebmail(webmail: Element, remarks: Remarks): Partial<Provider> {
  if (childrenOf(webmail, 'loginPageInfo').length > 0) remarks.add('webMail/loginPageInfo', 'is not kept; left out');
  remarkOthers(webmail, ['loginPage', 'loginPageInfo'], 'webMail', remarks);
  const url = importUrl(childrenOf(webmail, 'loginPage')[0]?.attributes.url ?? '', 'webMail/loginPage@url', remarks);
  return url === undefined ? {} : { webmail: url };
}

/** One scope for all services in the file; a record names it for each protocol that signs in with OAuth2. */
function readOAuth2(block: Element, servers: readonly (Server | Service)[], remarks: Remarks): Partial<Provider> {
  for (const name of ['clientID', 'clientSecret'])
    if (childrenOf(block, name).length > 0) remarks.add(`oAuth2/${name}`, 'is never kept; left out');
  const understood = ['authURL', 'tokenURL', 'issuer', 'scope', 'clientID', 'clientSecret'];
  remarkOthers(block, understood, 'oAuth2', remarks);
  const authorization = importUrl(textOf(block, 'authURL'), 'oAuth2/authURL', remarks);
  const token = importUrl(textOf(block, 'tokenURL'), 'oAuth2/tokenURL', remarks);
  const bare = textOf(block, 'issuer');
  const issuer = importUrl(bare === '' || bare.includes(':') ? bare : `https://${bare}`, 'oAuth2/issuer', remarks);
  if (authorization === undefined || token === undefined || issuer === undefined) {
    remarks.add('oAuth2', 'is incomplete; left out');
    return {};
  }
  const signingIn = servers.filter(({ auth }) => auth.includes('OAuth2')).map(({ protocol }) => protocol);
  const words = textOf(block, 'scope').split(/\s+/);
  const scope = words.filter((word) => word !== 'offline_access').join(' ');
  const usable = scope !== '' && scope.length <= 300;
  if (!usable) remarks.add('oAuth2/scope', scope === '' ? 'is empty' : 'is longer than 300 characters; left out');
  const scopes = Object.fromEntries(usable ? [...new Set(signingIn)].map((protocol) => [protocol, scope]) : []);
  const offline = words.includes('offline_access') ? { offline: 'offline_access' } : {};
  return {
    oauth2: {
      issuer,
      authorization,
      token,
      scopes: { ...scopes, ...offline },
      sources,
    },
  };
}

function pathOf({ name, attributes }: Element): string {
  return attributes.type === undefined ? name : `${name}[${attributes.type}]`;
}
