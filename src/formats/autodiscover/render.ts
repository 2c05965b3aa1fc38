/**
 * Autodiscover answers as classic Outlook and Thunderbird read them ([MS-OXDSCLI] 2.2.4). New Outlook, Outlook for Mac and
 * the mobile ones ask Microsoft's own service instead and never come here.
 *
 * What this format makes of a record:
 * - one `Protocol` for each of IMAP, POP3 and SMTP, the best that there is: Outlook takes one of a type
 * - every switch is said, because `SPA`, `SSL` and `AuthRequired` are `on` where they are missing
 * - user names are filled in, because there are no placeholders; without an address `LoginName` is missing, and clients take
 *   the address then
 * - no server without TLS, and none that takes OAuth2 alone: the format cannot say it, and a password would be refused
 * - no `User`: its `DisplayName` is the name of the person, which nobody knows here
 */
import { currentOf } from '../../provider/current.ts';
import { withHosts } from '../../provider/hosts.ts';
import { fillUsername, takesPassword, usernameOrAddress } from '../../provider/login.ts';
import type { Answer, Auth, Knowledge, Security, Server } from '../../provider/model.ts';
import { escapeXml } from '../escape.ts';
import { type ErrorCode, encryption, errors, responseNamespace, schemas, type } from './vocabulary.ts';

/**
 * Renders the settings of an answer.
 * @param local what stands before the “@” of the address that asks
 * @param login how that address signs in, where it is known
 * @returns undefined where the record has no pair of servers that this format can express and that may be given now
 */
export function renderAutodiscover(
  answer: Answer,
  knowledge: Knowledge,
  local?: string,
  login?: string,
): string | undefined {
  const { provider } = currentOf(withHosts(answer), knowledge);
  const incoming = (['imap', 'pop3'] as const).flatMap((protocol) => best(provider.incoming, protocol));
  const [outgoing] = best(provider.outgoing, 'smtp');
  const [first] = incoming;
  if (!first || !outgoing) return undefined;
  const loginAt = ({ username }: Server): string | undefined =>
    local === undefined
      ? undefined
      : fillUsername(usernameOrAddress(username), { local, domain: answer.domain, login });
  return document([
    `  <Response xmlns="${schemas.outlook}">`,
    '    <Account>',
    '      <AccountType>email</AccountType>',
    '      <Action>settings</Action>',
    ...incoming.flatMap((server) => protocolOf(server, loginAt(server), {})),
    ...protocolOf(outgoing, loginAt(outgoing), {
      // “Use the same settings as my incoming mail server”: only where they are the same.
      UsePOPAuth:
        takesPassword(outgoing) && (login !== undefined || outgoing.username === first.username) ? 'on' : 'off',
      SMTPLast: 'off',
    }),
    '    </Account>',
    '  </Response>',
  ]);
}

/**
 * Renders an error, which goes out with HTTP 200: whatever else makes clients go on to the next URL, and that is meant for
 * servers that are not there.
 * @param why a sentence for whoever looks into it; must not contain the local part of an address
 * @param accepts an ActiveSync client finds its error in its own namespace ([MS-ASCMD] 4.2.4)
 */
export function renderError(code: ErrorCode, why: string, accepts: keyof typeof schemas | 'other', now: Date): string {
  const time = `${now.toISOString().slice(11, 23)}0000`;
  return document([
    accepts === 'mobilesync' ? `  <Response xmlns="${schemas.mobilesync}">` : '  <Response>',
    `    <Error Time="${time}" Id="0">`,
    `      <ErrorCode>${code}</ErrorCode>`,
    `      <Message>${errors[code]}</Message>`,
    `      <DebugData>${escapeXml(why)}</DebugData>`,
    '    </Error>',
    '  </Response>',
  ]);
}

function document(lines: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<Autodiscover xmlns="${responseNamespace}">`,
    ...lines,
    '</Autodiscover>',
    '',
  ].join('\n');
}

type Secure = Server & { readonly security: Exclude<Security, 'none'> };

/** The first server of a protocol that can be said, as a list of one or none. */
function best(servers: readonly Server[], protocol: Server['protocol']): Secure[] {
  const able = servers.filter(
    (server): server is Secure => server.protocol === protocol && server.security !== 'none' && isExpressible(server),
  );
  return able.toSorted((a, b) => Number(takesPassword(b)) - Number(takesPassword(a))).slice(0, 1);
}

const withoutSignIn: ReadonlySet<Auth> = new Set(['none', 'client-IP-address']);

/** Mechanisms are not said in this format: with a password, client and server agree on one. */
function isExpressible(server: Server): boolean {
  const isOpen = server.protocol === 'smtp' && server.auth.every((method) => withoutSignIn.has(method));
  return takesPassword(server) || isOpen;
}

function protocolOf(server: Secure, login: string | undefined, more: Readonly<Record<string, string>>): string[] {
  const { SSL, Encryption } = encryption[server.security];
  const values: Record<string, string | undefined> = {
    Type: type[server.protocol],
    Server: server.host,
    Port: String(server.port),
    LoginName: takesPassword(server) ? login : undefined,
    DomainRequired: 'off',
    // “Secure Password Authentication” is NTLM and Kerberos.
    SPA: 'off',
    SSL,
    Encryption,
    AuthRequired: takesPassword(server) ? 'on' : 'off',
    ...more,
  };
  return [
    '      <Protocol>',
    ...Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [`        <${name}>${escapeXml(value)}</${name}>`],
    ),
    '      </Protocol>',
  ];
}
