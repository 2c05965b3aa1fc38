/**
 * Where a client ends elsewhere than our record means although it reads our own output: whose fault it is, and when it
 * happens. records.test.ts holds that it happens then and never else; docs/clients.md tells it to people.
 */
import type { ClientName } from '../../../src/discover/clients/model.ts';
import type { Difference } from '../../../src/discover/clients/verdict.ts';
import { widelyUnderstood } from '../../../src/formats/autoconfig/vocabulary.ts';
import type { AnsweredProvider, Server } from '../../../src/provider/model.ts';
import type { Format } from './documents.ts';

export interface KnownDifference {
  readonly clients: readonly ClientName[];
  readonly format: Format;
  /** What differs, or `nothing`: the client makes nothing of the document. */
  readonly field: Difference['field'] | 'nothing';
  readonly when: (provider: AnsweredProvider) => boolean;
  readonly says: string;
}

const isAddress = ({ username }: Server) => username === '%EMAILADDRESS%' || username === 'ask';
const isPlaceholder = ({ username }: Server) => /^%[A-Z]+%$/.test(username) || username === 'ask';
const isSignedIn = ({ auth }: Server) => auth.some((method) => method !== 'none' && method !== 'client-IP-address');

/** The servers that a format gives: secure ones, with a method that everybody knows. */
const secure = (servers: readonly Server[]) => {
  const usable = servers.filter(({ auth }) => auth.some((method) => widelyUnderstood.has(method)));
  const safe = usable.filter(({ security }) => security !== 'none');
  return safe.length > 0 ? safe : usable;
};
const imapOf = ({ incoming }: AnsweredProvider) => secure(incoming).filter(({ protocol }) => protocol === 'imap');
const smtpOf = ({ outgoing }: AnsweredProvider) => secure(outgoing);

/** What Autodiscover gives of a protocol: the first that takes a password, else one that wants no sign-in. */
const takesPassword = ({ auth }: Server) => auth.some((method) => method.startsWith('password-'));
const bestOf = (servers: readonly Server[], protocol: Server['protocol']): Server[] =>
  servers
    .filter((server) => server.protocol === protocol && server.security !== 'none')
    .filter((server) => takesPassword(server) || (protocol === 'smtp' && !isSignedIn(server)))
    .toSorted((a, b) => Number(takesPassword(b)) - Number(takesPassword(a)))
    .slice(0, 1);
const autodiscovered = ({ incoming, outgoing }: AnsweredProvider) => ({
  imap: bestOf(incoming, 'imap'),
  incoming: [...bestOf(incoming, 'imap'), ...bestOf(incoming, 'pop3')].slice(0, 1),
  outgoing: bestOf(outgoing, 'smtp'),
});
const hasOtherName = (provider: AnsweredProvider) => {
  const { imap, outgoing } = autodiscovered(provider);
  return [...imap, ...outgoing.filter(isSignedIn)].some((server) => !isAddress(server));
};
const starttlsPorts: ReadonlySet<number> = new Set([25, 110, 143, 587]);

export const knownDifferences: readonly KnownDifference[] = [
  {
    clients: ['thunderbird-android', 'fairemail', 'aerc', 'geary'],
    format: 'autoconfig',
    field: 'nothing',
    when: (provider) => imapOf(provider).length === 0,
    says: 'The provider has POP3 alone, which the client does not read.',
  },
  {
    clients: ['delta-chat', 'emailengine'],
    format: 'autoconfig',
    field: 'missing',
    when: (provider) => imapOf(provider).length === 0,
    says: 'The provider has POP3 alone: the client takes the server to send and finds none to fetch mail from.',
  },
  {
    clients: ['aerc'],
    format: 'autoconfig',
    field: 'username',
    when: (provider) =>
      [imapOf(provider)[0], smtpOf(provider).at(-1)].some(
        (server) => server && imapOf(provider).length > 0 && !isAddress(server),
      ),
    says: 'The user name is not the address: the client sends the placeholder as it stands.',
  },
  {
    clients: ['geary'],
    format: 'autoconfig',
    field: 'username',
    when: (provider) =>
      [imapOf(provider)[0], smtpOf(provider)[0]].some(
        (server) => server && imapOf(provider).length > 0 && !isAddress(server),
      ),
    says: 'The user name is not the address: the client does not read it and takes the address.',
  },
  {
    clients: ['fairemail'],
    format: 'autoconfig',
    field: 'username',
    when: (provider) => {
      const [imap, smtp] = [imapOf(provider).at(-1), smtpOf(provider).at(-1)];
      const name = (server: Server) => (isAddress(server) ? '%EMAILADDRESS%' : server.username);
      return imap !== undefined && smtp !== undefined && name(imap) !== name(smtp);
    },
    says: 'The user name is not the same to fetch and to send: the client takes the last one for both.',
  },
  {
    clients: ['emailengine'],
    format: 'autoconfig',
    field: 'username',
    when: (provider) => [imapOf(provider)[0], smtpOf(provider)[0]].some((server) => server && !isPlaceholder(server)),
    says: 'The user name has a placeholder within other text: the client fills in only what stands alone.',
  },
  {
    clients: ['delta-chat'],
    format: 'autodiscover',
    field: 'username',
    when: hasOtherName,
    says: 'The user name is not the address: the client does not read LoginName.',
  },
  {
    clients: ['fairemail'],
    format: 'autodiscover',
    field: 'username',
    when: (provider) => autodiscovered(provider).imap.length > 0 && hasOtherName(provider),
    says: 'The user name is not the address: the client does not read LoginName.',
  },
  {
    clients: ['delta-chat', 'emailengine'],
    format: 'autodiscover',
    field: 'missing',
    when: (provider) => autodiscovered(provider).imap.length === 0,
    says: 'The provider has POP3 alone, which the client does not read.',
  },
  {
    clients: ['fairemail'],
    format: 'autodiscover',
    field: 'nothing',
    when: (provider) => autodiscovered(provider).imap.length === 0,
    says: 'The provider has POP3 alone, which the client does not read.',
  },
  {
    clients: ['emailengine'],
    format: 'autodiscover',
    field: 'security',
    when: (provider) => {
      const { imap, outgoing } = autodiscovered(provider);
      return [...imap, ...outgoing].some(({ security }) => security === 'starttls');
    },
    says: 'The server wants STARTTLS, which the format says in an element that the client does not read: it begins with TLS at once, and fails.',
  },
  {
    clients: ['thunderbird', 'fairemail'],
    format: 'autodiscover',
    field: 'security',
    when: (provider) =>
      autodiscovered(provider).outgoing.some(({ security, port }) => security === 'tls' && starttlsPorts.has(port)),
    says: 'The server speaks TLS at once on a port that the client takes for STARTTLS: it fails, but is never spoken to without TLS.',
  },
  {
    clients: ['thunderbird', 'outlook'],
    format: 'autodiscover',
    field: 'auth',
    when: (provider) => {
      const { incoming, outgoing } = autodiscovered(provider);
      return [...incoming, ...outgoing].some(
        ({ auth }) => takesPassword({ auth } as Server) && !auth.includes('password-cleartext'),
      );
    },
    says: 'The server takes the password only encrypted, which the format cannot say: client and server agree on it when they meet.',
  },
];
