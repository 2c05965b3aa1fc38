/** The words of the autoconfig XML (draft-ietf-mailmaint-autoconfig-06 section 4; values as deployed clients read them). */
import type { Auth, Protocol, Security, Service } from '../../provider/model.ts';

/**
 * 1.1: what the ISPDB serves and nearly everybody reads. 1.2: the draft's own, with OAuth2 and services; on request only,
 * because clients that obey the draft's must-ignore rule (section 4) are few.
 */
export const autoconfigVersions = ['1.1', '1.2'] as const;
export type AutoconfigVersion = (typeof autoconfigVersions)[number];

/** `socketType` */
export const socketType: Record<Security, string> = { tls: 'SSL', starttls: 'STARTTLS', none: 'plain' };

/** `socketType` as found in files, in lower case. */
export const socketTypesRead: Record<string, Security> = {
  ssl: 'tls',
  tls: 'tls',
  starttls: 'starttls',
  plain: 'none',
};

/**
 * Sign-in methods without one of which a section is not written: Thunderbird for Android discards the whole file where an
 * IMAP or SMTP section has none of these three (RealAutoconfigParser).
 */
export const widelyUnderstood: ReadonlySet<Auth> = new Set(['OAuth2', 'password-cleartext', 'password-encrypted']);

/** `authentication` as found in files, in lower case: today's words, the draft's slip `OAuth`, and those of older versions. */
export const authenticationRead: Record<string, Auth> = {
  oauth2: 'OAuth2',
  oauth: 'OAuth2',
  'password-cleartext': 'password-cleartext',
  plain: 'password-cleartext',
  'http-basic': 'password-cleartext',
  basic: 'password-cleartext',
  'password-encrypted': 'password-encrypted',
  secure: 'password-encrypted',
  'http-digest': 'password-encrypted',
  digest: 'password-encrypted',
  ntlm: 'NTLM',
  gssapi: 'GSSAPI',
  'tls-client-cert': 'TLS-client-cert',
  'client-ip-address': 'client-IP-address',
  none: 'none',
};

/** Words above that an older version of the format used; reading one is worth a remark. */
export const outdatedWords: ReadonlySet<string> = new Set(['plain', 'secure', 'http-basic', 'http-digest', 'oauth']);

/** Section types with a URL, in lower case: in `incomingServer`, `calendar`, `addressbook`, `fileShare`. */
export const urlSections: Record<string, Exclude<Protocol, 'imap' | 'pop3' | 'smtp' | 'managesieve'>> = {
  jmap: 'jmap',
  ews: 'ews',
  activesync: 'activeSync',
  graph: 'graph',
  caldav: 'caldav',
  carddav: 'carddav',
  webdav: 'webdav',
};

/** Where version 1.2 says a service: the element, and whether it belongs to the mail provider or to the document. */
export const serviceSections: Record<
  Service['protocol'],
  { element: string; within: 'emailProvider' | 'clientConfig' }
> = {
  jmap: { element: 'incomingServer', within: 'emailProvider' },
  ews: { element: 'incomingServer', within: 'emailProvider' },
  activeSync: { element: 'incomingServer', within: 'emailProvider' },
  graph: { element: 'incomingServer', within: 'emailProvider' },
  caldav: { element: 'calendar', within: 'clientConfig' },
  carddav: { element: 'addressbook', within: 'clientConfig' },
  webdav: { element: 'fileShare', within: 'clientConfig' },
  managesieve: { element: 'setupServer', within: 'clientConfig' },
};

/** `authentication` of a section with a URL. The draft has words for these three and none for the others. */
export const httpAuthentication: Partial<Record<Auth, string>> = {
  OAuth2: '<authentication>OAuth2</authentication>',
  'password-cleartext': '<authentication system="http">Basic</authentication>',
  'password-encrypted': '<authentication system="http">Digest</authentication>',
};
