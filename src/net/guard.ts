/**
 * Which addresses nobody may be sent to: hosts come from strangers, and a name may lead into the operator's own network.
 * Every address of a host is checked, and the one that was checked is the one that is dialled. On a machine of one's own its
 * own addresses are refused, too (guard-node.ts); a Worker has none.
 */
import { addressGroups } from './block.ts';
import { networksOf } from './networks.ts';

/** Why an address must not be dialled, or undefined where it may be. */
export type AddressGuard = (address: string) => string | undefined;

/** For an operator who tests servers of their own. */
export const noGuard: AddressGuard = () => undefined;

/**
 * Why a host must not be dialled, by the first of its addresses that must not be. One bad address is enough: a name that leads
 * inside and outside by turns is how such a check is got around.
 */
export function refusedOf(
  addresses: readonly string[],
  guard: AddressGuard,
): { readonly address: string; readonly because: string } | undefined {
  for (const address of addresses) {
    const because = guard(address);
    if (because !== undefined) return { address, because };
  }
  return undefined;
}

/** Special-purpose ranges (IANA registries, RFC 6890 and its successors), and those with an IPv4 address inside. */
export const specialRanges: readonly (readonly [range: string, why: string])[] = [
  ['0.0.0.0/8', 'this network'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared address space of a provider'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'protocol assignments'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'AS112'],
  ['192.52.193.0/24', 'AMT'],
  ['192.88.99.0/24', '6to4 relay'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'AS112'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
  ['::/96', 'unspecified, loopback or IPv4-compatible'],
  ['::ffff:0:0/96', 'IPv4-mapped'],
  ['::ffff:0:0:0/96', 'IPv4-translated'],
  ['64:ff9b::/96', 'NAT64'],
  ['64:ff9b:1::/48', 'NAT64'],
  ['100::/64', 'discard-only'],
  ['100:0:0:1::/64', 'dummy prefix'],
  ['2001::/23', 'protocol assignments, Teredo'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['2620:4f:8000::/48', 'AS112'],
  ['3fff::/20', 'documentation'],
  ['5f00::/16', 'segment routing'],
  ['fc00::/7', 'private (unique local)'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'site-local'],
  ['ff00::/8', 'multicast'],
  // Whatever else is outside of 2000::/3, the only part that is given out (RFC 4291 section 2.4, IANA's IPv6 address space
  // registry): networks of one's own, such as 0200::/7 of an overlay, are there.
  ['::/3', 'not global unicast'],
  ['4000::/2', 'not global unicast'],
  ['8000::/1', 'not global unicast'],
];

const ranges = specialRanges.map(([range, why]) => ({ networks: networksOf([range]), why, isV6: range.includes(':') }));

/** Refuses every special-purpose address, and what is no address. */
export const specialGuard: AddressGuard = (address) => {
  const isV6 = address.includes(':');
  if (isV6 ? !/^[0-9a-f:.]+$/i.test(address) : !/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(address))
    return noAddress;
  if (addressGroups(address) === undefined) return noAddress;
  // Networks know IPv4 as the mapped address; only one that is written so is refused for it.
  return ranges.find((range) => (isV6 || !range.isV6) && range.networks.has(address))?.why;
};

const noAddress = 'no address that can be checked';
