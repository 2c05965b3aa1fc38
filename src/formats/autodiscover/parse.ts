/**
 * An Autodiscover POX response, read: settings as a draft, a redirect, or an error. Exchange's own protocols are remarked
 * on; what clients do where a file contradicts itself is in standards of their own (`SSL` off with `Encryption` TLS is
 * plaintext to Thunderbird), and is remarked on too.
 */
import type { Auth, Provider, Security, Server, Service } from '../../provider/model.ts';
import {
  type Draft,
  importHost,
  importLine,
  importPort,
  importUrl,
  importUsername,
  Remarks,
  sourceKey,
} from '../draft.ts';
import { childrenOf, type Element, parseXml, shownTag, textOf, XmlError } from '../xml.ts';
import { starttlsPorts, typesRead, usualPorts } from './vocabulary.ts';

export type AutodiscoverAnswer =
  | { readonly kind: 'settings'; readonly draft: Draft }
  /** Ask this URL instead. */
  | { readonly kind: 'redirect-url'; readonly url: string }
  /** Ask for this address instead. */
  | { readonly kind: 'redirect-address'; readonly address: string }
  /** 500: no such address; 600: invalid request; 601: no provider for the schema … */
  | { readonly kind: 'error'; readonly code: string };

const sources = [sourceKey];

/**
 * @param domain the mail domain that was asked for; a response names none
 * @throws {XmlError} where the text is no Autodiscover response
 */
export function parseAutodiscover(
  text: string,
  domain: string,
  source: Provider['sources'][string],
): AutodiscoverAnswer {
  const root = parseXml(text);
  if (root.name !== 'Autodiscover') throw new XmlError(`the root element is ${shownTag(root)}, not <Autodiscover>`);
  const [response] = childrenOf(root, 'Response');
  if (!response) throw new XmlError('there is no <Response>');
  const [error] = childrenOf(response, 'Error');
  if (error) return { kind: 'error', code: textOf(error, 'ErrorCode').slice(0, 20) };
  const [account] = childrenOf(response, 'Account');
  if (!account) throw new XmlError('there is no <Account>');
  const action = textOf(account, 'Action').toLowerCase();
  const redirectUrl = textOf(account, 'RedirectUrl') || textOf(account, 'RedirectURL');
  const redirectAddress = textOf(account, 'RedirectAddr');
  if (action === 'redirecturl' && redirectUrl !== '') return { kind: 'redirect-url', url: redirectUrl };
  if (action === 'redirectaddr' && redirectAddress !== '')
    return { kind: 'redirect-address', address: redirectAddress };
  return { kind: 'settings', draft: readSettings(response, account, domain, source) };
}

function readSettings(response: Element, account: Element, domain: string, source: Provider['sources'][string]): Draft {
  const remarks = new Remarks();
  const incoming: Server[] = [];
  const outgoing: Server[] = [];
  const services: Service[] = [];
  for (const section of childrenOf(account, 'Protocol')) {
    // Exchange 2013 and later have the type as an attribute.
    const type = textOf(section, 'Type') || (section.attributes.Type ?? '');
    const protocol = typesRead.get(type.toLowerCase());
    if (protocol === undefined) services.push(...readExchange(section, type, services, remarks));
    else (protocol === 'smtp' ? outgoing : incoming).push(...readServer(section, protocol, remarks));
  }
  const [user] = childrenOf(response, 'User');
  const displayName = user ? textOf(user, 'DisplayName') : '';
  const name = displayName === '' ? undefined : importLine(displayName, 60, 'DisplayName', remarks);
  return {
    record: {
      id: domain,
      ...(name !== undefined && { name }),
      domains: [domain],
      incoming: incoming as Provider['incoming'],
      outgoing: outgoing as Provider['outgoing'],
      ...(services.length > 0 && { services }),
      sources: { [sourceKey]: source },
    },
    remarks: remarks.list,
  };
}

function readServer<P extends Server['protocol']>(section: Element, protocol: P, remarks: Remarks) {
  const where = `Protocol[${protocol}]`;
  const host = importHost(textOf(section, 'Server'), `${where}/Server`, remarks);
  const given = textOf(section, 'Port');
  const port = given === '' ? undefined : importPort(given, `${where}/Port`, remarks);
  const security = readSecurity(section, port, where, remarks);
  const username = readUsername(textOf(section, 'LoginName'), where, remarks);
  if (host === undefined || username === undefined || (given !== '' && port === undefined)) {
    remarks.add(where, 'is incomplete; left out');
    return [];
  }
  if (port === undefined) remarks.add(`${where}/Port`, 'is missing; the usual one was taken');
  const auth = readAuth(section, protocol);
  return [{ protocol, host, port: port ?? usualPorts[protocol][security], security, username, auth, sources }];
}

/** `Encryption` overrides `SSL` where it is there; without both, SSL is on, and by which kind of TLS the port says. */
function readSecurity(section: Element, port: number | undefined, where: string, remarks: Remarks): Security {
  const encryption = textOf(section, 'Encryption').toLowerCase();
  const off = textOf(section, 'SSL').toLowerCase() === 'off';
  if (off && (encryption === 'ssl' || encryption === 'tls' || encryption === 'auto'))
    remarks.add(where, `SSL is off, Encryption ${encryption}: Thunderbird takes it for plaintext`);
  if (encryption === 'none') return 'none';
  if (encryption === 'ssl') return 'tls';
  if (encryption === 'tls') return 'starttls';
  if (off && encryption !== 'auto') return 'none';
  return port !== undefined && starttlsPorts.has(port) ? 'starttls' : 'tls';
}

/** A response that names none means the address. */
function readUsername(given: string, where: string, remarks: Remarks): string | undefined {
  if (given === '') {
    remarks.add(`${where}/LoginName`, 'is missing; the address was taken');
    return '%EMAILADDRESS%';
  }
  return importUsername(given, `${where}/LoginName`, remarks);
}

function readAuth(section: Element, protocol: Server['protocol']): Auth[] {
  if (protocol === 'smtp' && textOf(section, 'AuthRequired').toLowerCase() === 'off') return ['none'];
  // By the letter SPA is on where it is missing; every file in the wild that leaves it out means a password.
  return textOf(section, 'SPA').toLowerCase() === 'on' ? ['NTLM'] : ['password-cleartext'];
}

/** Of Exchange's protocols the address of its web services can be kept, once. */
function readExchange(section: Element, type: string, known: readonly Service[], remarks: Remarks): Service[] {
  const where = `Protocol[${type}]`;
  const address = textOf(section, 'EwsUrl');
  if (address === '' || known.some(({ protocol }) => protocol === 'ews')) {
    remarks.add(where, 'is Exchange’s own; left out');
    return [];
  }
  const url = importUrl(address, `${where}/EwsUrl`, remarks);
  remarks.add(where, 'is Exchange’s own; only EwsUrl was read');
  return url === undefined
    ? []
    : [{ protocol: 'ews', url, username: '%EMAILADDRESS%', auth: ['password-cleartext'], sources }];
}
