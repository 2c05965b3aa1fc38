import { childrenOf, type Element } from '../../formats/xml.ts';
import { type Domain, parseDomain } from '../../name/domain.ts';
import { fillUsername } from '../../provider/login.ts';
import {
  addressOf,
  type Client,
  type ClientServer,
  type KnownMx,
  type Person,
  type Reading,
  type Settings,
  type SrvRecords,
} from './model.ts';
import { everything, loosePort } from './reading.ts';

type Half = 'imap' | 'smtp';

/** The first of each; one of them may be missing. */
function autoconfig(root: Element, person: Person): Reading {
  const providers = root.name === 'clientConfig' ? childrenOf(root, 'emailProvider') : [];
  const incoming = find(providers, 'incomingServer', 'imap');
  const outgoing = find(providers, 'outgoingServer', 'smtp');
  const [imap, smtp] = [incoming && server('imap', incoming, person), outgoing && server('smtp', outgoing, person)];
  if (imap === 'broken' || smtp === 'broken') return { refused: 'bad-section' };
  return { incoming: imap ? [imap] : [], outgoing: smtp ? [smtp] : [] };
}

function find(providers: readonly Element[], element: string, type: Half): Element | undefined {
  return providers
    .flatMap((provider) => childrenOf(provider, element))
    .find((section) => section.attributes.type === type);
}

function server(protocol: Half, section: Element, person: Person): ClientServer | 'broken' {
  const text = (name: string) => {
    const all = childrenOf(section, name);
    return all.length === 0 ? undefined : (all.map(({ verbatim }) => verbatim).find((one) => one !== '') ?? '');
  };
  const [host, port, mode] = [text('hostname'), text('port'), text('socketType')];
  if (host === undefined || port === undefined || mode === undefined) return 'broken';
  const username = text('username') ?? addressOf(person);
  // A placeholder counts only where it stands alone.
  const isOne = /^%(EMAILADDRESS|EMAILLOCALPART|EMAILDOMAIN)%$/.test(username);
  return {
    protocol,
    host,
    port: loosePort(port),
    // Without TLS at once it goes on with STARTTLS where the server offers it.
    security: mode === 'SSL' ? 'tls' : 'starttls',
    username: isOne ? (fillUsername(username, person) ?? username) : username,
  };
}

/** The first by priority; TLS before STARTTLS. Without a pair it fails. */
function srv(records: SrvRecords, person: Person): Settings | undefined {
  const take = (protocol: Half, tls: string, starttls: string): ClientServer | undefined => {
    for (const [label, security] of [
      [tls, 'tls'],
      [starttls, 'starttls'],
    ] as const) {
      const [record] = records.get(label) ?? [];
      if (record) return { protocol, host: record.target, port: record.port, security, username: addressOf(person) };
    }
    return undefined;
  };
  const imap = take('imap', '_imaps._tcp', '_imap._tcp');
  const smtp = take('smtp', '_submissions._tcp', '_submission._tcp');
  return imap && smtp ? { incoming: [imap], outgoing: [smtp] } : undefined;
}

/** The last of each type; `Encryption` is not read. */
function autodiscover(root: Element, person: Person): Reading {
  const found = new Map<Half, ClientServer>();
  for (const account of everything(root).filter(({ name }) => name === 'Account')) {
    if (!childrenOf(account, 'AccountType').some(({ verbatim }) => verbatim === 'email')) continue;
    for (const section of childrenOf(account, 'Protocol')) {
      const text = (name: string) => childrenOf(section, name)[0]?.verbatim ?? '';
      const protocol = text('Type').toLowerCase();
      if (protocol !== 'imap' && protocol !== 'smtp') continue;
      const security = text('SSL') === 'on' ? 'tls' : 'starttls';
      const username = text('LoginName') || addressOf(person);
      found.set(protocol, { protocol, host: text('Server'), port: loosePort(text('Port')), security, username });
    }
  }
  const [imap, smtp] = [found.get('imap'), found.get('smtp')];
  return { incoming: imap ? [imap] : [], outgoing: smtp ? [smtp] : [] };
}

const mailSrv = ['_imaps._tcp', '_imap._tcp', '_submissions._tcp', '_submission._tcp'];

/** MX hosts that it has settings for, or another domain to ask for them. */
function knownMx(host: Domain, person: Person): Settings | KnownMx | undefined {
  const pair = (imap: string, smtp: string, port: 465 | 587 = 465): Settings => {
    const username = addressOf(person);
    return {
      incoming: [{ protocol: 'imap', host: imap, port: 993, security: 'tls', username }],
      outgoing: [{ protocol: 'smtp', host: smtp, port, security: port === 465 ? 'tls' : 'starttls', username }],
    };
  };
  const autoconfigOf = (domain: string): KnownMx => ({
    autoconfig: `http://autoconfig.${domain}/mail/config-v1.1.xml?emailaddress={address}`,
  });
  if (/\bl\.google\.com$/.test(host)) return { srv: parseDomain('gmail.com'), labels: mailSrv };
  if (/\bmx\.yandex\.net$/.test(host)) return autoconfigOf('yandex.ru');
  if (/^mx\d*\.zone\.eu$/.test(host)) return pair('mail.zone.ee', 'smtp.zone.ee');
  if (/\bzonemx\.eu$/.test(host)) return autoconfigOf('zone.ee');
  const [, region] = /inbound-smtp\.([^.]+)\.amazonaws.com/.exec(host) ?? [];
  if (region !== undefined) return pair(`imap.mail.${region}.awsapps.com`, `smtp.mail.${region}.awsapps.com`);
  const [, zoho] = /^mx\d*\.zoho\.(eu|com)$/.exec(host) ?? [];
  if (zoho !== undefined) return pair(`imappro.zoho.${zoho}`, `smtppro.zoho.${zoho}`);
  if (/\bprotection\.outlook\.com$/.test(host)) return pair('outlook.office365.com', 'smtp.office365.com', 587);
  if (host === 'ekiri.ee') return pair('turvaline.ekiri.ee', 'turvaline.ekiri.ee');
  return /^mx\d*\.naver\.com$/.test(host) ? pair('imap.naver.com', 'smtp.naver.com', 587) : undefined;
}

export const emailEngine: Client = {
  name: 'emailengine',
  title: 'EmailEngine',
  steps: [
    { kind: 'known-mx' },
    { kind: 'srv', of: 'domain', labels: mailSrv },
    { kind: 'autoconfig', of: 'domain', url: 'http://{domain}/.well-known/autoconfig/mail/config-v1.1.xml' },
    {
      kind: 'autoconfig',
      of: 'domain',
      url: 'http://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}',
    },
    { kind: 'ispdb', of: 'domain' },
    { kind: 'autodiscover-srv' },
  ],
  race: true,
  autoconfig,
  autodiscover,
  srv,
  knownMx,
  rules: [
    { says: 'first looks at the MX host, for a handful of which it has settings of its own' },
    { says: 'asks for everything else at once, and takes what comes first' },
    { says: 'takes the first IMAP and the first SMTP section', ours: 'sections in the order of the record' },
    {
      says: 'knows TLS at once (SSL), and STARTTLS where the server offers it for everything else',
      ours: 'no plain where there is a secure server',
    },
    { says: 'fills in a placeholder only where it stands alone' },
    {
      says: 'in Autodiscover does not read Encryption: SSL on is TLS at once',
      ours: 'a server with STARTTLS alone is misread by it there',
    },
    { says: 'asks for Autodiscover only where the SRV record names a host' },
  ],
  sources: [{ where: 'postalsys/emailengine', what: 'lib/autodetect-imap-settings.js', revision: 'faba375' }],
};
