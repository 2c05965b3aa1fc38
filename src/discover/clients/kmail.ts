import { childrenOf, type Element } from '../../formats/xml.ts';
import type { Auth, Security } from '../../provider/model.ts';
import type { Client, ClientServer, Person, Reading } from './model.ts';
import { everything, fill, last, loosePort } from './reading.ts';

const security: ReadonlyMap<string, Security> = new Map(
  Object.entries<Security>({ plain: 'none', SSL: 'tls', STARTTLS: 'starttls' }),
);
/** In the order of its enumeration, of which it takes the greatest to send. */
const order: readonly Security[] = ['tls', 'starttls', 'none'];

const methods: ReadonlyMap<string, Auth> = new Map(
  Object.entries<Auth>({
    'password-cleartext': 'password-cleartext',
    plain: 'password-cleartext',
    'password-encrypted': 'password-encrypted',
    secure: 'password-encrypted',
    NTLM: 'NTLM',
    GSSAPI: 'GSSAPI',
    none: 'none',
    OAuth2: 'OAuth2',
  }),
);

function autoconfig(root: Element, person: Person): Reading {
  const provider = everything(root)
    .slice(1)
    .find(({ name }) => name === 'emailProvider');
  if (!provider) return { refused: 'other-document' };
  const sections = (element: string, protocol: 'imap' | 'pop3' | 'smtp') =>
    childrenOf(provider, element)
      .filter(({ attributes }) => attributes.type === protocol)
      .flatMap((section) => server(section, protocol, person));
  const incoming = [...sections('incomingServer', 'imap'), ...sections('incomingServer', 'pop3')];
  if (incoming.length === 0) return { refused: 'no-incoming' };
  const outgoing = sections('outgoingServer', 'smtp').toSorted(
    (a, b) => order.indexOf(b.security) - order.indexOf(a.security),
  );
  return { incoming, outgoing };
}

function server(section: Element, protocol: 'imap' | 'pop3' | 'smtp', person: Person): ClientServer[] {
  const port = last(section, 'port');
  if (port === undefined) return [];
  const modes = childrenOf(section, 'socketType').map(({ verbatim }) => security.get(verbatim));
  const known = childrenOf(section, 'authentication').map(({ verbatim }) => methods.get(verbatim));
  // A password counts as nothing said yet: the first other method takes its place.
  const auth = known.find((method) => method !== undefined && method !== 'password-cleartext') ?? 'password-cleartext';
  return [
    {
      protocol,
      host: fill(last(section, 'hostname') ?? '', person),
      port: loosePort(port),
      security: modes.findLast((mode) => mode !== undefined) ?? 'tls',
      username: fill(last(section, 'username') ?? '', person),
      auth: [auth],
    },
  ];
}

const folder = 'src/accountwizard';

export const kmail: Client = {
  name: 'kmail',
  title: 'KMail (account wizard)',
  steps: [
    { kind: 'ispdb', of: 'domain' },
    { kind: 'autoconfig', of: 'domain', url: 'http://autoconfig.{domain}/mail/config-v1.1.xml' },
    { kind: 'autoconfig', of: 'domain', url: 'http://{domain}/.well-known/autoconfig/mail/config-v1.1.xml' },
  ],
  autoconfig,
  rules: [
    { says: 'asks the central database first, then the domain over plain HTTP alone' },
    {
      says: 'offers every IMAP section, then every POP3 section, and the person chooses',
      ours: 'in the order of the record',
    },
    {
      says: 'to send takes the first server of the weakest mode there is: STARTTLS before TLS, and plain before both',
      ours: 'no plain where there is a secure server; STARTTLS is what it takes where the record has both',
    },
    { says: 'takes the first method that is not password-cleartext, wherever it stands: OAuth2 where it is named' },
    { says: 'fills in all three placeholders', ours: 'placeholders in user names alone' },
  ],
  sources: [
    {
      where: 'KDE/kmail-account-wizard',
      what: `${folder}/ispdbservice.cpp, ispdb/serverconfiguration.cpp`,
      revision: '0bf9ff1',
    },
    { where: 'KDE/kmail-account-wizard', what: `${folder}/ispdb/configurationmodel.cpp`, revision: '2576c9e' },
  ],
};
