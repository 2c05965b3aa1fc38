/** Address blocks: what counts as one asker. A household or a small network has a /24 of IPv4 or a /56 of IPv6. */

/** The block of an IP address as a key, or undefined for loopback (the operator's own proxy or program) and nonsense. */
export function addressBlock(address: string): string | undefined {
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(address);
  if (v4?.slice(1).some((octet) => Number(octet) > 255)) return undefined;
  if (v4) return v4[1] === '127' ? undefined : `${v4[1]}.${v4[2]}.${v4[3]}.0/24`;
  const groups = expand(address);
  if (!groups) return undefined;
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = groups;
  return `${[a, b, c, d & 0xff00].map((group) => group.toString(16)).join(':')}::/56`;
}

/**
 * The eight groups of an address: of IPv6 (RFC 4291 section 2.2) without its zone; IPv4 as the address that is mapped into
 * IPv6, so that both families compare. Undefined for nonsense.
 */
export function addressGroups(address: string): readonly number[] | undefined {
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/i.exec(address);
  if (!v4) return expand(address);
  const [a = 0, b = 0, c = 0, d = 0] = v4.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255)) return undefined;
  return [0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d];
}

/** The eight groups of an IPv6 address (RFC 4291 section 2.2), without its zone. */
function expand(address: string): number[] | undefined {
  const [head = '', tail, more] = (address.split('%')[0] ?? '').split('::');
  if (more !== undefined || !/^[0-9a-f:]+$/i.test(address.split('%')[0] ?? '')) return undefined;
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const left = parse(head);
  const right = parse(tail ?? '');
  if (![...left, ...right].every((group) => group <= 0xffff)) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...left, ...Array.from({ length: missing }, () => 0), ...right];
}
