/** Options of the commands that ask domains what they publish. */
import type { DiscovererOptions } from '../discover/discover-node.ts';
import { defaultDiscoverTimeout } from '../discover/model.ts';
import { type Address, parseAddress } from '../name/address.ts';
import { readCertificates } from './certificates.ts';
import { reachOptions, reachUsage, secondsOf } from './options.ts';
import { misuse } from './say.ts';

export const webOptions = {
  ...reachOptions,
  timeout: { type: 'string' },
  contact: { type: 'string' },
  dial: { type: 'string', multiple: true },
} as const;

/** Their lines in the help of a command; `what` says what the time is for. */
export const webUsage = (what: string) => `\
${reachUsage}  --dial PORT=PORT        dial another port than the URL says, for a web server under test; may be given twice
  --timeout SECONDS       for ${what} (default: ${defaultDiscoverTimeout})
  --contact TEXT          where people learn who asks and why; said in the User-Agent
`;

/** Of those who may tell servers whose settings are wanted. */
export const sendOption = { 'send-address': { type: 'boolean' } } as const;
export const sendUsage = `\
  --send-address          tell servers the ADDRESS that was typed
`;

/** The one domain or address that was typed. @throws {Complaint}, {NameError} */
export function typedAddress(
  positionals: readonly string[],
  isSent: boolean | undefined,
  commandName: string,
): Address {
  const [typed, ...extra] = positionals;
  if (typed === undefined || extra.length > 0) throw misuse(`${commandName} takes one domain or address`, commandName);
  const address = parseAddress(typed);
  if (isSent && address.local === undefined)
    throw misuse('--send-address needs an address, such as someone@example.com', commandName);
  return address;
}

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
  const seconds = timeout === undefined ? undefined : secondsOf(timeout, 600, commandName);
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
