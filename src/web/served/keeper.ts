/**
 * Keeps what is served as new as the store. New data are a new atlas, swapped in one step; where only knowledge is new (a
 * status moved, a host came under quarantine), the atlas stays and only the knowledge is read again.
 */
import { type Atlas, compileAtlas } from '../../atlas/atlas.ts';
import { type HostedDomains, withHosted } from '../../atlas/hosted.ts';
import { elapsed } from '../../net/elapsed.ts';
import type { MessageEntry } from '../../provider/lists.ts';
import { type Knowledge, nothingKnown } from '../../provider/model.ts';
import type { Store } from '../../store/db.ts';
import { knowledgeVersion, readGeneration } from '../../store/generation.ts';
import { readCurated, readMessages } from '../../store/providers.ts';
import { newestRevision } from '../../store/revisions.ts';
import { readKnowledge } from '../../store/seen/knowledge.ts';
import { type Served, served } from './served.ts';

/** Milliseconds after which knowledge is read again although nothing was written: time alone makes a status stale. */
const staleInterval = 600_000;

export class Keeper {
  readonly #store: Store;
  #served: Served | undefined;
  /** Without the operator's list, which may change at any time. */
  #atlas: Atlas | undefined;
  #hosted: HostedDomains = new Map();
  #messages: readonly MessageEntry[] = [];
  #generation: number | undefined;
  #knowledge: Knowledge = nothingKnown;
  /** Which knowledge that is, and since when (milliseconds of `elapsed`). */
  #version: string | undefined;
  #readAt = 0;
  #seen: number | undefined;

  constructor(store: Store) {
    this.#store = store;
    // Taken before the first look, so that a change in between is not missed.
    this.#seen = store.dataVersion();
  }

  /** Undefined until the first {@link refresh}. */
  get served(): Served | undefined {
    return this.#served;
  }

  /** What mail servers say when something fails; the same list until new data are there. */
  get messages(): readonly MessageEntry[] {
    return this.#messages;
  }

  /** What the data and the submissions say, as new as the store is: without the operator's list. */
  async curated(): Promise<Atlas> {
    await this.refresh();
    if (!this.#atlas) throw new Error('there is no atlas after it was read');
    return this.#atlas;
  }

  /** From now on these domains are served, too. */
  host(hosted: HostedDomains): void {
    this.#hosted = hosted;
    if (this.#atlas && this.#served) this.#serve(this.#atlas, this.#served.revision);
  }

  #serve(atlas: Atlas, revision: number): void {
    this.#atlas = atlas;
    this.#served = served(this.#hosted.size === 0 ? atlas : withHosted(atlas, this.#hosted), this.#knowledge, revision);
  }

  /**
   * To be called often: asks whether another process has written, which costs about a microsecond. Where the store cannot
   * tell (D1), it is asked for its generation instead.
   */
  async look(): Promise<void> {
    const version = this.#store.dataVersion();
    if (version === undefined || version !== this.#seen || elapsed() - this.#readAt >= staleInterval)
      await this.refresh();
    this.#seen = version;
  }

  /** To be called after writing: one's own writes are not seen by {@link look}. */
  async refresh(): Promise<void> {
    // First: an atlas must not be served for a moment without what is known of it.
    await this.#learn();
    await this.#swap();
  }

  async #learn(): Promise<void> {
    const { db } = this.#store;
    const version = await knowledgeVersion(db);
    if (version === this.#version && elapsed() - this.#readAt < staleInterval) return;
    this.#knowledge = await readKnowledge(db, new Date().toISOString());
    [this.#version, this.#readAt] = [version, elapsed()];
    if (this.#atlas && this.#served) this.#serve(this.#atlas, this.#served.revision);
  }

  async #swap(): Promise<void> {
    const { db } = this.#store;
    for (;;) {
      const now = await readGeneration(db);
      if (this.#served && now === this.#generation) return;
      const revision = await newestRevision(db);
      const atlas = compileAtlas(await readCurated(db));
      const messages = await readMessages(db);
      // Another process may have written between two reads: they are of two generations then, and are done again.
      if ((await readGeneration(db)) !== now) continue;
      this.#messages = messages;
      this.#serve(atlas, revision);
      this.#generation = now;
      return;
    }
  }
}
