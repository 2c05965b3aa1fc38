/**
 * What is served where the atlas is too large for memory: the store is asked by key (store/index-by-key.ts), and the answers
 * are remembered for as long as nobody has written. The same ladder and the same formats; what needs everything comes a part
 * at a time (bulk/by-key.ts), and what needs it at once is not there (`not-at-once`).
 */
import { compileAtlas } from '../../atlas/atlas.ts';
import type { AtlasIndex } from '../../atlas/tables.ts';
import type { Domain } from '../../name/domain.ts';
import type { Pattern } from '../../name/pattern.ts';
import { elapsed } from '../../net/elapsed.ts';
import type { MessageEntry } from '../../provider/lists.ts';
import type { AnsweredProvider, Provider, Quarantine } from '../../provider/model.ts';
import type { Store } from '../../store/db.ts';
import { knowledgeVersion, readGeneration } from '../../store/generation.ts';
import { countRecords, indexByKey, readRecords, readRenamed, recordById } from '../../store/index-by-key.ts';
import { readMessages } from '../../store/providers.ts';
import { newestRevision } from '../../store/revisions.ts';
import { quarantineNow } from '../../store/seen/knowledge.ts';
import { bulkByKey } from '../bulk/by-key.ts';
import { type Served, type Source, served } from './served.ts';

/** Answers in memory, of each kind: a record has some kilobytes. */
const mostRemembered = 1000;
/** Milliseconds after which everything is read again although nothing was written: time alone makes a status stale. */
const staleInterval = 600_000;

export class KeeperByKey {
  readonly #store: Store;
  #source: Source | undefined;
  #messages: readonly MessageEntry[] = [];
  #moment = '';
  #readAt = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Undefined until the first {@link look}. */
  get source(): Source | undefined {
    return this.#source;
  }

  /** What mail servers say when something fails; the same list until new data are there. */
  get messages(): readonly MessageEntry[] {
    return this.#messages;
  }

  /** Asks whether somebody has written: two rows. What is remembered is forgotten then. */
  async look(): Promise<void> {
    const { db } = this.#store;
    const moment = `${await readGeneration(db)} ${await knowledgeVersion(db)}`;
    if (this.#source && moment === this.#moment && elapsed() - this.#readAt < staleInterval) return;
    const [revision, size, renamed, quarantine, messages] = await Promise.all([
      newestRevision(db),
      countRecords(db),
      readRenamed(db),
      quarantineNow(db),
      readMessages(db),
    ]);
    this.#messages = messages;
    this.#source = sourceByKey(this.#store, { revision, size, renamed, quarantine });
    [this.#moment, this.#readAt] = [moment, elapsed()];
  }
}

interface Moment {
  readonly revision: number;
  readonly size: number;
  readonly renamed: ReadonlyMap<string, string>;
  readonly quarantine: Quarantine;
}

function sourceByKey({ db }: Store, { revision, size, renamed, quarantine }: Moment): Source {
  const bulk = bulkByKey(db, { revision, quarantine });
  const around = remembering(async (record: AnsweredProvider): Promise<Served> => {
    // What a domain publishes itself is no record of ours, and has no neighbours either.
    const curated = { providers: [record as Provider], others: [], leftOut: [], noProbe: [] };
    return served(compileAtlas(curated), await bulk.knowledgeOf(curated.providers), revision);
  });
  const index = indexByKey(db);
  return {
    index: {
      ownerOf: remembering(async (names: Parameters<AtlasIndex['ownerOf']>[0]) => index.ownerOf(names), joined),
      mxOwnerOf: remembering(async (patterns: readonly Pattern[]) => index.mxOwnerOf(patterns), joined),
      mxOwnersBelow: remembering(async (name: Domain) => index.mxOwnersBelow(name)),
    },
    revision,
    size,
    async byId(id) {
      const now = renamed.get(id);
      const provider = await recordById(db, id);
      return provider ? { provider } : now === undefined ? undefined : { renamed: now };
    },
    page: (offset, limit) => readRecords(db, offset, limit),
    around,
    bulk,
  };
}

function joined(names: readonly string[]): string {
  return names.join(' ');
}

/** The same question is asked once; the oldest answers go first. What failed is asked again. */
function remembering<Q, A>(ask: (question: Q) => Promise<A>, key: (question: Q) => unknown = (question) => question) {
  const known = new Map<unknown, Promise<A>>();
  return (question: Q): Promise<A> => {
    const name = key(question);
    const found = known.get(name);
    if (found) return found;
    const answer = ask(question);
    known.set(name, answer);
    answer.catch(() => known.delete(name));
    const [oldest] = known.keys();
    if (known.size > mostRemembered) known.delete(oldest);
    return answer;
  };
}
