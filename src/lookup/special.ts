import { type Domain, isAtOrBelow } from '../name/domain.ts';

/** Names that no DNS server may be asked about, or whose answer is known: RFC 6761, 6762, 7686, 8375, 9476. */
const specialUse = [
  'test',
  'localhost',
  'invalid',
  'example',
  'example.com',
  'example.net',
  'example.org',
  'local',
  'onion',
  'alt',
  'arpa',
  'internal',
];

/** True for names that have no mail on the public Internet, by definition. */
export function isSpecialUse(domain: Domain): boolean {
  return specialUse.some((name) => isAtOrBelow(domain, name));
}
