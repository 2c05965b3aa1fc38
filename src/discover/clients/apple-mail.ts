import { type Element, parseXml, XmlError } from '../../formats/xml.ts';
import type { Auth, Security } from '../../provider/model.ts';
import { addressOf, type Client, type ClientServer, type Person, type Reading } from './model.ts';
import { loosePort } from './reading.ts';

const types: ReadonlyMap<string, 'imap' | 'pop3'> = new Map([
  ['EmailTypeIMAP', 'imap'],
  ['EmailTypePOP', 'pop3'],
]);
const methods: ReadonlyMap<string, Auth> = new Map(
  Object.entries<Auth>({
    EmailAuthPassword: 'password-cleartext',
    EmailAuthNTLM: 'NTLM',
    EmailAuthCRAMMD5: 'password-encrypted',
    EmailAuthNone: 'none',
  }),
);
/** One switch for TLS; on these ports it begins with STARTTLS. */
const starttlsPorts: ReadonlySet<number> = new Set([143, 110, 587]);

function profile(text: string, person: Person): Reading {
  let root: Element;
  try {
    // Apple's own document type, which declares nothing.
    root = parseXml(text.replace(/<!DOCTYPE plist PUBLIC "[^"<>]*" "[^"<>]*">/, ''));
  } catch (error) {
    if (error instanceof XmlError) return { refused: 'other-document' };
    throw error;
  }
  const dictionaries = everyDictionary(root);
  const mail = dictionaries.find((keys) => keys.get('PayloadType') === 'com.apple.mail.managed');
  if (!mail) return { refused: 'no-account' };
  const protocol = types.get(mail.get('EmailAccountType') ?? '');
  const incoming = protocol && server(mail, 'Incoming', protocol, person);
  if (!incoming) return { refused: 'no-incoming' };
  const outgoing = server(mail, 'Outgoing', 'smtp', person);
  return outgoing ? { incoming: [incoming], outgoing: [outgoing] } : { refused: 'no-outgoing' };
}

function server(
  mail: ReadonlyMap<string, string>,
  which: 'Incoming' | 'Outgoing',
  protocol: 'imap' | 'pop3' | 'smtp',
  person: Person,
): ClientServer | undefined {
  const key = (name: string) => mail.get(`${which}MailServer${name}`);
  const host = key('HostName');
  const method = methods.get(key('Authentication') ?? '');
  if (host === undefined || method === undefined) return undefined;
  // Without a port it tries 25, 587 and 465 in turn to send; without the switch it goes without TLS.
  const given = key('PortNumber');
  const port = given === undefined ? { imap: 143, pop3: 110, smtp: 25 }[protocol] : loosePort(given);
  const security: Security = key('UseSSL') !== 'true' ? 'none' : starttlsPorts.has(port) ? 'starttls' : 'tls';
  // Where there is no name the device asks for it, and proposes the address.
  return { protocol, host, port, security, username: key('Username') ?? addressOf(person), auth: [method] };
}

/** Every `<dict>` of a property list, its values as text: `true` and `false` are their elements' names. */
function everyDictionary(element: Element): ReadonlyMap<string, string>[] {
  const inner = element.children.flatMap(everyDictionary);
  if (element.name !== 'dict') return inner;
  const keys = element.children.flatMap((child, i): [string, string][] => {
    const value = element.children[i + 1];
    return child.name === 'key' && value ? [[child.text, value.text || value.name]] : [];
  });
  return [new Map(keys), ...inner];
}

export const appleMail: Client = {
  name: 'apple-mail',
  title: 'Apple Mail',
  steps: [{ kind: 'own-list' }, { kind: 'profile' }, { kind: 'guess' }],
  profile,
  rules: [
    {
      says: 'asks a domain neither for autoconfig nor for SRV records',
      ours: 'a configuration profile, which a person installs',
      unconfirmed: true,
    },
    {
      says: 'goes without TLS where UseSSL is missing, and tries port 25 first where the port is',
      ours: 'UseSSL and port are said for every server',
    },
    {
      says: 'has one switch for TLS; the port decides whether it begins at once or with STARTTLS',
      ours: 'only servers on the usual ports',
      unconfirmed: true,
    },
    {
      says: 'asks for address, user name and password where the profile has none',
      ours: 'a profile has them only for an address that was typed for it; never a password',
    },
    { says: 'has no word for OAuth2', ours: 'no profile where a provider takes nothing else' },
    { says: 'sets up iCloud, Google, Yahoo, AOL and Outlook.com by itself', unconfirmed: true },
  ],
  sources: [
    { where: 'apple/device-management', what: 'mdm/profiles/com.apple.mail.managed.yaml', revision: 'b6202ca' },
  ],
};
