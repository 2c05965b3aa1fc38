import { childrenOf, type Element, textOf } from '../../formats/xml.ts';
import type { Auth, Security } from '../../provider/model.ts';
import { addressOf, type Client, type ClientServer, type Person, type PoxReading } from './model.ts';
import { loosePort } from './reading.ts';

/** `Encryption`, where it is there, overrides `SSL`, which is on where it is missing. */
const encryptions: ReadonlyMap<string, Security> = new Map(
  Object.entries<Security>({ none: 'none', ssl: 'tls', tls: 'starttls' }),
);
const usualPorts = { imap: 993, pop3: 995, smtp: 465 } as const;

function autodiscover(root: Element, person: Person): PoxReading {
  const [response] = root.name === 'Autodiscover' ? childrenOf(root, 'Response') : [];
  const [account] = response ? childrenOf(response, 'Account') : [];
  if (!account) return { refused: 'no-account' };
  const action = textOf(account, 'Action').toLowerCase();
  if (action === 'redirecturl') return { url: textOf(account, 'RedirectUrl') };
  if (action === 'redirectaddr') return { address: textOf(account, 'RedirectAddr') };
  const servers = childrenOf(account, 'Protocol').flatMap((section) => server(section, person));
  const incoming = (['imap', 'pop3'] as const).flatMap((type) => servers.filter(({ protocol }) => protocol === type));
  const outgoing = servers.filter(({ protocol }) => protocol === 'smtp');
  if (incoming.length === 0) return { refused: 'no-incoming' };
  return outgoing.length === 0 ? { refused: 'no-outgoing' } : { incoming, outgoing };
}

function server(section: Element, person: Person): ClientServer[] {
  const text = (name: string) => textOf(section, name);
  const protocol = (['imap', 'pop3', 'smtp'] as const).find((one) => one === text('Type').toLowerCase());
  if (protocol === undefined || text('Server') === '') return [];
  const security =
    encryptions.get(text('Encryption').toLowerCase()) ?? (text('SSL').toLowerCase() === 'off' ? 'none' : 'tls');
  const isOpen = protocol === 'smtp' && text('AuthRequired').toLowerCase() === 'off';
  const auth: Auth = isOpen ? 'none' : text('SPA').toLowerCase() === 'off' ? 'password-cleartext' : 'NTLM';
  const port = text('Port') === '' ? usualPorts[protocol] : loosePort(text('Port'));
  return [
    { protocol, host: text('Server'), port, security, username: text('LoginName') || addressOf(person), auth: [auth] },
  ];
}

const path = 'autodiscover/autodiscover.xml';

export const outlook: Client = {
  name: 'outlook',
  title: 'Outlook (classic)',
  steps: [
    { kind: 'own-list' },
    { kind: 'autodiscover', method: 'POST', url: `https://{domain}/${path}` },
    { kind: 'autodiscover', method: 'POST', url: `https://autodiscover.{domain}/${path}` },
    { kind: 'autodiscover-redirect', url: `http://autodiscover.{domain}/${path}` },
    { kind: 'autodiscover-srv' },
    { kind: 'guess' },
  ],
  autodiscover,
  rules: [
    { says: 'never asks for autoconfig; it is reached where autodiscover.<domain> or the SRV record leads here' },
    {
      says: 'takes SPA, SSL and AuthRequired for on where they are missing',
      ours: 'each is said, for every server',
    },
    {
      says: 'lets Encryption override SSL; TLS there is STARTTLS',
      ours: 'SSL with Encryption SSL, or SSL with Encryption TLS for STARTTLS',
      unconfirmed: true,
    },
    {
      says: 'takes one server of a type',
      ours: 'one IMAP, one POP3 and one SMTP server, the best of each',
      unconfirmed: true,
    },
    { says: 'has no placeholders', ours: 'LoginName is filled in for the address that asks' },
    {
      says: 'cannot sign in to IMAP, POP3 or SMTP with OAuth2 by Autodiscover’s word',
      ours: 'an error, no settings, where a provider takes nothing but OAuth2',
    },
    {
      says: 'first tries Microsoft’s own service for addresses that may be there; new Outlook and Outlook for phones ask nobody but Microsoft',
      unconfirmed: true,
    },
  ],
  sources: [
    {
      where: 'MicrosoftDocs/office-developer-exchange-docs',
      what: 'docs/web-service-reference/*-pox.md, docs/exchange-web-services/autodiscover-for-exchange.md',
      revision: '5a8808d',
    },
    { where: 'Microsoft', what: 'Open Specifications, [MS-OXDSCLI]' },
    { where: 'Microsoft', what: 'support article 3211279, “Outlook 2016 implementation of Autodiscover” (the order)' },
  ],
};
