import type { Provider, Texts } from '../../provider/model.ts';
import type { Rule } from '../judge.ts';
import type { Path } from '../problem.ts';

/** The pages speak German and English; a text in one language alone leaves half the readers out. */
export const german: Rule = {
  name: 'german',
  level: 'warning',
  why: 'Pages are in German and English both.',
  *check(record) {
    for (const [path, texts] of textsOf(record)) {
      if (texts.en !== undefined && texts.de === undefined) yield { path, says: 'has no German', tip: 'add “de”' };
      if (texts.de !== undefined && texts.en === undefined) yield { path, says: 'has no English', tip: 'add “en”' };
    }
  },
};

/** Texts of ours; the provider's own terms stand in whatever languages it writes. */
function textsOf(record: Provider): [Path, Texts][] {
  const found: [Path, Texts | undefined][] = [
    [['restriction', 'text'], record.restriction?.text],
    ...(record.setup ?? []).map(({ text }, i): [Path, Texts | undefined] => [['setup', i, 'text'], text]),
    ...(record.alternatives ?? []).map(({ when }, i): [Path, Texts | undefined] => [['alternatives', i, 'when'], when]),
    ...(['incoming', 'outgoing', 'services', 'local'] as const).flatMap((list) =>
      (record[list] ?? []).map(({ hint }, i): [Path, Texts | undefined] => [[list, i, 'hint'], hint]),
    ),
  ];
  return found.filter((entry): entry is [Path, Texts] => entry[1] !== undefined);
}
