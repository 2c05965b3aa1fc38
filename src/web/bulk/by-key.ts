/**
 * The whole of an atlas that is too large for memory: streams are made a page of rows at a time, lists and counts by the
 * database. The bytes are those of an atlas in memory.
 */
import { bundleWriter } from '../../atlas/bundle-write.ts';
import { endpointKey, type Knowledge, type Provider, type Quarantine } from '../../provider/model.ts';
import type { Db } from '../../store/db.ts';
import { knowledgeVersion, readGeneration } from '../../store/generation.ts';
import { endpointsInTurn, readBeside, recordsInTurn } from '../../store/in-turn.ts';
import { recordsByIds } from '../../store/index-by-key.ts';
import { findIds, readCountries } from '../../store/listing.ts';
import { readKnowledgeOf } from '../../store/seen/knowledge.ts';
import { readStanding } from '../../store/standing.ts';
import { statusLines } from '../../verify/exchange.ts';
import type { Bulk } from '../served/served.ts';

export function bulkByKey(db: Db, of: { readonly revision: number; readonly quarantine: Quarantine }): Bulk {
  const { revision, quarantine } = of;
  const now = () => new Date().toISOString();
  const moment = async () => `${await readGeneration(db)} ${await knowledgeVersion(db)}`;

  async function* ofOneMoment(parts: AsyncIterable<string>): AsyncGenerator<string> {
    const before = await moment();
    for await (const part of parts) {
      if ((await moment()) !== before) throw new Error('somebody has written while everything was read');
      yield part;
    }
  }

  async function knowledgeOf(records: readonly Provider[]): Promise<Knowledge> {
    const keys = records.flatMap(({ incoming, outgoing }) => [...incoming, ...outgoing].map(endpointKey));
    return { ...(await readKnowledgeOf(db, [...new Set(keys)], now())), quarantine };
  }

  async function* lines(): AsyncGenerator<string> {
    const writer = bundleWriter();
    const { registrable, ...beside } = await readBeside(db);
    yield writer.first({ changes: revision }, registrable).join('');
    for await (const records of recordsInTurn(db)) {
      yield [...writer.records(records, await knowledgeOf(records))].join('');
    }
    yield [...writer.beside(beside, quarantine)].join('');
    for await (const keys of endpointsInTurn(db))
      yield [...writer.endpoints(keys, await readKnowledgeOf(db, keys, now()))].join('');
    yield writer.last();
  }

  async function* statuses(): AsyncGenerator<string> {
    for await (const keys of endpointsInTurn(db)) {
      const known = await readKnowledgeOf(db, keys, now());
      yield statusLines(known.statuses);
    }
  }

  return {
    lines: () => ofOneMoment(lines()),
    statuses: () => ofOneMoment(statuses()),
    async find(wish, offset, limit) {
      const { ids, total } = await findIds(db, wish, offset, limit);
      const records = await recordsByIds(db, ids);
      return { total, records: ids.flatMap((id) => records.get(id) ?? []) };
    },
    countries: () => readCountries(db),
    records: (ids) => recordsByIds(db, ids),
    knowledgeOf,
    standing: () => readStanding(db, now()),
    quarantine: () => Promise.resolve(quarantine),
  };
}
