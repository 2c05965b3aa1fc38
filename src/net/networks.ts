/** Networks as operators write them (`10.0.0.7`, `10.0.0.0/8`, `2001:db8::/32`), and whether an address is in one. */
import { addressGroups } from './block.ts';

/** A text that is no address and no network. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
}

export interface Networks {
  /** False for what is no address. */
  has(address: string): boolean;
}

interface Network {
  readonly groups: readonly number[];
  /** How many of the 128 bits count; those of IPv4 stand behind the 96 of `::ffff:0:0/96`. */
  readonly bits: number;
}

/**
 * @param texts addresses, or networks with the number of bits that count (RFC 4632 section 3.1)
 * @throws {NetworkError} with a clause that names the text; also where bits are set that do not count, because then the
 * network is another one than its author thinks
 */
export function networksOf(texts: readonly string[]): Networks {
  const networks = texts.map(parse);
  return {
    has(address) {
      const groups = addressGroups(address);
      return groups !== undefined && networks.some((network) => contains(network, groups));
    },
  };
}

/** Nobody. */
export const noNetworks: Networks = networksOf([]);

function parse(text: string): Network {
  const [address = '', length, more] = text.split('/');
  const groups = address.includes('%') ? undefined : addressGroups(address);
  const own = address.includes(':') ? 128 : 32;
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= own);
  if (!groups || !isLength || more !== undefined) {
    throw new NetworkError(`“${text}” is neither an address such as 10.0.0.7 nor a network such as 10.0.0.0/8`);
  }
  const bits = length === undefined ? 128 : 128 - own + Number(length);
  const first = groups.map((group, i) => group & mask(bits, i));
  if (first.some((group, i) => group !== groups[i])) {
    throw new NetworkError(`“${text}” has bits set behind the first ${length}: say which network is meant`);
  }
  return { groups, bits };
}

function contains({ groups, bits }: Network, address: readonly number[]): boolean {
  return groups.every((group, i) => group === ((address[i] ?? 0) & mask(bits, i)));
}

/** Of the 16 bits of a group, those that are among the first `bits` of the address. */
function mask(bits: number, group: number): number {
  const inside = Math.min(16, Math.max(0, bits - 16 * group));
  return (0xffff << (16 - inside)) & 0xffff;
}
