/**
 * The provider record: one schema, from which come the types (model.ts), `data/provider.schema.json` for editors, the
 * canonical order of keys and the quoting of the formatter (catalog/format.ts), and the API's documentation.
 *
 * The order of keys here is their order in the files. No transforms and no defaults: what a file says is what a record
 * is. Checks that need more than one field are lint rules (catalog/rules/).
 */
import * as z from 'zod';
import { date, hostName, hostOrWildcard, hostTemplate, httpsUrl, languageText, line, prose } from './fields.ts';

const sourceKeys = z
  .array(z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be a key of “sources”: lower case, digits, hyphens'))
  .min(1)
  .describe('Which entries of “sources” say this. At least one; the most trustworthy first.');

export const securities = ['tls', 'starttls', 'none'] as const;
export const auths = [
  'OAuth2',
  'password-cleartext',
  'password-encrypted',
  'NTLM',
  'GSSAPI',
  'TLS-client-cert',
  'client-IP-address',
  'none',
] as const;
export const accesses = ['open', 'none', 'closed'] as const;
export const kinds = ['freemail', 'isp', 'hosting', 'education', 'business', 'privacy'] as const;
export const setupKinds = ['app-password', 'enable-access', 'paid-plan', 'bridge', 'note'] as const;
export const urlProtocols = ['jmap', 'ews', 'activeSync', 'graph', 'caldav', 'carddav', 'webdav'] as const;
export const protocols = ['imap', 'pop3', 'smtp', ...urlProtocols, 'managesieve'] as const;

const port = z.int().min(1).max(65535).describe('The TCP port.');
const security = z
  .enum(securities)
  .describe('tls: TLS from the first byte. starttls: the connection must be upgraded before sign-in. none: plaintext.');
const username = z
  .string()
  .max(120)
  .regex(
    /^(ask|(?=.*%EMAIL)([^%\s]|%EMAIL(ADDRESS|LOCALPART|DOMAIN)%)+)$/,
    'must be %EMAILADDRESS%, %EMAILLOCALPART%, a text with these or %EMAILDOMAIN%, or: ask',
  )
  .describe('How the user name follows from the address; “ask” where it does not (then “hint” says what to enter).');
const hint = languageText(200)
  .optional()
  .describe('For “username: ask”: what a person has to enter, by language (en, de).');
const auth = z
  .array(z.enum(auths))
  .min(1)
  .describe(
    'Sign-in methods in the order of preference. password-cleartext is a password inside TLS; app passwords too.',
  );

const server = <const P extends readonly [string, ...string[]]>(allowed: P) =>
  z.strictObject({
    protocol: z.enum(allowed).describe('The protocol this server speaks.'),
    host: hostTemplate,
    port,
    security,
    username,
    hint,
    auth,
    sources: sourceKeys,
  });

export const IncomingServer = server(['imap', 'pop3']);
export const OutgoingServer = server(['smtp']);

export const LocalServer = z.strictObject({
  protocol: z.enum(['imap', 'pop3', 'smtp']).describe('The protocol the bridge speaks.'),
  host: z.enum(['127.0.0.1', 'localhost']).describe('The bridge’s address on the user’s own machine.'),
  port,
  security,
  username,
  hint,
  auth,
  sources: sourceKeys,
});

export const Service = z.strictObject({
  protocol: z.enum([...urlProtocols, 'managesieve']).describe('What the service speaks.'),
  url: httpsUrl.optional().describe('Where it is, for protocols over HTTPS.'),
  host: hostTemplate.optional().describe('For managesieve: the server’s host name.'),
  port: port.optional(),
  security: security.optional(),
  username,
  hint,
  auth,
  sources: sourceKeys,
});

export const OAuth2 = z.strictObject({
  issuer: httpsUrl.describe('The issuer (RFC 8414), or the server that a client’s own list of issuers goes by.'),
  authorization: httpsUrl.describe('The authorization endpoint.'),
  token: httpsUrl.describe('The token endpoint.'),
  device: httpsUrl.optional().describe('The device authorization endpoint (RFC 8628).'),
  scopes: z
    .partialRecord(z.enum([...protocols, 'offline']), z.string().min(1).max(300))
    .describe('The scope each protocol needs; “offline” is what must be added to get a refresh token.'),
  pkce: z.boolean().optional().describe('True where the provider supports PKCE (RFC 7636).'),
  sources: sourceKeys,
});

export const SetupStep = z.strictObject({
  kind: z
    .enum(setupKinds)
    .describe('What a person must do before a mail program can sign in; the sentence comes from provider/phrases.ts.'),
  when: z
    .enum(['always', 'with-2fa', 'without-oauth2'])
    .describe('always; only for accounts with two-factor sign-in; only for programs that cannot sign in with OAuth2.'),
  protocols: z
    .array(z.enum(protocols))
    .min(1)
    .optional()
    .describe('Which protocols need the step; leave it out where all do.'),
  term: languageText(80)
    .optional()
    .describe('What the provider itself calls it, by language, as written on its pages.'),
  url: httpsUrl.optional().describe('Where it is done, or the provider’s page that explains it.'),
  text: languageText(300)
    .optional()
    .describe('Only for “note”, and to add to a step what its kind does not say: one or two plain sentences (en, de).'),
  sources: sourceKeys,
});

export const Restriction = z.strictObject({
  since: date.optional().describe('Since when: the day a closed service ended; needed with “access: closed”.'),
  successor: hostName.optional().describe('The id of the record that serves these people now.'),
  text: languageText(300).optional().describe('What a person should know, in one or two plain sentences (en, de).'),
  sources: sourceKeys,
});

export const Alternative = z.strictObject({
  provider: hostName.describe('The id of the other record.'),
  when: languageText(200).describe('To which accounts it applies, by language (en, de).'),
});

export const Documentation = z.strictObject({
  url: httpsUrl.describe('A page of the provider for its customers.'),
  lang: z
    .string()
    .regex(/^[a-z]{2}$/, 'must be a two-letter language code')
    .describe('The language of the page.'),
  about: z
    .enum(['settings', 'imap', 'pop3', 'smtp', 'app-password', 'enable-access', 'oauth2', 'status'])
    .describe('What the page explains.'),
});

/** The mechanisms whose file we follow: those that say all of a server in one document. */
export const followed = ['autoconfig', 'pacc'] as const;

export const Follow = z.strictObject({
  mechanism: z.enum(followed).describe('How the provider publishes its file: at its main domain, by this mechanism.'),
  url: httpsUrl
    .optional()
    .describe(
      'Where the file must be found, redirects followed; another one is not followed. Leave it out where any will do.',
    ),
});

export const Decision = z.strictObject({
  field: z
    .string()
    .min(1)
    .max(60)
    .describe('What was decided: outgoing.port, incoming.host, auth, username, domains …'),
  chosen: prose(200).describe('What this record says.'),
  rejected: prose(300).describe('What other sources say, with the source in brackets.'),
  because: prose(500).describe('Why. In our own words.'),
});

export const Source = z.strictObject({
  url: z
    .string()
    .max(2000)
    .regex(/^https?:\/\/\S+$/, { error: 'must be an absolute URL', abort: true })
    .refine((text) => URL.canParse(text), 'must be an absolute URL')
    .optional()
    .describe('A page.'),
  autoconfig: httpsUrl.optional().describe('The provider’s own autoconfig file.'),
  dns: hostName.optional().describe('A name whose DNS records were read (SRV or MX; see “says”).'),
  list: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name of a public repository')
    .optional()
    .describe('A public list of provider settings, as owner/name of its repository.'),
  revision: z
    .string()
    .min(4)
    .max(60)
    .meta({ prose: true })
    .optional()
    .describe('The revision of the list that was read.'),
  seen: date
    .optional()
    .describe('The day the page, or the stored copy of it that was read, is from. Omit if nobody read it.'),
  says: prose(300).optional().describe('What it says on the matter: values, not sentences copied from it.'),
});

export const Provider = z.strictObject({
  id: hostName.describe('One of the record’s domains, the main one; the file is named <id>.yml. Never changes.'),
  formerly: z.array(hostName).min(1).optional().describe('Ids this record had before; the API redirects them.'),
  name: line(60).describe('The provider’s name as it writes it itself; at most 60 characters.'),
  short: line(20).describe('A short form for narrow places; at most 20 characters.'),
  kind: z.enum(kinds).describe('What the provider is, first of all, to its mail users.'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166)')
    .describe('Where it is at home.'),
  operator: hostName.optional().describe('Whose machines these are, when another company’s: its registrable domain.'),
  website: httpsUrl.describe('The provider’s own site.'),
  webmail: httpsUrl.optional().describe('Where people read mail in a browser.'),
  access: z
    .enum(accesses)
    .describe(
      'open: a mail program can sign in. none: no IMAP, POP3 or SMTP for people. closed: the service has ended.',
    ),
  restriction: Restriction.optional().describe('With access none or closed: since when, what now, who says so.'),
  domains: z
    .array(hostOrWildcard)
    .describe('The mail domains, sorted; "*.example.com" is any domain below it.')
    .meta({ sorted: true }),
  mx: z
    .array(hostOrWildcard)
    .min(1)
    .meta({ sorted: true })
    .optional()
    .describe('MX host patterns of domains hosted here, for this very configuration; sorted.'),
  incoming: z.array(IncomingServer).describe('Servers to fetch mail from, in the order of preference.'),
  outgoing: z.array(OutgoingServer).describe('Servers to send mail through, in the order of preference.'),
  local: z
    .array(LocalServer)
    .min(1)
    .optional()
    .describe('Servers of a bridge on the user’s own machine. On pages and in JSON only.'),
  services: z.array(Service).min(1).optional().describe('Calendars, address books, JMAP, ManageSieve and the like.'),
  oauth2: OAuth2.optional().describe('Where OAuth2 clients sign in. Never a client id or secret.'),
  setup: z.array(SetupStep).min(1).optional().describe('What a person must do first, in that order.'),
  alternatives: z
    .array(Alternative)
    .min(1)
    .optional()
    .describe('Other records that apply to some accounts of these domains. Never part of an XML.'),
  documentation: z.array(Documentation).min(1).optional().describe('The provider’s pages for its customers.'),
  follow: Follow.optional().describe(
    'The provider has asked that its own file be followed: what it says otherwise on two days is proposed to the reviewers.',
  ),
  decisions: z.array(Decision).min(1).optional().describe('Where sources disagreed, what was chosen, and why.'),
  sources: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower case, digits, hyphens'), Source)
    .describe('Where the facts come from; the keys are used in “sources” above.'),
});
