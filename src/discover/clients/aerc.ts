import { childrenOf, type Element } from '../../formats/xml.ts';
import type { SrvRecord } from '../../net/dns/resolver.ts';
import {
  addressOf,
  type Client,
  type ClientServer,
  type Person,
  type Reading,
  type Settings,
  type SrvRecords,
} from './model.ts';
import { last } from './reading.ts';

/** Of incoming servers the first IMAP one; outgoing ones are all read into the same place, and the last counts. */
function autoconfig(root: Element, person: Person): Reading {
  const [provider] = root.name === 'clientConfig' ? childrenOf(root, 'emailProvider') : [];
  if (!provider) return { refused: 'other-document' };
  const incoming = childrenOf(provider, 'incomingServer').find(
    ({ attributes }) => attributes.type?.toLowerCase() === 'imap',
  );
  if (!incoming) return { refused: 'no-incoming' };
  const outgoing = childrenOf(provider, 'outgoingServer');
  const imap = server('imap', (name) => last(incoming, name), person);
  const smtp = server(
    'smtp',
    (name) => outgoing.map((one) => last(one, name)).findLast((text) => text !== undefined),
    person,
  );
  if (!imap) return { refused: 'no-incoming' };
  return smtp ? { incoming: [imap], outgoing: [smtp] } : { refused: 'no-outgoing' };
}

function server(
  protocol: 'imap' | 'smtp',
  text: (name: string) => string | undefined,
  person: Person,
): ClientServer | undefined {
  const port = text('port') ?? '';
  if (!/^[+-]?\d+$/.test(port)) return undefined;
  const mode = text('socketType')?.toLowerCase();
  const username = text('username') ?? '';
  return {
    protocol,
    host: text('hostname') ?? '',
    port: Number(port),
    security: mode === 'plain' ? 'none' : mode === 'ssl' ? 'tls' : 'starttls',
    username: username.toLowerCase() === '%emailaddress%' ? addressOf(person) : username,
  };
}

/** JMAP before IMAP, STARTTLS before TLS; without one to send the account is made all the same. */
function srv(records: SrvRecords, person: Person): Settings | undefined {
  const best = (label: string): SrvRecord | undefined => {
    const all = (records.get(label) ?? []).toSorted((a, b) => a.priority - b.priority);
    // The heaviest of all, whatever its priority; the first of equals.
    const heaviest = all.reduce<SrvRecord | undefined>(
      (a, b) => (a === undefined || b.weight > a.weight ? b : a),
      undefined,
    );
    return heaviest && heaviest.target !== '' && heaviest.port > 0 ? heaviest : undefined;
  };
  const username = addressOf(person);
  const take = (
    protocol: ClientServer['protocol'],
    label: string,
    security: ClientServer['security'],
  ): ClientServer[] => {
    const found = best(label);
    return found ? [{ protocol, host: found.target, port: found.port, security, username }] : [];
  };
  const imap = [...take('imap', '_imap._tcp', 'starttls'), ...take('imap', '_imaps._tcp', 'tls')].slice(0, 1);
  const incoming = [...take('jmap', '_jmap._tcp', 'tls'), ...imap];
  if (incoming.length === 0) return undefined;
  return {
    incoming,
    outgoing: [...take('smtp', '_submission._tcp', 'starttls'), ...take('smtp', '_smtps._tcp', 'tls')].slice(0, 1),
  };
}

const query = 'mail/config-v1.1.xml?emailaddress={address}';

export const aerc: Client = {
  name: 'aerc',
  title: 'aerc',
  steps: [
    {
      kind: 'srv',
      of: 'domain',
      labels: ['_jmap._tcp', '_imap._tcp', '_imaps._tcp', '_submission._tcp', '_smtps._tcp'],
    },
    { kind: 'autoconfig', of: 'domain', url: `https://autoconfig.{domain}/${query}` },
    { kind: 'autoconfig', of: 'domain', url: `https://{domain}/.well-known/autoconfig/${query}` },
    { kind: 'ispdb', of: 'domain' },
    { kind: 'guess' },
  ],
  autoconfig,
  srv,
  rules: [
    { says: 'takes the first IMAP section, but of outgoing ones the last', ours: 'all sections of the record work' },
    {
      says: 'fills in %EMAILADDRESS% alone; any other placeholder is sent to the server as it stands',
      ours: 'what is on the record: people of such a provider have to correct the user name',
    },
    { says: 'takes what is neither plain nor SSL for STARTTLS' },
    {
      says: 'believes SRV before autoconfig, of SRV _imap before _imaps, and the heaviest record whatever its priority',
    },
    { says: 'does not look at the status of an answer, only whether it is XML', ours: 'errors are JSON' },
  ],
  sources: [
    { where: 'rjarry/aerc', what: 'lib/autoconfig/autoconfig.go, mozilla.go', revision: '932d9a4' },
    { where: 'rjarry/aerc', what: 'lib/autoconfig/dns-srv.go', revision: 'b3c5b6b' },
    { where: 'rjarry/aerc', what: 'lib/autoconfig/get.go, mx.go', revision: 'e7e0421' },
  ],
};
