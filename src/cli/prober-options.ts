/** How the commands that talk to mail servers are told about it. */
import { isIP } from 'node:net';
import { defaultTimeout, type ProberOptions } from '../verify/probe/prober-node.ts';
import { readCertificates } from './certificates.ts';
import { reachOptions, reachUsage, secondsOf } from './options.ts';
import { misuse } from './say.ts';

/** What `probe`, `verify` and `serve --verify` share. */
export const proberOptions = {
  ...reachOptions,
  timeout: { type: 'string' },
  'source-address': { type: 'string' },
  name: { type: 'string' },
  contact: { type: 'string' },
} as const;

/** Their lines in the help of a command; `what` says what the time is for. */
export const proberUsage = (what: string) => `\
${reachUsage}  --timeout SECONDS       for ${what} (default: ${defaultTimeout})
  --source-address IP     call from this address of the machine
  --name NAME             the host name for EHLO (default: the machine's)
  --contact TEXT          where people learn who probes and why; said in IMAP's ID
`;

type Values = {
  [K in keyof typeof proberOptions]?: (typeof proberOptions)[K]['type'] extends 'string' ? string : boolean;
};

/** @throws {Complaint} for a time or an address that is none, and a file that cannot be read */
export function readProberOptions(values: Values, commandName: string): ProberOptions {
  const seconds = secondsOf(values.timeout ?? defaultTimeout, 3600, commandName);
  const source = values['source-address'];
  if (source !== undefined && isIP(source) === 0)
    throw misuse('--source-address takes an IP address of this machine', commandName);
  const text = (key: 'resolver' | 'name' | 'contact', value: string | undefined) =>
    value !== undefined && { [key]: value };
  return {
    timeout: seconds,
    ...text('resolver', values.resolver),
    ...text('name', values.name),
    ...text('contact', values.contact),
    ...(values.ca !== undefined && { ca: readCertificates(values.ca) }),
    ...(values['allow-private'] && { allowPrivate: true }),
    ...(source !== undefined && { sourceAddress: source }),
  };
}

/** @returns undefined for the usual number @throws {Complaint} for what is no number of connections */
export function concurrencyOf(text: string | undefined, commandName: string): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw misuse('--concurrency takes a number from 1 to 1000', commandName);
  }
  return count;
}
