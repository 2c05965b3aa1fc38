/** The hosts of the simulated Internet. Each is a number, from which everything else follows. */
import type { EndpointKey } from '../../src/provider/model.ts';

/**
 * Under a name of the public suffix list's private part everybody owns a name of their own, so that none has to wait for
 * another's, and one wildcard certificate is good for all. Only our own name server is asked.
 */
const parent = 'dyndns.org';
export const wildcard = `*.${parent}`;

/** One in two hundred hosts each. */
const faults = [
  'refused',
  'silent',
  'reset',
  'closed',
  'plaintext',
  'expired',
  'http',
  'flood',
  'no-name',
  'other-name',
] as const;
type HostFault = (typeof faults)[number];

export function faultOf(number: number): HostFault | undefined {
  return faults[number % 200];
}

/** Milliseconds for each answer, 20 to 300. */
export function latencyOf(number: number): number {
  return 20 + ((number * 7919) % 281);
}

export function addressOf(number: number): string {
  return `127.${1 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

export function numberOf(address: string): number {
  const [, high = 0, middle = 0, low = 0] = address.split('.').map(Number);
  return ((high - 1) << 16) | (middle << 8) | low;
}

export function numberIn(name: string): number | undefined {
  const found = /(?:^|\.)host(\d+)\./.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
}

export function endpointOf(number: number, { port, closedPort }: { port: number; closedPort: number }): EndpointKey {
  const fault = faultOf(number);
  // A wildcard stands for one label only.
  const host = `${fault === 'other-name' ? 'imap.' : ''}host${number}.${parent}`;
  return `imap://${host}:${fault === 'refused' ? closedPort : port}?security=tls` as EndpointKey;
}
