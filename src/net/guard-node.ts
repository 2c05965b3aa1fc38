/** The guard of addresses, and those of this machine. */
import { networkInterfaces } from 'node:os';
import { type AddressGuard, specialGuard } from './guard.ts';

/** The addresses of this machine change while it runs; asking for them costs 50 µs, so it is done once a second. */
let own: { readonly addresses: ReadonlySet<string>; readonly until: number } | undefined;

function isOwn(address: string): boolean {
  const now = performance.now();
  if (own === undefined || now >= own.until) {
    own = { addresses: new Set(ownAddresses()), until: now + 1000 };
  }
  return own.addresses.has(address);
}

/** The addresses of this machine now, loopback included. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);
}

/** Refuses every special-purpose address, this machine's own, and whatever is no address. */
export const addressGuard: AddressGuard = (address) =>
  specialGuard(address) ?? (isOwn(address) ? 'an address of this machine' : undefined);
