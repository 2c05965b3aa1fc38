import type { Element } from '../../formats/xml.ts';
import type { Security } from '../../provider/model.ts';
import { addressOf, type Client, type ClientServer, type Person, type PoxReading, type Reading } from './model.ts';
import { everything, fill } from './reading.ts';

const security: ReadonlyMap<string, Security> = new Map(
  Object.entries<Security>({ ssl: 'tls', starttls: 'starttls', plain: 'none' }),
);

/** Sections anywhere in the document, names in any case; a well-formed file without any counts as found, too. */
function autoconfig(root: Element, person: Person): Reading {
  const sections = (name: string) => everything(root).filter((element) => element.name.toLowerCase() === name);
  const servers = [...sections('incomingserver'), ...sections('outgoingserver')].flatMap((section) => {
    const text = (name: string) =>
      everything(section).findLast((one) => one.name.toLowerCase() === name)?.text || undefined;
    const type = section.attributes.type?.toLowerCase();
    const [host, port, username] = [text('hostname'), text('port'), text('username')];
    if (host === undefined || port === undefined || username === undefined) return [];
    if (type !== 'imap' && type !== 'smtp') return [];
    const mode = security.get((text('sockettype') ?? '').toLowerCase());
    return expand(type, fill(host, person), portOf(port), mode, fill(username, person));
  });
  return split(servers);
}

function autodiscover(root: Element, person: Person): PoxReading {
  const all = everything(root);
  const redirect = all.findIndex(({ name }) => name.toLowerCase() === 'redirecturl');
  if (redirect >= 0) return { url: all[redirect]?.text ?? '' };
  const servers = all
    .filter(({ name }) => name.toLowerCase() === 'protocol')
    .flatMap((section) => {
      const text = (name: string) =>
        section.children.findLast((one) => one.name.toLowerCase() === name)?.text || undefined;
      const [type, host, port] = [text('type')?.toLowerCase(), text('server'), text('port')];
      if ((type !== 'imap' && type !== 'smtp') || host === undefined || port === undefined) return [];
      // `Encryption` and `LoginName` are not read.
      return expand(type, host, portOf(port), text('ssl') === 'off' ? 'none' : undefined, addressOf(person));
    });
  return split(servers);
}

/** What is not said is tried: with TLS at once first, then with STARTTLS. */
function expand(
  protocol: 'imap' | 'smtp',
  host: string,
  port: number,
  mode: Security | undefined,
  username: string,
): ClientServer[] {
  const usual = { imap: { tls: 993, starttls: 143, none: 143 }, smtp: { tls: 465, starttls: 587, none: 587 } }[
    protocol
  ];
  const modes: readonly Security[] = mode === undefined ? ['tls', 'starttls'] : [mode];
  return modes.map((one) => ({ protocol, host, port: port || usual[one], security: one, username }));
}

function portOf(text: string): number {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : 0;
}

function split(servers: readonly ClientServer[]) {
  return {
    incoming: servers.filter(({ protocol }) => protocol === 'imap'),
    outgoing: servers.filter(({ protocol }) => protocol === 'smtp'),
  };
}

const query = 'mail/config-v1.1.xml?emailaddress={address}';

export const deltaChat: Client = {
  name: 'delta-chat',
  title: 'Delta Chat',
  steps: [
    { kind: 'own-list' },
    { kind: 'autoconfig', of: 'domain', url: `https://autoconfig.{domain}/${query}` },
    { kind: 'autoconfig', of: 'domain', url: 'https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml' },
    { kind: 'autodiscover', method: 'GET', url: 'https://{domain}/autodiscover/autodiscover.xml' },
    { kind: 'autodiscover', method: 'GET', url: 'https://autodiscover.{domain}/autodiscover/autodiscover.xml' },
    { kind: 'ispdb', of: 'domain' },
    { kind: 'guess' },
  ],
  autoconfig,
  autodiscover,
  rules: [
    {
      says: 'takes every IMAP and SMTP section that has host, port and user name, and tries one after another',
      ours: 'best first',
    },
    {
      says: 'counts any well-formed XML as an answer, also one without servers, and guesses then',
      ours: '404, never a file without servers',
    },
    { says: 'passes POP3 and every authentication element by: it looks what the server offers' },
    {
      says: 'sends the address to autoconfig.<domain>, not to the well-known place; other versions also ask by plain HTTP',
    },
    { says: 'fills in all three placeholders in hosts and user names', ours: 'placeholders in user names alone' },
    {
      says: 'in Autodiscover reads neither Encryption nor LoginName: it tries TLS, then STARTTLS, and signs in with the address',
      ours: 'SSL is on for STARTTLS, too; a provider whose user name is another is known to it only by autoconfig',
    },
    {
      says: 'asks for Autodiscover by GET, without an address in the request',
      ours: 'a GET is answered, for the domain of the Host autodiscover.<domain>',
    },
  ],
  sources: [
    { where: 'npm', what: '@deltachat/stdio-rpc-server 2.57.0, the core itself, run in test/real (the order)' },
    { where: 'chatmail/core', what: 'src/configure.rs', revision: '00d31e5' },
    {
      where: 'chatmail/core',
      what: 'src/configure/auto_mozilla.rs, src/configure/auto_outlook.rs',
      revision: '3734114',
    },
    { where: 'deltachat/deltachat-core-rust', what: 'src/configure/server_params.rs', revision: '1d0b880' },
  ],
};
