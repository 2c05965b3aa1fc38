/** An atlas out of a bundle: answers as the server gives them (`GET /api/v1/lookup`), with nobody asked. */
import { sayAnswer } from '../formats/answer.ts';
import type { Address } from '../name/address.ts';
import { type Domain, withParents } from '../name/domain.ts';
import type { MxHost } from '../net/dns/resolver.ts';
import { newestOwn } from '../provider/authentic.ts';
import type { BundleContent } from './bundle.ts';
import { byMxHosts, byName, isDead, type Lookup } from './steps.ts';
import { compileTables } from './tables.ts';

export { type AnswerJson, fillUsernames } from '../formats/answer.ts';
export type { Miss, MissReason } from './steps.ts';

type Found = Extract<Lookup, { answer: unknown }>['answer'];

/** The lookups that a bundle allows. */
export function offline({ curated, knowledge, own, withheld, registrable }: BundleContent) {
  // The longest name that is in the list: a registrable domain has none below it that is one.
  const ownerOf = (host: Domain) => withParents(host).find((name) => registrable.has(name));
  const index = compileTables(curated, ownerOf);
  return {
    providers: index.records.size,
    /** @param mx the domain's MX hosts, the most preferred first */
    async find({ domain }: Address, mx: readonly MxHost[]): Promise<Lookup> {
      const named = await byName(index, domain);
      if ('answer' in named || isDead(named.miss) || mx.length === 0) return named;
      const found = await byMxHosts(index, domain, mx, ownerOf);
      return 'miss' in found && named.miss.leftOut ? named : found;
    },
    /** The answer with everything that the server would say of it. */
    say(answer: Found, local: string | undefined) {
      const { id } = answer.provider;
      const said = sayAnswer(answer, {
        knowledge,
        local,
        authentic: (server, record) => newestOwn(server, record, (_, key) => own.get(id)?.has(key) ?? false),
      });
      return { ...said, withheld: [...(withheld.get(id) ?? []), ...said.withheld] };
    },
  };
}
