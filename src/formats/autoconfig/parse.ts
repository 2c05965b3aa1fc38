/**
 * Autoconfig XML read into a draft: version 1.2 of the draft, version 1.1 as the ISPDB serves it, and what older files
 * carry (`enable`, `instruction`, `webMail`, `plain` and `secure`, misplaced elements). Nothing is dropped in silence:
 * every element that does not end in the draft is in the remarks.
 */
import { domainOrUndefined } from '../../name/domain.ts';
import type { Auth, Provider, Server, Service, SetupStep } from '../../provider/model.ts';
import { type Draft, importHost, importPort, importUsername, importWord, Remarks, sourceKey } from '../draft.ts';
import { childrenOf, type Element, parseXml, XmlError } from '../xml.ts';
import { authenticationRead, outdatedWords, socketTypesRead, urlSections } from './vocabulary.ts';

const sources = [sourceKey];

/**
 * Reads a file. Servers keep their order; `sources` name the file itself, under {@link sourceKey}.
 * @param source what the draft gives as its source
 * @throws {XmlError} where the text is not XML, or not autoconfig XML
 */
export function parseAutoconfig(text: string, source: Provider['sources'][string]): Draft {
  const root = parseXml(text);
  if (root.name !== 'clientConfig') throw new XmlError(`the root element is <${root.name}>, not <clientConfig>`);
  const [provider, ...more] = childrenOf(root, 'emailProvider');
  if (!provider) throw new XmlError('there is no <emailProvider>');
  const remarks = new Remarks();
  for (const _ of more) remarks.add('emailProvider', 'only the first one is read');

  // Some files have on the root what belongs into the provider, or the other way round: both places are read.
  const parts = [...provider.children, ...root.children.filter(({ name }) => name !== 'emailProvider')];
  const domains = readDomains(provider, remarks);
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
    if (name === 'displayName') rest.name = displayText(inner, 60, name, remarks);
    else if (name === 'displayShortName' || name === 'displayNameShort')
      rest.short = displayText(inner, 20, name, remarks);
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

const sectionNames: ReadonlySet<string> = new Set([
  'incomingServer',
  'calendar',
  'addressbook',
  'addressBook',
  'fileShare',
  'setupServer',
]);

/** Domains in our form, sorted. `purpose="mx"` names MX hosts, which a record keeps as patterns: a curator's business. */
function readDomains(provider: Element, remarks: Remarks): string[] {
  const domains = childrenOf(provider, 'domain').flatMap(({ text, attributes }) => {
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

function displayText(text: string, max: number, where: string, remarks: Remarks): string {
  const line = text.replace(/\s+/g, ' ');
  if (line.includes('%EMAIL')) remarks.add(where, `“${line}” is a template: write the provider's name`);
  if (line.length > max) remarks.add(where, `is longer than ${max} characters; cut`);
  return line.slice(0, max);
}

function readServer<P extends Server['protocol'] | 'managesieve'>(section: Element, protocol: P, remarks: Remarks) {
  const where = pathOf(section);
  const host = importHost(first(section, 'hostname'), `${where}/hostname`, remarks);
  const port = importPort(first(section, 'port'), `${where}/port`, remarks);
  const security = importWord(socketTypesRead, first(section, 'socketType'), `${where}/socketType`, remarks);
  const username = importUsername(first(section, 'username') || '%EMAILADDRESS%', `${where}/username`, remarks);
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

/** Nothing is dropped in silence. */
function remarkOthers(section: Element, understood: readonly string[], where: string, remarks: Remarks): void {
  for (const { name } of section.children) {
    if (!understood.includes(name)) remarks.add(`${where}/${name}`, 'is not understood; left out');
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
  const url = first(section, 'url') || first(section, 'serverURL');
  const username = importUsername(first(section, 'username') || '%EMAILADDRESS%', `${where}/username`, remarks);
  const auth = readAuthentication(section, where, remarks);
  if (protocol === undefined) return [];
  remarkOthers(section, ['url', 'serverURL', 'username', 'authentication'], where, remarks);
  if (!url.startsWith('https://') || username === undefined || auth.length === 0) {
    remarks.add(where, 'is incomplete, or has no https:// URL without placeholders; left out');
    return [];
  }
  return [{ protocol, url, username, auth, sources }];
}

/** Thunderbird's own section for Exchange: two addresses in one, of services that we keep apart. */
function readExchange(section: Element, remarks: Remarks): Service[] {
  const where = pathOf(section);
  const username = importUsername(first(section, 'username') || '%EMAILADDRESS%', `${where}/username`, remarks);
  const auth = readAuthentication(section, where, remarks);
  const addresses = {
    ews: first(section, 'ewsURL') || first(section, 'exchangeURL'),
    activeSync: first(section, 'easURL'),
  };
  const understood = [
    'hostname',
    'port',
    'socketType',
    'username',
    'authentication',
    'ewsURL',
    'exchangeURL',
    'easURL',
    'owaURL',
  ];
  remarkOthers(section, understood, where, remarks);
  if (first(section, 'owaURL') !== '') remarks.add(`${where}/owaURL`, 'is the webmail: see “webmail”; left out');
  return (['ews', 'activeSync'] as const).flatMap((protocol) => {
    const url = addresses[protocol];
    if (!url.startsWith('https://') || username === undefined || auth.length === 0) return [];
    return [{ protocol, url, username, auth, sources }];
  });
}

function readDocumentation(page: Element, remarks: Remarks): NonNullable<Provider['documentation']> {
  const url = page.attributes.url ?? '';
  const langs = childrenOf(page, 'descr').map(({ attributes }) => attributes.lang ?? 'en');
  if (!url.startsWith('https://')) {
    remarks.add('documentation@url', `“${url}” is no https:// URL; left out`);
    return [];
  }
  return [{ url, lang: (langs[0] ?? 'en').slice(0, 2), about: 'settings' }];
}

/** `enable visiturl=` says where access must be switched on; its sentences are the file's, not ours. */
function readEnable(enable: Element, remarks: Remarks): SetupStep[] {
  const url = enable.attributes.visiturl ?? enable.attributes.visitURL ?? '';
  if (childrenOf(enable, 'instruction').length > 0) remarks.add('enable/instruction', 'is somebody’s text; left out');
  if (!url.startsWith('https://')) {
    remarks.add('enable', `its address “${url}” is no https:// URL; left out`);
    return [];
  }
  return [{ kind: 'enable-access', when: 'always', url, sources }];
}

function readWebmail(webmail: Element, remarks: Remarks): Partial<Provider> {
  const url = childrenOf(webmail, 'loginPage')[0]?.attributes.url ?? '';
  if (childrenOf(webmail, 'loginPageInfo').length > 0) remarks.add('webMail/loginPageInfo', 'is not kept; left out');
  if (url.startsWith('https://')) return { webmail: url };
  remarks.add('webMail/loginPage', `“${url}” is no https:// URL; left out`);
  return {};
}

/** One scope for all services in the file; a record names it for each protocol that signs in with OAuth2. */
function readOAuth2(block: Element, servers: readonly (Server | Service)[], remarks: Remarks): Partial<Provider> {
  const [authorization, token, issuer, scope] = ['authURL', 'tokenURL', 'issuer', 'scope'].map((name) =>
    first(block, name),
  );
  if (first(block, 'clientID') || first(block, 'clientSecret'))
    remarks.add('oAuth2/clientID', 'is never kept; left out');
  if (!authorization?.startsWith('https://') || !token?.startsWith('https://') || !issuer) {
    remarks.add('oAuth2', 'is incomplete; left out');
    return {};
  }
  const signingIn = servers.filter(({ auth }) => auth.includes('OAuth2')).map(({ protocol }) => protocol);
  const words = (scope ?? '').split(/\s+/).filter((word) => word !== '' && word !== 'offline_access');
  const scopes = Object.fromEntries([...new Set(signingIn)].map((protocol) => [protocol, words.join(' ')]));
  const offline = scope?.includes('offline_access') ? { offline: 'offline_access' } : {};
  return {
    oauth2: {
      issuer: issuer.startsWith('https://') ? issuer : `https://${issuer}`,
      authorization,
      token,
      scopes: { ...scopes, ...offline },
      sources,
    },
  };
}

function first(element: Element, name: string): string {
  return childrenOf(element, name)[0]?.text ?? '';
}

function pathOf({ name, attributes }: Element): string {
  return attributes.type === undefined ? name : `${name}[${attributes.type}]`;
}
