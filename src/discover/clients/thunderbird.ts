import { childrenOf, type Element } from '../../formats/xml.ts';
import { type Domain, domainOrUndefined, withParents } from '../../name/domain.ts';
import type { Auth, Security } from '../../provider/model.ts';
import { addressOf, type Client, type ClientServer, type Person, type PoxReading, type Reading } from './model.ts';
import { fill } from './reading.ts';

const security: ReadonlyMap<string, Security> = new Map(
  Object.entries<Security>({ plain: 'none', SSL: 'tls', STARTTLS: 'starttls' }),
);

/** `Type` of Autodiscover. */
const protocols: ReadonlyMap<string, 'imap' | 'pop3' | 'smtp'> = new Map([
  ['IMAP', 'imap'],
  ['POP3', 'pop3'],
  ['SMTP', 'smtp'],
]);

const passwords: ReadonlyMap<string, Auth> = new Map(
  Object.entries<Auth>({
    'password-cleartext': 'password-cleartext',
    plain: 'password-cleartext',
    'password-encrypted': 'password-encrypted',
    secure: 'password-encrypted',
    GSSAPI: 'GSSAPI',
    NTLM: 'NTLM',
    OAuth2: 'OAuth2',
  }),
);
const withoutSignIn: ReadonlyMap<string, Auth> = new Map(
  Object.entries<Auth>({
    none: 'none',
    'client-IP-address': 'none',
    'smtp-after-pop': 'none',
  }),
);

/** Hosts, with all below them, whose OAuth2 client Thunderbird has (OAuth2Providers.sys.mjs of version 153). */
const oauth2Hosts: ReadonlySet<string> = new Set([
  'googlemail.com',
  'gmail.com',
  'imap.mail.ru',
  'smtp.mail.ru',
  'imap.yandex.com',
  'smtp.yandex.com',
  'yahoo.com',
  'att.net',
  'aol.com',
  'office365.com',
  'outlook.com',
  'hotmail.com',
  'imap.fastmail.com',
  'pop.fastmail.com',
  'smtp.fastmail.com',
  'imap.comcast.net',
  'pop.comcast.net',
  'smtp.comcast.net',
  'thundermail.com',
]);

/** Ports that are taken for STARTTLS in Autodiscover, whatever `Encryption` says. */
const starttlsPorts: ReadonlySet<number> = new Set([25, 110, 143, 587]);

function autoconfig(root: Element, person: Person): Reading {
  const [provider] = root.name === 'clientConfig' ? childrenOf(root, 'emailProvider') : [];
  if (!provider) return { refused: 'other-document' };
  if (hostOf(provider.attributes.id, person) === undefined) return { refused: 'bad-id' };
  if (!childrenOf(provider, 'domain').some((domain) => hostOf(scalar(domain), person) !== undefined))
    return { refused: 'no-domain' };
  const incoming = childrenOf(provider, 'incomingServer').flatMap((section) => {
    const { type } = section.attributes;
    // Exchange's types are read too; they are no part of what is compared here.
    return type === 'imap' || type === 'pop3' ? server(section, type, passwords, person) : [];
  });
  if (incoming.length === 0) return { refused: 'no-incoming' };
  const outgoing = childrenOf(provider, 'outgoingServer').flatMap((section) =>
    section.attributes.type === 'smtp'
      ? server(section, 'smtp', new Map([...withoutSignIn, ...passwords]), person)
      : [],
  );
  if (outgoing.length === 0) return { refused: 'no-outgoing' };
  return { incoming, outgoing };
}

function server(
  section: Element,
  protocol: 'imap' | 'pop3' | 'smtp',
  methods: ReadonlyMap<string, Auth>,
  person: Person,
): ClientServer[] {
  const text = (name: string) => scalar(childrenOf(section, name)[0]);
  const host = hostOf(text('hostname'), person);
  const port = Number.parseInt(text('port') ?? '', 10);
  const mode = childrenOf(section, 'socketType').map((one) => security.get(scalar(one) ?? ''));
  const auth = childrenOf(section, 'authentication').map((one) => methods.get(scalar(one) ?? ''));
  const modeTaken = mode.find((one) => one !== undefined);
  const authTaken = auth.find(
    (one) => one !== undefined && (one !== 'OAuth2' || (host !== undefined && knowsOAuth2(host))),
  );
  if (host === undefined || !(port >= 1 && port <= 65535) || modeTaken === undefined || authTaken === undefined)
    return [];
  // A missing name becomes the word “undefined”, but only where the section needs one.
  const username = text('username') ?? (authTaken === 'none' ? '' : 'undefined');
  return [{ protocol, host, port, security: modeTaken, username: fill(username, person), auth: [authTaken] }];
}

/** The text of an element; undefined where it has an attribute, which makes an object of it (JXON). */
function scalar(element: Element | undefined): string | undefined {
  return element === undefined || Object.keys(element.attributes).length > 0 ? undefined : element.verbatim;
}

/** Trimmed and in lower case, placeholders filled in. */
function hostOf(text: string | undefined, person: Person): string | undefined {
  const host = fill(text?.trim() ?? '', person).toLowerCase();
  return isHost(host) ? host : undefined;
}

export function isHost(text: string): boolean {
  return domainOrUndefined(text) !== undefined || /^\d+(\.\d+){3}$/.test(text);
}

function knowsOAuth2(host: string): boolean {
  return withParents(host as Domain).some((name) => oauth2Hosts.has(name));
}

function autodiscover(root: Element, person: Person): PoxReading {
  const [response] = root.name === 'Autodiscover' ? childrenOf(root, 'Response') : [];
  const [account] = response ? childrenOf(response, 'Account') : [];
  if (!account) return { refused: 'no-account' };
  const redirect = scalar(childrenOf(account, 'RedirectAddr')[0]);
  if (redirect) return { address: redirect };
  const servers = childrenOf(account, 'Protocol').flatMap((section): ClientServer[] => {
    const text = (name: string) => scalar(childrenOf(section, name)[0]);
    const protocol = protocols.get(text('Type') ?? '');
    const host = hostOf(text('Server'), person);
    const port = Number.parseInt(text('Port') ?? '', 10);
    if (protocol === undefined || host === undefined || Number.isNaN(port)) return [];
    const plain = text('SSL')?.toLowerCase() === 'off' || text('Encryption')?.toLowerCase() === 'none';
    const mode = plain ? 'none' : starttlsPorts.has(port) ? 'starttls' : 'tls';
    const username = fill(text('LoginName') || addressOf(person), person);
    const auth: Auth = text('SPA')?.toLowerCase() === 'on' ? 'NTLM' : 'password-cleartext';
    return [{ protocol, host, port, security: mode, username, auth: [auth] }];
  });
  const incoming = servers.filter(({ protocol }) => protocol !== 'smtp');
  const outgoing = servers.filter(({ protocol }) => protocol === 'smtp');
  if (incoming.length === 0) return { refused: 'no-incoming' };
  return outgoing.length === 0 ? { refused: 'no-outgoing' } : { incoming, outgoing };
}

const known = '.well-known/autoconfig/mail/config-v1.1.xml?emailaddress={address}';
const own = 'autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}';
const modules = 'mail/components/accountcreation/modules';

export const thunderbird: Client = {
  name: 'thunderbird',
  title: 'Thunderbird',
  steps: [
    { kind: 'autoconfig', of: 'domain', url: `https://${own}` },
    { kind: 'autoconfig', of: 'domain', url: `https://{domain}/${known}` },
    { kind: 'autoconfig', of: 'domain', url: `http://${own}` },
    { kind: 'autoconfig', of: 'domain', url: `http://{domain}/${known}` },
    { kind: 'ispdb', of: 'domain' },
    { kind: 'autoconfig', of: 'mx-parent', url: `https://${own}` },
    { kind: 'ispdb', of: 'mx-parent' },
    { kind: 'autoconfig', of: 'mx-base', url: `https://${own}` },
    { kind: 'ispdb', of: 'mx-base' },
    { kind: 'autodiscover', method: 'POST', url: 'https://autodiscover.{domain}/autodiscover/autodiscover.xml' },
    { kind: 'autodiscover', method: 'POST', url: 'https://{domain}/autodiscover/autodiscover.xml' },
    { kind: 'autodiscover-redirect', url: 'http://autodiscover.{domain}/autodiscover/autodiscover.xml' },
    { kind: 'autodiscover-srv' },
    { kind: 'guess' },
  ],
  autoconfig,
  autodiscover,
  mediaTypes: ['text/xml', 'application/xml', 'text/rdf'],
  rules: [
    {
      says: 'reads XML only under the media types text/xml, application/xml and text/rdf',
      ours: 'text/xml; charset=utf-8',
    },
    {
      says: 'refuses a file without a host-like id, without a valid domain, without an incoming and an outgoing server',
      ours: 'the id is the record’s; there is at least one domain and one server of each kind, or the answer is 404',
    },
    {
      says: 'loses the text of an element that has an attribute',
      ours: 'no attribute on an element whose text counts',
    },
    {
      says: 'takes the first section of each kind that it can read, and of repeated children the first that it knows',
      ours: 'sections and methods in the order of the record, IMAP first',
    },
    {
      says: 'takes OAuth2 only for hosts of a list of its own, and the next method otherwise',
      ours: 'every method of the record, so that there is a next one where the provider has one',
    },
    {
      says: 'in Autodiscover, takes SSL off or Encryption None for no encryption, and goes by the port otherwise',
      ours: 'SSL is on for STARTTLS, too',
    },
    { says: 'sends a password to Autodiscover, and asks before it follows plain HTTP or SRV to another domain' },
  ],
  sources: [
    {
      where: 'mozilla/releases-comm-central',
      what: `${modules}/FindConfig.sys.mjs, FetchConfig.sys.mjs, ExchangeAutoDiscover.sys.mjs`,
      revision: '058114d',
    },
    {
      where: 'mozilla/releases-comm-central',
      what: `${modules}/readFromXML.sys.mjs`,
      revision: '1457122',
    },
    { where: 'Debian', what: 'thunderbird 153.8.0esr, the same modules and OAuth2Providers.sys.mjs, run in test/real' },
  ],
};
