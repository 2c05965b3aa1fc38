/** A resolver whose answers are counted by how they ended: `hosts`, `null`, `none`, `timeout`, `server-failure`, `budget`. */
import type { Resolver } from './resolver.ts';

export interface CountedResolver extends Resolver {
  readonly counts: ReadonlyMap<string, number>;
}

export function countedResolver(resolver: Resolver): CountedResolver {
  const counts = new Map<string, number>();
  return {
    counts,
    async mx(domain, asker) {
      const answer = await resolver.mx(domain, asker);
      const ending = answer.kind === 'failed' ? answer.why : answer.kind;
      counts.set(ending, (counts.get(ending) ?? 0) + 1);
      return answer;
    },
  };
}
