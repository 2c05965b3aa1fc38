/**
 * The words of Apple's configuration profiles (apple/device-management: mdm/profiles/com.apple.mail.managed.yaml,
 * com.apple.caldav.account.yaml, com.apple.carddav.account.yaml, TopLevel.yaml).
 */
import type { Auth, Security, Server } from '../../provider/model.ts';

/** The media type by which a device knows a profile. */
export const profileType = 'application/x-apple-aspen-config';

export const payloadType = {
  profile: 'Configuration',
  mail: 'com.apple.mail.managed',
  caldav: 'com.apple.caldav.account',
  carddav: 'com.apple.carddav.account',
} as const;

/** `EmailAccountType` */
export const accountType = { imap: 'EmailTypeIMAP', pop3: 'EmailTypePOP' } as const;

export type EmailAuth = 'EmailAuthPassword' | 'EmailAuthNTLM' | 'EmailAuthNone';

/**
 * `IncomingMailServerAuthentication` and its sister. Left out: OAuth2, Kerberos and client certificates, for which there is
 * no word, and password-encrypted, which may be SCRAM: Apple's words are for CRAM-MD5 and HTTP Digest alone.
 */
export const emailAuth: Readonly<Partial<Record<Auth, EmailAuth>>> = {
  'password-cleartext': 'EmailAuthPassword',
  NTLM: 'EmailAuthNTLM',
  'client-IP-address': 'EmailAuthNone',
  none: 'EmailAuthNone',
};

/** The port on which Apple's Mail begins in this way when `UseSSL` is on. */
export const ports: Readonly<Record<Server['protocol'], Readonly<Record<Exclude<Security, 'none'>, number>>>> = {
  imap: { tls: 993, starttls: 143 },
  pop3: { tls: 995, starttls: 110 },
  smtp: { tls: 465, starttls: 587 },
};
