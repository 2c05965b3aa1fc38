/** Two states of a record beside each other, field by field, as reviewers read them. Pure. */
import { sayServer } from '../../catalog/diff.ts';
import type { Provider, Server } from '../../provider/model.ts';

export interface DiffRow {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** Every field that differs, in the order of the record; what is in neither is left out. */
export function recordDiff(before: Provider | null, after: Provider | null): DiffRow[] {
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((field) => {
    const row = { field, before: old.get(field) ?? '', after: now.get(field) ?? '' };
    return row.before === row.after ? [] : [row];
  });
}

const servers = ['incoming', 'outgoing', 'local'] as const;

/** Each server is one line, as in `mailatlas diff`; names are lines of one field; everything else by its path. */
function flat(record: Provider | null): Map<string, string> {
  const lines = new Map<string, string>();
  const walk = (value: unknown, at: string): void => {
    const isList = Array.isArray(value) && value.every((one) => typeof one !== 'object');
    if (typeof value !== 'object' || value === null) lines.set(at, String(value));
    else if (isList) lines.set(at, value.join('\n'));
    else for (const [key, inner] of Object.entries(value)) walk(inner, at === '' ? key : `${at}.${key}`);
  };
  const { incoming, outgoing, local, ...others } = record ?? ({} as Provider);
  walk(others, '');
  for (const list of servers) {
    const found = { incoming, outgoing, local }[list] as readonly Server[] | undefined;
    for (const [i, server] of (found ?? []).entries()) lines.set(`${list}.${i + 1}`, sayServer(server));
  }
  return lines;
}
