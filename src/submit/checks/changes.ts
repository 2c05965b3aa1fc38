/** What a draft changes for whom, in words, against what is served now. What moves mail or passwords is named loudly. */
import type { Atlas } from '../../atlas/tables.ts';
import { type Change, changesIn } from '../../catalog/diff.ts';
import { lookup } from '../../lookup/ladder.ts';
import type { Domain } from '../../name/domain.ts';
import type { Resolver } from '../../net/dns/resolver.ts';
import { literalDomains } from '../../provider/hosts.ts';
import type { Provider } from '../../provider/model.ts';
import type { CheckItem, CheckResult, Draft } from '../model.ts';
import { affected, movesTo } from '../parties.ts';
import { item, judged, result, saidItem } from './item.ts';

/** So many new domains are asked for their MX. */
const mostAsked = 20;

/** @param resolver for domains that a hoster's record answers for by their MX; without it that is not told */
export async function checkChanges(draft: Draft, atlas: Atlas, resolver?: Resolver): Promise<CheckResult> {
  const { kind, id, record } = draft;
  if (kind === 'report') return result('changes', 'passed', 'not-for-kind');
  const base = atlas.records.get(id);
  const items = [
    ...movesTo(draft, atlas).map((owner) => item(owner, 'attention', 'moves-to')),
    ...whole(id, base, record),
    ...mxMoves(base, record),
    ...(base && record ? changesIn(base, record).map(told) : []),
    ...affected(draft, atlas)
      .filter((other) => other.id !== id)
      .map((other) => item(id, 'attention', 'takes-over', { other: other.id })),
    ...(resolver ? await byMx(draft, base, atlas, resolver) : []),
    ...(base?.domains ?? [])
      .filter((name) => !record?.domains.includes(name))
      .map((name) => item(name, 'attention', 'gives-up')),
  ];
  return judged('changes', items, {
    passed: 'changes-passed',
    attention: 'changes-attention',
    failed: 'changes-attention',
    unknown: 'changes-attention',
  });
}

/** Domains that nobody lists, and that are answered all the same: where their mail goes today, the reviewer should know. */
async function byMx({ id, record }: Draft, base: Provider | undefined, atlas: Atlas, resolver: Resolver) {
  const fresh = record ? literalDomains(record).filter((name) => !base?.domains.includes(name)) : [];
  const found = await Promise.all(
    fresh.slice(0, mostAsked).map(async (name): Promise<CheckItem[]> => {
      const seen = await lookup(atlas, name as Domain, resolver);
      const other = 'answer' in seen && seen.answer.matchedBy === 'mx' ? seen.answer.provider.id : id;
      return other === id ? [] : [item(name, 'attention', 'answered-by-mx', { other })];
    }),
  );
  return found.flat();
}

/** The record as a whole: it comes, it goes, or nothing happens. */
function whole(id: string, base: Provider | undefined, record: Provider | undefined): CheckItem[] {
  if (base && !record) return [item(id, 'attention', 'record-gone', { count: base.domains.length })];
  if (!record) return [];
  if (!base) return [item(id, 'passed', 'new-record', { count: record.domains.length })];
  return changesIn(base, record).length === 0 ? [item(id, 'attention', 'nothing-changes')] : [];
}

function mxMoves(base: Provider | undefined, record: Provider | undefined): CheckItem[] {
  const [before, after] = [base?.mx ?? [], record?.mx ?? []];
  const [comes, goes] = [
    { en: 'IS NEW', de: 'KOMMT HINZU' },
    { en: 'IS GONE', de: 'ENTFÄLLT' },
  ];
  return [
    ...after
      .filter((name) => !before.includes(name))
      .map((name) => item(name, 'attention', 'mx-moves', { way: comes })),
    ...before.filter((name) => !after.includes(name)).map((name) => item(name, 'attention', 'mx-moves', { way: goes })),
  ];
}

const codes = {
  access: 'access-changes',
  server: 'server-changes',
  domain: 'domains-change',
  mx: 'mx-changes',
  field: 'field-changes',
} as const satisfies Record<Change['kind'], string>;

/** Sentences of the catalog. Who loses access is asked about; the rest is for reading. */
function told({ kind, about, says }: Change): CheckItem {
  const sentence = (clause: string) => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
  return saidItem(about, kind === 'access' ? 'attention' : 'passed', codes[kind], {
    en: sentence(says.en),
    de: sentence(says.de),
  });
}
