import type { Provider } from '../../provider/model.ts';
import type { Found, Rule } from '../judge.ts';

/** A domain, a pattern and an MX pattern belong to one record, or an answer would depend on the order of files. */
export const oneOwner: Rule = {
  name: 'one-owner',
  level: 'error',
  why: 'Two records for one domain are two answers to one question.',
  *check(record, { claims, mxClaims }) {
    yield* shared(record, 'domains', claims);
    yield* shared(record, 'mx', mxClaims);
    for (const [i, pattern] of (record.mx ?? []).entries()) {
      const owners = (claims.get(pattern) ?? []).filter((owner) => owner !== record.id);
      if (owners.length > 0)
        yield { path: ['mx', i], says: `${pattern} is also a mail domain of ${owners.join(', ')}` };
    }
  },
};

function* shared(
  record: Provider,
  list: 'domains' | 'mx',
  claims: ReadonlyMap<string, readonly string[]>,
): Iterable<Found> {
  const names = record[list] ?? [];
  for (const [i, name] of names.entries()) {
    const others = (claims.get(name) ?? []).filter((owner) => owner !== record.id);
    const tip = 'keep it in one place; name the other record under “alternatives” where both can apply';
    if (others.length > 0) yield { path: [list, i], says: `${name} stands in ${others.join(', ')} too`, tip };
    if (names.indexOf(name) !== i) yield { path: [list, i], says: `${name} stands here twice`, tip: 'remove one' };
  }
}
