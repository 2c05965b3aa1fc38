/** Imported drafts held against the atlas: where they agree, where they do not, what is new. A curator works through it. */
import type { Atlas } from '../atlas/atlas.ts';
import type { DraftRecord } from '../formats/draft.ts';
import { type Domain, domainOrUndefined } from '../name/domain.ts';
import { type Pattern, stem, wildcardsFor } from '../name/pattern.ts';
import type { Provider, Server } from '../provider/model.ts';

export interface Row {
  /** The draft, by the id it has in its source. */
  readonly draft: string;
  /** The record that its domains are in; absent where the atlas knows none of them. */
  readonly record?: string;
  readonly outcome: 'agrees' | 'differs' | 'new' | 'left-out';
  /** What differs, or what is new: clauses. */
  readonly says: readonly string[];
}

/** One row for each record that a draft's domains lead to, and one for the domains that the atlas does not know. */
export function reconcile(atlas: Atlas, drafts: readonly DraftRecord[]): Row[] {
  return drafts.flatMap((draft) => {
    const owners = new Map<Provider, string[]>();
    const unknown: string[] = [];
    const leftOut: string[] = [];
    // A hoster's file may name its MX hosts only: then its id is all there is to go by.
    const own = draft.domains.length === 0 ? atlas.records.get(draft.id) : undefined;
    if (own) owners.set(own, []);
    else if (draft.domains.length === 0) unknown.push(draft.id);
    for (const name of draft.domains) {
      const domain = domainOrUndefined(stem(name));
      const owner = domain && atlas.ownerOf([name as Domain | Pattern, ...wildcardsFor(domain)]);
      if (!owner) unknown.push(name);
      else if ('leftOut' in owner) leftOut.push(name);
      else owners.set(owner.record, [...(owners.get(owner.record) ?? []), name]);
    }
    const rows: Row[] = [...owners.keys()].map((record) => {
      const says = disagreements(draft, record);
      return { draft: draft.id, record: record.id, outcome: says.length > 0 ? 'differs' : 'agrees', says };
    });
    if (unknown.length > 0)
      rows.push({ draft: draft.id, outcome: 'new', says: [`the atlas does not know ${unknown.join(', ')}`] });
    if (leftOut.length > 0)
      rows.push({ draft: draft.id, outcome: 'left-out', says: [`left out on purpose: ${leftOut.join(', ')}`] });
    return rows;
  });
}

/** A draft's server that the record has not, and a user name form that differs. A record may well have more servers. */
function disagreements(draft: DraftRecord, record: Provider): string[] {
  return (['incoming', 'outgoing'] as const).flatMap((list) => {
    const ours: readonly Server[] = record[list];
    return draft[list].flatMap((server: Server) => {
      const same = ours.find(
        ({ protocol, host, port }) => protocol === server.protocol && host === server.host && port === server.port,
      );
      const what = `${server.protocol} ${server.host}:${server.port} ${server.security}`;
      if (!same) return [`${what} is not in the record`];
      if (same.security !== server.security) return [`${what}, but the record says ${same.security}`];
      if (same.username !== server.username)
        return [`${what}: user name ${server.username}, but the record says ${same.username}`];
      return [];
    });
  });
}
