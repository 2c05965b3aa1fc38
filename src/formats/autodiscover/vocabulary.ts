/**
 * The words of Microsoft's Autodiscover, "plain old XML" ([MS-OXDSCLI]). The namespaces begin with http://; the https:// in
 * Microsoft's Markdown pages comes from a rewriting of links.
 */
import type { Security } from '../../provider/model.ts';

const base = 'http://schemas.microsoft.com/exchange/autodiscover';

/** The namespace of every answer's root, and of an error's `Response`. */
export const responseNamespace = `${base}/responseschema/2006`;

/** What a client may accept ([MS-OXDSCLI] 2.2.3.1.1.2, [MS-ASCMD] 2.2.3.1), and the namespace of the `Response` in it. */
export const schemas = {
  outlook: `${base}/outlook/responseschema/2006a`,
  mobilesync: `${base}/mobilesync/responseschema/2006`,
} as const;

/** `Type` ([MS-OXDSCLI] 2.2.4.1.1.2.6.46) of the three protocols that a non-Exchange account has. */
export const type = { imap: 'IMAP', pop3: 'POP3', smtp: 'SMTP' } as const;

/**
 * `SSL` and `Encryption` of the two secure modes. `Encryption` overrides `SSL` ([MS-OXDSCLI] 2.2.4.1.1.2.6.22) in Outlook
 * 2010 and later, where `TLS` means STARTTLS: with it on port 993, Outlook waits for a greeting that never comes
 * (stalwartlabs/stalwart issue 3248). `SSL` is `on` for both: Thunderbird takes `off` for plaintext whatever `Encryption`
 * says, and decides by the port otherwise (25, 110, 143 and 587: STARTTLS).
 */
export const encryption: Record<Exclude<Security, 'none'>, { readonly SSL: 'on'; readonly Encryption: string }> = {
  tls: { SSL: 'on', Encryption: 'SSL' },
  starttls: { SSL: 'on', Encryption: 'TLS' },
};

/** `ErrorCode` ([MS-OXDSCLI] 2.2.4.1.1.3.2) and the `Message` that goes with it. */
export const errors = {
  /** Nobody knows the domain. */
  500: 'The email address cannot be found.',
  /** It is known, and nothing can be set up: no access, or OAuth2 alone, which this format cannot say. */
  501: 'Bad Address',
  /** Not XML, no address. */
  600: 'Invalid Request',
  /** Another kind of configuration was asked for, such as ActiveSync. */
  601: 'Provider is not available',
  /** It is known, and withheld for now. */
  602: 'Bad Address',
} as const;
export type ErrorCode = keyof typeof errors;

/** What a client asks with; it accepts {@link schemas}. */
export const requestSchema = `${base}/outlook/requestschema/2006`;

/** `Type` as found in responses, in lower case; whatever is not here (EXCH, EXPR, WEB …) is Exchange's own. */
export const typesRead: ReadonlyMap<string, keyof typeof type> = new Map(
  (['imap', 'pop3', 'smtp'] as const).map((name) => [name, name]),
);

/** Ports on which Thunderbird takes `SSL` on for STARTTLS. */
export const starttlsPorts: ReadonlySet<number> = new Set([25, 110, 143, 587]);

/** The port where a `Protocol` names none. */
export const usualPorts: Readonly<Record<keyof typeof type, Readonly<Record<Security, number>>>> = {
  imap: { tls: 993, starttls: 143, none: 143 },
  pop3: { tls: 995, starttls: 110, none: 110 },
  smtp: { tls: 465, starttls: 587, none: 25 },
};
