/**
 * Patterns over names: a literal name, or `*.` and a name, where the star stands for one or more whole labels. Nothing
 * else, so that a pattern can be found by looking up a name and its parents in a table (in memory and in SQL alike),
 * and so that of two patterns which match a name one is always longer: there are no ties between different patterns.
 */
import { type Domain, isCanonicalDomain, withParents } from './domain.ts';

/** `mx.example` or `*.mx.example`. */
export type Pattern = string & { readonly __brand: 'Pattern' };

/** True where the text is a pattern in canonical form. */
export function isPattern(text: string): text is Pattern {
  return isCanonicalDomain(stem(text));
}

/** True for `*.mx.example`. */
export function isWildcard(pattern: string): boolean {
  return pattern.startsWith('*.');
}

/** The name without its star: `*.mx.example` -> `mx.example`. */
export function stem(pattern: string): string {
  return isWildcard(pattern) ? pattern.slice(2) : pattern;
}

/** Every pattern that matches the name, the most literal first: a.b.example -> a.b.example, *.b.example, …. */
export function patternsFor(domain: Domain): Pattern[] {
  const [own, ...parents] = withParents(domain);
  return [own, ...parents.map((parent) => `*.${parent}`)] as Pattern[];
}

/** The wildcard patterns alone: a.b.example -> *.b.example. */
export function wildcardsFor(domain: Domain): Pattern[] {
  return patternsFor(domain).slice(1);
}
