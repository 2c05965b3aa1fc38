import type { Element } from '../../formats/xml.ts';
import type { Security } from '../../provider/model.ts';
import {
  addressOf,
  type Client,
  type ClientServer,
  type Person,
  type Reading,
  type Settings,
  type SrvRecords,
  type Step,
} from './model.ts';
import { everything, last, strictPort } from './reading.ts';

/** What was read of a server so far; each section writes over the one before it. */
interface Half {
  host?: string;
  port?: number;
  security?: Security;
}

/** The last IMAP and the last SMTP section count, and so does the last user name of the whole file. */
function autoconfig(root: Element, person: Person): Reading {
  const halves: Readonly<Record<string, Half>> = { 'incomingServer imap': {}, 'outgoingServer smtp': {} };
  let username: string | undefined;
  const sections = everything(root).filter(({ name }) => name === 'incomingServer' || name === 'outgoingServer');
  for (const section of sections) {
    const half = halves[`${section.name} ${section.attributes.type ?? ''}`];
    for (const { name, verbatim } of everything(section).slice(1)) {
      if (name === 'username' && verbatim !== '') username = verbatim;
      if (!half || verbatim === '') continue;
      if (name === 'hostname') half.host = verbatim;
      if (name === 'socketType' && verbatim === 'SSL') half.security = 'tls';
      if (name === 'socketType' && verbatim === 'STARTTLS') half.security = 'starttls';
      if (name !== 'port') continue;
      const port = strictPort(verbatim);
      if (port === undefined) return { refused: 'bad-value', where: `${section.name}/port` };
      half.port = port;
      half.security = byPort(port, section.name === 'incomingServer' ? 143 : 587);
    }
  }
  return settings(halves['incomingServer imap'], halves['outgoingServer smtp'], nameOf(username, person));
}

/** With TLS at once, but on the port that is usual for STARTTLS. */
function byPort(port: number, starttlsPort: number): Security {
  return port === starttlsPort ? 'starttls' : 'tls';
}

/** Only a placeholder that stands alone is filled in. */
function nameOf(username: string | undefined, person: Person): string {
  if (username === undefined || username === '%EMAILADDRESS%') return addressOf(person);
  return username === '%EMAILLOCALPART%' ? person.local : username;
}

function settings(imap: Half | undefined, smtp: Half | undefined, username: string): Reading {
  const whole = (protocol: 'imap' | 'smtp', half: Half | undefined): ClientServer[] => {
    const { host, port, security = 'tls' } = half ?? {};
    return host === undefined || !port ? [] : [{ protocol, host, port, security, username }];
  };
  const [incoming, outgoing] = [whole('imap', imap), whole('smtp', smtp)];
  if (incoming.length === 0) return { refused: 'no-incoming' };
  return outgoing.length === 0 ? { refused: 'no-outgoing' } : { incoming, outgoing };
}

/** STARTTLS where the port is the usual one for it, whatever `SSL` and `Encryption` say; the login name is not read. */
function autodiscover(root: Element, person: Person): Reading {
  let imap: Half | undefined;
  let smtp: Half | undefined;
  for (const account of everything(root).filter(({ name }) => name === 'Account')) {
    const says = (name: string, value: string) =>
      account.children.some((one) => one.name === name && one.verbatim === value);
    if (!says('AccountType', 'email') || !says('Action', 'settings')) continue;
    for (const section of account.children.filter(({ name }) => name === 'Protocol')) {
      const [host, port] = [last(section, 'Server'), strictPort(last(section, 'Port'))];
      if (!host || port === undefined) continue;
      if (last(section, 'Type') === 'IMAP') imap = { host, port, security: byPort(port, 143) };
      if (last(section, 'Type') === 'SMTP') smtp = { host, port, security: byPort(port, 587) };
    }
  }
  return settings(imap, smtp, addressOf(person));
}

/** Of both labels the most preferred record; at a draw `_imaps`, but `_submission`. */
function srv(records: SrvRecords, person: Person): Settings | undefined {
  const best = (labels: readonly [string, string], starttlsPort: number) => {
    const [found] = labels
      .flatMap((label) => (records.get(label) ?? []).map((record) => ({ label, record })))
      .filter(({ record }) => record.target !== '')
      .toSorted((a, b) => a.record.priority - b.record.priority || b.record.weight - a.record.weight);
    if (!found) return undefined;
    const { label, record } = found;
    const isTls = label === '_imaps._tcp' || label === '_submissions._tcp';
    return {
      host: record.target,
      port: record.port,
      security: isTls ? ('tls' as const) : byPort(record.port, starttlsPort),
    };
  };
  const imap = best(['_imaps._tcp', '_imap._tcp'], 143);
  const smtp = best(['_submission._tcp', '_submissions._tcp'], 587);
  const read = settings(imap, smtp, addressOf(person));
  return 'refused' in read ? undefined : read;
}

/** Its own scores: SRV 50 for each server, a document 20, and 100 for a user name that is none of the usual ones. */
function weight(kind: Step['kind'], { incoming }: Settings, person: Person): number {
  const username = incoming[0]?.username ?? '';
  if (kind === 'srv') return 100;
  return 40 + (username === addressOf(person) || username === person.local ? 0 : 100);
}

const labels = ['_imaps._tcp', '_imap._tcp', '_submission._tcp', '_submissions._tcp'];
const own = 'autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}';
const known = '{domain}/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress={address}';

export const fairEmail: Client = {
  name: 'fairemail',
  title: 'FairEmail',
  steps: [
    { kind: 'own-list' },
    { kind: 'srv', of: 'domain', labels },
    { kind: 'autoconfig', of: 'domain', url: `https://${own}` },
    { kind: 'autoconfig', of: 'domain', url: `https://${known}` },
    { kind: 'autoconfig', of: 'domain', url: `http://${own}` },
    { kind: 'autoconfig', of: 'domain', url: `http://${known}` },
    { kind: 'ispdb', of: 'domain' },
    { kind: 'autodiscover', method: 'POST', url: 'https://{domain}/autodiscover/autodiscover.xml' },
    { kind: 'autodiscover', method: 'POST', url: 'https://autodiscover.{domain}/autodiscover/autodiscover.xml' },
    { kind: 'srv', of: 'mx-each', labels },
    { kind: 'autoconfig', of: 'mx-each', url: `https://${own}` },
    { kind: 'ispdb', of: 'mx-each' },
    { kind: 'guess' },
  ],
  autoconfig,
  autodiscover,
  srv,
  weight,
  rules: [
    {
      says: 'takes the last IMAP and the last SMTP section, because each overwrites the one before',
      ours: 'all sections of the record work; what it takes is the provider’s, though not its first choice',
    },
    {
      says: 'takes one user name for both, the last of the file; only %EMAILADDRESS% and %EMAILLOCALPART% alone are filled in',
    },
    { says: 'never goes without encryption: plain is not known to it' },
    { says: 'prefers SRV to autoconfig, unless autoconfig gives a user name of its own; autoconfig to Autodiscover' },
    { says: 'puts a profile of its own in the place of anything whose host it knows' },
  ],
  sources: [
    { where: 'M66B/FairEmail', what: 'app/src/main/java/eu/faircode/email/EmailProvider.java', revision: '30a5133' },
    { where: 'M66B/FairEmail', what: 'Misc.java (the URLs), the version of 2025' },
  ],
};
