/**
 * A small world of providers, each there for one reason. Names end in `.example`, which nobody asks DNS about; domains whose
 * MX a test scripts end in `.zz`, a country code that is never given to anybody.
 */
import type { Domain } from '../../src/name/domain.ts';
import type { Answer, Curated, MatchedBy, Provider, Trust } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';

/** Ordinary, and with everything a record can hold. Its id was another one once. */
export const post = record({
  id: 'post.example',
  formerly: ['oldpost.example'],
  name: 'Example Post',
  short: 'Post',
  operator: 'machines.example',
  webmail: 'https://web.post.example/',
  domains: ['briefe.example', 'post.example', 'xn--strae-oqa.example'],
  incoming: [
    imap({ host: 'imap.post.example', auth: ['OAuth2', 'password-cleartext'] }),
    imap({ host: 'imap.post.example', port: 143, security: 'starttls' }),
    { ...imap({ host: 'pop.post.example', port: 995 }), protocol: 'pop3', username: '%EMAILLOCALPART%' },
  ],
  outgoing: [smtp({ host: 'smtp.post.example' }), smtp({ host: 'smtp.post.example', port: 587, security: 'starttls' })],
  services: [
    {
      protocol: 'caldav',
      url: 'https://dav.post.example/',
      username: '%EMAILADDRESS%',
      auth: ['password-cleartext'],
      sources: ['help'],
    },
    {
      protocol: 'managesieve',
      host: 'sieve.post.example',
      port: 4190,
      security: 'starttls',
      username: 'ask',
      hint: { en: 'Your customer number', de: 'Ihre Kundennummer' },
      auth: ['password-cleartext'],
      sources: ['help'],
    },
  ],
  oauth2: {
    issuer: 'https://id.post.example',
    authorization: 'https://id.post.example/auth',
    token: 'https://id.post.example/token',
    scopes: { imap: 'mail.full', offline: 'offline_access' },
    pkce: true,
    sources: ['help'],
  },
  setup: [
    {
      kind: 'app-password',
      when: 'with-2fa',
      protocols: ['imap', 'smtp'],
      term: { en: 'App password', de: 'App-Passwort' },
      url: 'https://post.example/settings',
      sources: ['help'],
    },
    { kind: 'note', when: 'always', text: { en: 'A note.', de: 'Ein Hinweis.' }, sources: ['help'] },
  ],
  alternatives: [{ provider: 'village.example', when: { en: 'Accounts of villagers', de: 'Konten von Dörflern' } }],
  documentation: [{ url: 'https://post.example/help?a=1&b=2', lang: 'en', about: 'settings' }],
  decisions: [{ field: 'outgoing.port', chosen: '465', rejected: '587 (somebody)', because: 'Help says so.' }],
});

/** Every name below its own is a mail domain, too. */
export const village = record({
  id: 'village.example',
  kind: 'isp',
  country: 'AT',
  domains: ['*.village.example', 'village.example'],
});

/** Hosts other people's domains on servers of its own. */
export const office = record({
  id: 'office.example',
  kind: 'business',
  country: 'US',
  mx: ['*.protection.office.example'],
});

/** Hosts other people's domains; each customer has servers of their own. No domain belongs to the record. */
export const hoster = record({
  id: 'hoster.example',
  kind: 'hosting',
  domains: [],
  mx: ['*.mx.hoster.example'],
  incoming: [imap({ host: '{mx}' })],
  outgoing: [smtp({ host: 'mail.{domain}' })],
});

/** The user name cannot be told from the address. */
export const cloud = record({
  id: 'cloud.example',
  incoming: [
    imap({ host: 'imap.cloud.example', username: 'ask', hint: { en: 'Your customer number', de: 'Ihre Nummer' } }),
  ],
  outgoing: [
    smtp({ host: 'smtp.cloud.example', username: 'ask', hint: { en: 'Your customer number', de: 'Ihre Nummer' } }),
  ],
});

/** No IMAP, POP3 or SMTP for people, but a bridge. */
export const vault = record({
  id: 'vault.example',
  kind: 'privacy',
  country: 'CH',
  access: 'none',
  restriction: { text: { en: 'Everything is encrypted.', de: 'Alles ist verschlüsselt.' }, sources: ['help'] },
  incoming: [],
  outgoing: [],
  local: [
    { ...imap({ port: 1143, security: 'starttls' }), host: '127.0.0.1' },
    { ...smtp({ port: 1025, security: 'starttls' }), host: '127.0.0.1' },
  ],
  setup: [
    { kind: 'bridge', when: 'always', term: { en: 'Vault Bridge', de: 'Vault-Brücke' }, sources: ['help'] },
    { kind: 'paid-plan', when: 'always', sources: ['help'] },
  ],
});

/** Ended; somebody else has the mailboxes now. */
export const ended = record({
  id: 'ended.example',
  access: 'closed',
  restriction: { since: '2024-06-30', successor: 'post.example', sources: ['help'] },
  incoming: [],
  outgoing: [],
});

/** A server that only Windows programs can sign in to, beside one for everybody. */
export const corporate = record({
  id: 'corporate.example',
  kind: 'business',
  incoming: [
    imap({ host: 'exchange.corporate.example', auth: ['NTLM', 'GSSAPI'] }),
    imap({ host: 'imap.corporate.example', auth: ['NTLM', 'password-cleartext'] }),
  ],
  outgoing: [
    smtp({ host: 'exchange.corporate.example', auth: ['NTLM'] }),
    smtp({ host: 'relay.corporate.example', auth: ['client-IP-address'] }),
    smtp({ host: 'smtp.corporate.example' }),
  ],
});

/** Plaintext servers beside secure ones. */
export const legacy = record({
  id: 'legacy.example',
  incoming: [imap({ host: 'imap.legacy.example' }), imap({ host: 'imap.legacy.example', port: 143, security: 'none' })],
  outgoing: [
    smtp({ host: 'smtp.legacy.example', port: 587, security: 'starttls' }),
    smtp({ host: 'smtp.legacy.example', port: 25, security: 'none' }),
  ],
});

/** Names that break careless XML. */
export const odd = record({
  id: 'odd.example',
  name: 'Müller & Söhne <"Mail"> ’𝒫ost’ \'🐌\'',
  short: 'M&S <"𝒫🐌">',
  documentation: [{ url: "https://odd.example/?a=1&b='2'", lang: 'en', about: 'settings' }],
});

export const records: readonly Provider[] = [
  post,
  village,
  office,
  hoster,
  cloud,
  vault,
  ended,
  corporate,
  legacy,
  odd,
];

export const curated: Curated = {
  providers: records,
  others: [
    { name: 'Filter Ltd', kind: 'gateway', website: 'https://filter.example/', mx: ['*.filter.example'] },
    { name: 'Forward Ltd', kind: 'forwarder', mx: ['mx.forward.example'] },
    { name: 'Bulk Ltd', kind: 'sender', mx: ['*.bulk.example'] },
  ],
  noProbe: [],
  leftOut: [
    { domain: 'gone.example', reason: 'dead', since: '2019', note: 'Nobody answers any more.' },
    { domain: 'moved.example', reason: 'moved', successor: 'post.example', note: 'Now part of Example Post.' },
  ],
};

/** An answer for a record, as the ladder would give it. */
export function answer(
  provider: Provider,
  {
    domain = provider.domains[0] ?? 'customer.zz',
    matchedBy = 'domain',
    mx,
  }: { domain?: string; matchedBy?: MatchedBy; mx?: string } = {},
): Answer {
  const trust: Trust = matchedBy === 'mx' ? 'dns' : 'curated';
  return { domain: domain as Domain, provider, matchedBy, trust, ...(mx !== undefined && { mx: mx as Domain }) };
}
