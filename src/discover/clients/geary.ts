import { childrenOf, type Element } from '../../formats/xml.ts';
import { addressOf, type Client, type ClientServer, type Person, type Reading } from './model.ts';
import { first, loosePort } from './reading.ts';

/** The first incoming and the first outgoing section, which have to be IMAP and SMTP; user names are not read. */
function autoconfig(root: Element, person: Person): Reading {
  const [provider] = childrenOf(root, 'emailProvider');
  if (!provider) return { refused: 'other-document' };
  const [incoming] = childrenOf(provider, 'incomingServer');
  const [outgoing] = childrenOf(provider, 'outgoingServer');
  if (incoming?.attributes.type !== 'imap') return { refused: 'no-incoming' };
  if (outgoing?.attributes.type !== 'smtp') return { refused: 'no-outgoing' };
  return {
    incoming: [server('imap', incoming, person)],
    outgoing: [server('smtp', outgoing, person)],
  };
}

function server(protocol: 'imap' | 'smtp', section: Element, person: Person): ClientServer {
  const mode = first(section, 'socketType');
  return {
    protocol,
    host: first(section, 'hostname') ?? '',
    port: loosePort(first(section, 'port')),
    security: mode === 'SSL' ? 'tls' : mode === 'STARTTLS' ? 'starttls' : 'none',
    username: addressOf(person),
  };
}

export const geary: Client = {
  name: 'geary',
  title: 'Geary',
  steps: [
    { kind: 'autoconfig', of: 'domain', url: 'https://autoconfig.{domain}/mail/config-v1.1.xml' },
    { kind: 'ispdb', of: 'domain' },
  ],
  autoconfig,
  rules: [
    {
      says: 'takes the first incoming section, and nothing if that is not IMAP',
      ours: 'IMAP first, whatever the order of the record',
    },
    {
      says: 'does not read user names: it signs in with the address',
      ours: 'what is on the record: people of a provider with another user name have to correct it',
    },
    {
      says: 'takes any socketType but SSL and STARTTLS for no encryption',
      ours: 'only SSL and STARTTLS where there is a secure server',
    },
    { says: 'does not look at the status of an answer, only whether it is XML', ours: 'errors are JSON' },
  ],
  sources: [
    { where: 'GNOME/geary', what: 'src/client/accounts/accounts-autoconfig.vala', revision: 'a14f5d4' },
    { where: 'GNOME/geary', what: 'src/client/accounts/accounts-editor-add-pane.vala', revision: '0cad1e1' },
  ],
};
