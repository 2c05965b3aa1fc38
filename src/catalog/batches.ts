/** What a load writes, packed into batches: a record is never torn, and a name that moves takes both its records along. */
import type { Statement } from '../store/db.ts';

/** The statements for one record; `''` stands for the lists beside the records. */
export interface Part {
  readonly id: string;
  /** Made when they are needed: those of a million names take gigabytes. */
  readonly statements: () => readonly Statement[];
}

/** A name goes from one record to another. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Packs parts into batches of at most `size` statements; only what must not be torn may be larger.
 * @param moves records joined by a move end in one batch, because a name must have an owner at every moment
 */
export function batches(parts: readonly Part[], moves: readonly Move[], size: number): Iterable<Statement>[] {
  if (size === Number.POSITIVE_INFINITY) return [inTurn(parts)];
  const packed: Statement[][] = [];
  for (const group of joined(parts, moves)) {
    const last = packed.at(-1);
    if (last && last.length + group.length <= size) last.push(...group);
    else if (group.length > 0) packed.push(group);
  }
  return packed;
}

function* inTurn(parts: readonly Part[]): Generator<Statement> {
  for (const { statements } of parts) yield* statements();
}

/** Statements of parts that moves connect, in the order of the parts. */
function joined(parts: readonly Part[], moves: readonly Move[]): Statement[][] {
  const leader = new Map(parts.map(({ id }) => [id, id]));
  const find = (id: string): string => {
    const up = leader.get(id) ?? id;
    return up === id ? id : find(up);
  };
  for (const { from, to } of moves) if (leader.has(from) && leader.has(to)) leader.set(find(from), find(to));
  const groups = new Map<string, Statement[]>();
  for (const { id, statements } of parts) {
    const group = groups.get(find(id));
    if (group) group.push(...statements());
    else groups.set(find(id), [...statements()]);
  }
  return [...groups.values()];
}
