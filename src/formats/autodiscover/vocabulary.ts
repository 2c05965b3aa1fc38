/** The words of Autodiscover POX (MS-OXDSCLI; the real namespaces are http, whatever Microsoft's Markdown pages show). */

export const requestSchema = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006';
export const responseSchema = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';

/** `Type` of a `Protocol`, in lower case; whatever is not here (WEB, EXPR, …) is Exchange's own. */
export const mailTypes: Readonly<Record<string, 'imap' | 'pop3' | 'smtp'>> = {
  imap: 'imap',
  pop3: 'pop3',
  smtp: 'smtp',
};

/** Ports on which Thunderbird, and Outlook's dialogue, take `SSL` on for STARTTLS. */
export const starttlsPorts: ReadonlySet<number> = new Set([25, 110, 143, 587]);

/** The port where a `Protocol` names none, by whether TLS comes first. */
export const usualPorts = {
  imap: { tls: 993, starttls: 143, none: 143 },
  pop3: { tls: 995, starttls: 110, none: 110 },
  smtp: { tls: 465, starttls: 587, none: 25 },
} as const;
