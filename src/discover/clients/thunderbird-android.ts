import { childrenOf, type Element } from '../../formats/xml.ts';
import type { Auth, Security } from '../../provider/model.ts';
import type { Client, ClientServer, Person, Reading, Refusal } from './model.ts';
import { fill, strictPort } from './reading.ts';
import { isHost } from './thunderbird.ts';

const security: ReadonlyMap<string, Security> = new Map(Object.entries<Security>({ SSL: 'tls', STARTTLS: 'starttls' }));
const methods: ReadonlySet<string> = new Set(['OAuth2', 'password-cleartext', 'password-encrypted']);

/** One wrong value ends all of it. */
class Dropped extends Error {
  readonly refused: Refusal;
  readonly where: string;
  constructor(refused: Refusal, where: string) {
    super(refused);
    this.refused = refused;
    this.where = where;
  }
}

function autoconfig(root: Element, person: Person): Reading {
  const [provider] = root.name === 'clientConfig' ? childrenOf(root, 'emailProvider') : [];
  if (!provider) return { refused: 'other-document' };
  if (!isHost((provider.attributes.id ?? '').trim())) return { refused: 'bad-id' };
  try {
    const domains = childrenOf(provider, 'domain').map((domain) => fill(text(domain), person).trim());
    const sections = (element: string, type: 'imap' | 'smtp') =>
      childrenOf(provider, element)
        .filter(({ attributes }) => attributes.type === type)
        .map((section) => server(section, type, person));
    const incoming = sections('incomingServer', 'imap');
    const outgoing = sections('outgoingServer', 'smtp');
    if (!domains.some(isHost)) return { refused: 'no-domain' };
    if (incoming.length === 0) return { refused: 'no-incoming' };
    return outgoing.length === 0 ? { refused: 'no-outgoing' } : { incoming, outgoing };
  } catch (error) {
    if (error instanceof Dropped) return { refused: error.refused, where: error.where };
    throw error;
  }
}

function server(section: Element, protocol: 'imap' | 'smtp', person: Person): ClientServer {
  const where = `${section.name}[${protocol}]`;
  const value = (name: string): string => {
    const elements = childrenOf(section, name);
    const given = elements.map(text).at(-1);
    if (given === undefined) throw new Dropped('bad-section', `${where}/${name}`);
    return given;
  };
  const host = fill(value('hostname'), person);
  const port = strictPort(value('port'));
  const mode = security.get(value('socketType'));
  const username = fill(value('username'), person);
  const auth = childrenOf(section, 'authentication')
    .map(text)
    .filter((method): method is Auth => methods.has(method));
  // Hosts are trimmed before they are judged (HostNameUtils.cleanUpHostName).
  if (!isHost(host.trim().toLowerCase())) throw new Dropped('bad-section', `${where}/hostname`);
  if (port === undefined) throw new Dropped('bad-section', `${where}/port`);
  if (mode === undefined) throw new Dropped('bad-section', `${where}/socketType`);
  if (auth.length === 0) throw new Dropped('bad-section', `${where}/authentication`);
  return { protocol, host, port, security: mode, username, auth };
}

/** Nothing is trimmed; an element in the text is an error. */
function text(element: Element): string {
  if (element.children.length > 0) throw new Dropped('bad-value', element.name);
  return element.verbatim;
}

const known = '{domain}/.well-known/autoconfig/mail/config-v1.1.xml';
const own = 'autoconfig.{domain}/mail/config-v1.1.xml';
const folder = 'feature/autodiscovery/autoconfig/src/main/kotlin/app/k9mail/autodiscovery/autoconfig';

export const thunderbirdAndroid: Client = {
  name: 'thunderbird-android',
  title: 'Thunderbird for Android (K-9 Mail)',
  steps: [
    { kind: 'autoconfig', of: 'domain', url: `https://${own}` },
    { kind: 'autoconfig', of: 'domain', url: `https://${known}` },
    { kind: 'autoconfig', of: 'domain', url: `http://${own}` },
    { kind: 'autoconfig', of: 'domain', url: `http://${known}` },
    { kind: 'ispdb', of: 'domain' },
    { kind: 'autoconfig', of: 'mx-parent', url: `https://${own}` },
    { kind: 'ispdb', of: 'mx-parent' },
    { kind: 'autoconfig', of: 'mx-base', url: `https://${own}` },
    { kind: 'ispdb', of: 'mx-base' },
  ],
  autoconfig,
  rules: [
    {
      says: 'drops the whole file where one IMAP or SMTP section has a socketType other than SSL and STARTTLS, no user name, or none of OAuth2, password-cleartext and password-encrypted',
      ours: 'a user name in every section, no section with plain beside a secure one, none without one of these methods',
    },
    { says: 'drops the whole file over white space around a value', ours: 'no white space around a value' },
    { says: 'passes POP3 sections by, whatever is in them', ours: 'POP3 sections are kept for others' },
    { says: 'refuses a file without a host-like id or a valid domain', ours: 'there are both' },
    { says: 'takes the first IMAP and the first SMTP section', ours: 'sections in the order of the record' },
    { says: 'does not send the address' },
  ],
  sources: [
    { where: 'thunderbird/thunderbird-android', what: `${folder}/RealAutoconfigParser.kt`, revision: 'f88679b' },
    {
      where: 'thunderbird/thunderbird-android',
      what: `${folder}/ProviderAutoconfigUrlProvider.kt, MxLookupAutoconfigDiscovery.kt, PostMxLookupAutoconfigUrlProvider.kt`,
      revision: '32ddde8',
    },
    {
      where: 'thunderbird/thunderbird-android',
      what: 'feature/autodiscovery/service/src/main/kotlin/app/k9mail/autodiscovery/service/RealAutoDiscoveryRegistry.kt',
      revision: '375419b',
    },
  ],
};
