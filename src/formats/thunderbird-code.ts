/**
 * The QR code with which Thunderbird for Android takes over an account: “Export for Mobile”, format version 1
 * (thunderbird/thunderbird-android, feature/migration/qrcode/qr-code-format.md, 2025-02-06). There is no password in it.
 *
 * It names the person's address, and so it is made where the address is: the server gives the account with placeholders, the
 * browser fills them in.
 */
import type { Domain } from '../name/domain.ts';
import { isTemplate } from '../provider/hosts.ts';
import { fillUsername } from '../provider/login.ts';
import type { AnsweredProvider, Auth, Security, Server } from '../provider/model.ts';

const protocol = { imap: 0, pop3: 1, smtp: 0 } as const;
const security = { none: 0, starttls: 2, tls: 3 } as const satisfies Record<Security, number>;
/** Kerberos and NTLM have numbers, too, but the app refuses them. */
const auth: Partial<Record<Auth, number>> = {
  none: 0,
  'password-cleartext': 1,
  'password-encrypted': 2,
  'TLS-client-cert': 5,
  OAuth2: 6,
};
/** Whose sign-in pages the app knows; with all others its OAuth2 fails (ThunderbirdOAuthConfigurationFactory). */
const knownIssuers = new Set([
  'https://accounts.google.com',
  'https://login.microsoftonline.com',
  'https://login.yahoo.com',
  'https://login.aol.com',
  'https://api.fastmail.com',
  'https://auth.tb.pro',
]);

type ServerCode = readonly [protocol: number, host: string, port: number, security: number, auth: number, user: string];
/** Version, the first code of one, how mail is fetched, and how it is sent and by whom. */
export type AccountCode = readonly [
  1,
  readonly [1, 1],
  ServerCode,
  readonly [readonly [ServerCode, readonly [address: string, name: string]]],
];

/** An account of the provider, with placeholders; undefined where the format or the app cannot say it. */
export function accountCode({
  incoming,
  outgoing,
  oauth2,
}: Pick<AnsweredProvider, 'incoming' | 'outgoing' | 'oauth2'>): AccountCode | undefined {
  const knowsIssuer = oauth2 !== undefined && knownIssuers.has(oauth2.issuer);
  const fetching = firstCode(incoming, knowsIssuer);
  const sending = firstCode(outgoing, knowsIssuer);
  return fetching && sending && [1, [1, 1], fetching, [[sending, ['%EMAILADDRESS%', '']]]];
}

/**
 * What stands in the QR code of one person. The format takes ASCII addresses only.
 * @param name as others see it; may be empty
 */
export function filledCode(
  [version, part, fetching, [[sending]]]: AccountCode,
  { local, domain, name }: { local: string; domain: Domain; name: string },
): string | undefined {
  const address = `${local}@${domain}`;
  if (!/^[\x21-\x7e]+$/.test(address)) return undefined;
  const fill = ([first, host, port, how, method, user]: ServerCode): ServerCode => [
    first,
    host,
    port,
    how,
    method,
    fillUsername(user, { local, domain }) ?? address,
  ];
  const oneLine = name.replaceAll(/\p{Cc}+/gu, ' ').trim();
  const text = JSON.stringify([version, part, fill(fetching), [[fill(sending), [address, oneLine]]]]);
  // Readers of QR codes guess at encodings, and some guess wrong.
  return text.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function firstCode(servers: readonly Server[], knowsIssuer: boolean): ServerCode | undefined {
  for (const server of servers) {
    const { host, port, username } = server;
    const method = server.auth.find((one) => auth[one] !== undefined && (one !== 'OAuth2' || knowsIssuer));
    if (method === undefined || username === 'ask' || isTemplate(host) || server.security === 'none') continue;
    return [protocol[server.protocol], host, port, security[server.security], auth[method] ?? 0, username];
  }
  return undefined;
}
