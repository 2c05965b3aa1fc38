/**
 * The atlas: every record with the indexes that answer "whose is this name". It is compiled once and never changed; new
 * data are a new atlas, swapped in one step.
 */
import type { Domain } from '../name/domain.ts';
import { registrableDomain } from '../name/suffix.ts';
import type { Curated } from '../provider/model.ts';
import { type Atlas, compileTables, namesUpTo } from './tables.ts';

export type { Atlas, AtlasIndex } from './tables.ts';

/** Builds the indexes. Where two records claim one name (a lint error) the first one keeps it. */
export function compileAtlas(curated: Curated): Atlas {
  return compileTables(curated, registrableDomain);
}

/** The names a client may ask for instead of an MX host: its parents, down to the registrable domain and no further. */
export function namesAbove(pattern: string): Domain[] {
  return namesUpTo(pattern, registrableDomain);
}
