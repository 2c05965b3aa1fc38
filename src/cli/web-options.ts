/** Options of the commands that ask domains what they publish. */
import type { DiscovererOptions } from '../discover/discover-node.ts';
import { defaultDiscoverTimeout } from '../discover/model.ts';
import { readCertificates } from './certificates.ts';
import { resolverOption } from './options.ts';
import { misuse } from './say.ts';

export const webOptions = {
  ...resolverOption,
  ca: { type: 'string' },
  'allow-private': { type: 'boolean' },
  timeout: { type: 'string' },
  contact: { type: 'string' },
  dial: { type: 'string', multiple: true },
} as const;

/** Their lines in the help of a command; `what` says what the time is for. */
export const webUsage = (what: string) => `\
  --resolver HOST:PORT    the DNS server (default: the system's)
  --ca FILE               trust these certificates (PEM), too
  --allow-private         dial private, loopback and other special addresses, too
  --dial PORT=PORT        dial another port than the URL says, for a web server under test; may be given twice
  --timeout SECONDS       for ${what} (default: ${defaultDiscoverTimeout})
  --contact TEXT          where people learn who asks and why; said in the User-Agent
`;

interface Values {
  readonly resolver?: string;
  readonly ca?: string;
  readonly 'allow-private'?: boolean;
  readonly timeout?: string;
  readonly contact?: string;
  readonly dial?: readonly string[];
}

/** @throws {Complaint} for a time or a port that is none, and a file that cannot be read */
export function readWebOptions(values: Values, commandName: string): DiscovererOptions {
  const { resolver, ca, timeout, contact, dial } = values;
  const seconds = timeout === undefined ? undefined : Number(timeout);
  if (seconds !== undefined && !(seconds > 0 && seconds <= 600))
    throw misuse('--timeout takes seconds, from 1 to 600', commandName);
  return {
    ...(resolver !== undefined && { resolver }),
    ...(ca !== undefined && { ca: readCertificates(ca) }),
    ...(values['allow-private'] && { allowPrivate: true }),
    ...(seconds !== undefined && { timeout: seconds }),
    ...(contact !== undefined && { contact }),
    ...(dial && { ports: new Map(dial.map((pair) => readPorts(pair, commandName))) }),
  };
}

/** `443=8443` */
function readPorts(text: string, commandName: string): [number, number] {
  const [, from, to] = /^(\d{1,5})=(\d{1,5})$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(to) > 65535)
    throw misuse('--dial takes two ports, such as 443=8443', commandName);
  return [Number(from), Number(to)];
}
