/** What a simulation takes from us: the atlas in the place of the central database, our profile, and what our record means. */
import type { AtlasIndex } from '../../atlas/tables.ts';
import { renderAutoconfig } from '../../formats/autoconfig/render.ts';
import { renderProfile } from '../../formats/mobileconfig/render.ts';
import { profileType } from '../../formats/mobileconfig/vocabulary.ts';
import { lookup } from '../../lookup/ladder.ts';
import type { Domain } from '../../name/domain.ts';
import type { MxAnswer } from '../../net/dns/resolver.ts';
import { currentOf } from '../../provider/current.ts';
import { withHosts } from '../../provider/hosts.ts';
import type { Answer, AnsweredProvider, Knowledge } from '../../provider/model.ts';
import type { Given } from './asked.ts';
import type { SimulatePorts } from './simulate.ts';

/** Where our answers come from: all of the atlas in memory, or a store that is asked. */
export interface AtlasSource {
  readonly index: AtlasIndex;
  /** What is known of a record's servers. */
  knowledgeOf(record: AnsweredProvider): Promise<Knowledge> | Knowledge;
}

export function fromAtlas(source: AtlasSource): Pick<SimulatePorts, 'ours' | 'meant'> {
  const find = async (domain: Domain, mx?: MxAnswer): Promise<Answer | undefined> => {
    // The MX is known already: the ladder is not to ask again.
    const found = await lookup(source.index, domain, mx && { mx: () => Promise.resolve(mx) });
    return 'answer' in found ? found.answer : undefined;
  };
  const given = (text: string | undefined, type: string): Given =>
    text === undefined ? { code: 'not-found' } : { text, type };
  return {
    ours: {
      ispdb: async (domain) => {
        const answer = await find(domain);
        return given(answer && renderAutoconfig(answer, await source.knowledgeOf(answer.provider)), 'text/xml');
      },
      profile: async (domain, mx) => {
        const answer = await find(domain, mx);
        const knowledge = answer && (await source.knowledgeOf(answer.provider));
        const rendered = answer && knowledge && renderProfile({ answer, knowledge, language: 'en' });
        return given(rendered && 'profile' in rendered ? rendered.profile : undefined, profileType);
      },
    },
    meant: async (domain, mx) => {
      const answer = await find(domain, mx);
      return answer && currentOf(withHosts(answer), await source.knowledgeOf(answer.provider)).provider;
    },
  };
}
