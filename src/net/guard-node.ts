/** The guard of addresses, with Node's block lists. */
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type AddressGuard, specialRanges } from './guard.ts';

const lists = specialRanges.map(([range, why]) => {
  const [network = '', bits] = range.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family(network));
  // An IPv4 list also takes mapped addresses (`::ffff:10.0.0.1`); the mapped range must not take plain IPv4 ones.
  return { list, why, only6: network.includes(':') };
});

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** The addresses of this machine change while it runs; asking for them costs 50 µs, so it is done once a second. */
let own: { readonly addresses: ReadonlySet<string>; readonly until: number } | undefined;

function isOwn(address: string): boolean {
  const now = performance.now();
  if (own === undefined || now >= own.until) {
    const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    own = { addresses: new Set(all.map((one) => one.address)), until: now + 1000 };
  }
  return own.addresses.has(address);
}

/** Refuses every special-purpose address, this machine's own, and whatever is no address. */
export const addressGuard: AddressGuard = (address) => {
  if (isIP(address) === 0 || address.includes('%')) return 'no address that can be checked';
  const v6 = isIP(address) === 6;
  const found = lists.find(({ list, only6 }) => (v6 || !only6) && list.check(address, family(address)));
  if (found) return found.why;
  return isOwn(address) ? 'an address of this machine' : undefined;
};
