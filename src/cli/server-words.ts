/** What servers are called in lists of them. */
export const serverWords = {
  en: {
    incoming: 'incoming',
    outgoing: 'outgoing',
    security: { tls: 'TLS', starttls: 'STARTTLS', none: 'no encryption' },
  },
  de: {
    incoming: 'Eingang',
    outgoing: 'Ausgang',
    security: { tls: 'TLS', starttls: 'STARTTLS', none: 'unverschlüsselt' },
  },
} as const;
