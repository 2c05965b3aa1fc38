/**
 * What only version 1.2 of the autoconfig XML can say (draft-ietf-mailmaint-autoconfig-06 sections 4.2 to 4.5): services
 * beside mail, and where OAuth2 clients sign in. `webMail` is version 1.1's; the draft has dropped it, its grammar lets it
 * pass, and who does not know it ignores it.
 */
import type { CurrentProvider } from '../../provider/current.ts';
import { usernameOrAddress } from '../../provider/login.ts';
import type { Protocol, Server, Service } from '../../provider/model.ts';
import { escapeXml } from '../escape.ts';
import { httpAuthentication, serviceSections, socketType } from './vocabulary.ts';

/** Lines for the two places of a document. */
export interface Extensions {
  /** Inside `emailProvider`: services that carry mail. */
  readonly mail: readonly string[];
  /** Beside it. */
  readonly document: readonly string[];
}

export function extensions({ services = [], webmail }: CurrentProvider): Extensions {
  const place = (within: 'emailProvider' | 'clientConfig', indent: string): string[] =>
    services
      .filter(({ protocol }) => serviceSections[protocol].within === within)
      .flatMap((service) => serviceSection(service).map((line) => indent + line));
  const page = webmail === undefined ? [] : webMail(webmail);
  return { mail: place('emailProvider', '    '), document: [...place('clientConfig', '  '), ...page] };
}

/** Empty where the draft has no word for any way to sign in: a client would have to ignore the section anyway. */
function serviceSection(service: Service): string[] {
  const { protocol, url, host, port, security = 'starttls', username, auth } = service;
  const { element } = serviceSections[protocol];
  const ways = waysIn(service);
  if (ways.length === 0) return [];
  const place =
    url === undefined
      ? [
          `  <hostname>${escapeXml(host ?? '')}</hostname>`,
          `  <port>${port ?? defaultPort}</port>`,
          `  <socketType>${socketType[security]}</socketType>`,
        ]
      : [`  <url>${escapeXml(url)}</url>`];
  const name = `  <username>${escapeXml(usernameOrAddress(username))}</username>`;
  const words = url === undefined ? auth.map((way) => `<authentication>${way}</authentication>`) : ways;
  return [`<${element} type="${protocol}">`, ...place, ...words.map((word) => `  ${word}`), name, `</${element}>`];
}

/** ManageSieve (RFC 5804 section 1.8). */
const defaultPort = 4190;

function waysIn({ url, auth }: Service): string[] {
  return url === undefined ? [...auth] : auth.flatMap((way) => httpAuthentication[way] ?? []);
}

function webMail(url: string): string[] {
  return ['  <webMail>', `    <loginPage url="${escapeXml(url)}"/>`, '  </webMail>'];
}

/**
 * Where OAuth2 clients sign in, where anything in the document wants OAuth2; never a client id or secret. The one scope must
 * cover all services of the document (section 4.5). The draft writes an issuer as a bare host, RFC 8414 as a URL: without
 * `https://`, it is both.
 */
export function oauth2Block({ oauth2, services = [] }: CurrentProvider, servers: readonly Server[]): string[] {
  if (!oauth2) return [];
  const wanting = [...servers, ...services].filter(({ auth }) => auth.includes('OAuth2'));
  const protocols = new Set<Protocol | 'offline'>(wanting.map(({ protocol }) => protocol));
  if (protocols.size === 0) return [];
  const words = [...protocols, 'offline' as const].flatMap((protocol) => oauth2.scopes[protocol]?.split(' ') ?? []);
  const issuer = oauth2.issuer.replace(/^https:\/\//, '').replace(/^([^/]+)\/$/, '$1');
  return [
    '  <oAuth2>',
    `    <issuer>${escapeXml(issuer)}</issuer>`,
    `    <scope>${escapeXml([...new Set(words)].join(' '))}</scope>`,
    `    <authURL>${escapeXml(oauth2.authorization)}</authURL>`,
    `    <tokenURL>${escapeXml(oauth2.token)}</tokenURL>`,
    '  </oAuth2>',
  ];
}
