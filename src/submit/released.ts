/**
 * Who lost a name lately has it still, as far as two pairs of eyes are concerned: otherwise one reviewer alone could take a
 * domain out of one record and give it to another, in two steps.
 */
import type { Atlas } from '../atlas/tables.ts';
import type { Provider } from '../provider/model.ts';

/** How long a released name is remembered, days. */
export const releasedDays = 30;

/** @param replaced records as they were before submissions changed them, the newest first */
export function withReleased(atlas: Atlas, replaced: readonly Provider[]): Atlas {
  if (replaced.length === 0) return atlas;
  const domains = new Map<string, Provider>();
  const patterns = new Map<string, Provider>();
  for (const record of replaced) {
    for (const name of record.domains) if (!domains.has(name)) domains.set(name, record);
    for (const name of record.mx ?? []) if (!patterns.has(name)) patterns.set(name, record);
  }
  return {
    ...atlas,
    ownerOf: (names) => ownerIn(names, domains, (name) => atlas.ownerOf([name])),
    mxOwnerOf: (names) => ownerIn(names, patterns, (name) => atlas.mxOwnerOf([name])),
  };
}

function ownerIn<N extends string, O extends object>(
  names: readonly N[],
  released: ReadonlyMap<string, Provider>,
  ownerNow: (name: N) => O | undefined,
): O | { readonly record: Provider } | undefined {
  for (const name of names) {
    const now = ownerNow(name);
    if (now && 'record' in now) return now;
    const record = released.get(name);
    if (record) return { record };
    if (now) return now;
  }
  return undefined;
}
