/** The words in which pages speak of servers: what mail programs call things, and what that means. */
import type { AnswerJson } from '../../formats/answer.ts';
import type { Auth, Security, StatusName } from '../../provider/model.ts';
import type { InEach } from './language.ts';
import type { Mood } from './marks.ts';

/** Incoming or outgoing: they look the same. */
export type ServerJson = AnswerJson['incoming'][number];
export type LocalJson = AnswerJson['local'][number];

interface Words {
  readonly what: Readonly<Record<'imap' | 'pop3' | 'smtp', { readonly name: string; readonly says: string }>>;
  readonly security: Readonly<Record<Security, { readonly name: string; readonly says: string }>>;
  readonly auth: Readonly<Record<Auth, string>>;
  readonly user: Readonly<Record<'%EMAILADDRESS%' | '%EMAILLOCALPART%' | 'ask', string>>;
  readonly status: Readonly<Record<StatusName, string>>;
}

export const texts = {
  en: {
    what: {
      imap: { name: 'Receive (IMAP)', says: 'the same mail on all devices' },
      pop3: { name: 'Receive (POP3)', says: 'downloads mail to one device' },
      smtp: { name: 'Send (SMTP)', says: 'outgoing mail' },
    },
    security: {
      tls: { name: 'SSL/TLS', says: 'encrypted from the start' },
      starttls: { name: 'STARTTLS', says: 'encrypted before sign-in' },
      none: { name: 'None', says: 'anybody on the way can read password and mail' },
    },
    auth: {
      OAuth2: 'OAuth2 (the provider’s sign-in page)',
      'password-cleartext': 'Normal password',
      'password-encrypted': 'Encrypted password',
      NTLM: 'NTLM',
      GSSAPI: 'Kerberos (GSSAPI)',
      'TLS-client-cert': 'TLS certificate',
      'client-IP-address': 'none, within the provider’s network',
      none: 'none',
    },
    user: {
      '%EMAILADDRESS%': 'your whole e-mail address',
      '%EMAILLOCALPART%': 'what stands before the @ of your address',
      ask: 'given to you by the provider',
    },
    status: {
      unverified: 'not checked',
      verified: 'answers',
      degraded: 'answers, with trouble',
      failing: 'fails',
      dead: 'gone',
    },
  },
  de: {
    what: {
      imap: { name: 'Empfangen (IMAP)', says: 'auf allen Geräten dieselbe Post' },
      pop3: { name: 'Empfangen (POP3)', says: 'lädt die Post auf ein Gerät' },
      smtp: { name: 'Senden (SMTP)', says: 'ausgehende Post' },
    },
    security: {
      tls: { name: 'SSL/TLS', says: 'von Anfang an verschlüsselt' },
      starttls: { name: 'STARTTLS', says: 'verschlüsselt, bevor Sie sich anmelden' },
      none: { name: 'Keine', says: 'wer mitliest, sieht Passwort und Post' },
    },
    auth: {
      OAuth2: 'OAuth2 (Anmeldeseite des Anbieters)',
      'password-cleartext': 'Passwort, normal',
      'password-encrypted': 'Verschlüsseltes Passwort',
      NTLM: 'NTLM',
      GSSAPI: 'Kerberos (GSSAPI)',
      'TLS-client-cert': 'TLS-Zertifikat',
      'client-IP-address': 'keine, im Netz des Anbieters',
      none: 'keine',
    },
    user: {
      '%EMAILADDRESS%': 'Ihre ganze E-Mail-Adresse',
      '%EMAILLOCALPART%': 'was in Ihrer Adresse vor dem @ steht',
      ask: 'bekommen Sie vom Anbieter',
    },
    status: {
      unverified: 'nicht geprüft',
      verified: 'antwortet',
      degraded: 'antwortet mit Mängeln',
      failing: 'versagt',
      dead: 'gibt es nicht mehr',
    },
  },
} as const satisfies InEach<Words>;

/** How a status looks beside its word. */
export const moodOf: Readonly<Record<StatusName, Mood>> = {
  unverified: 'none',
  verified: 'good',
  degraded: 'doubt',
  failing: 'bad',
  dead: 'bad',
};
