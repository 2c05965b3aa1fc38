import type { Rule } from '../judge.ts';

/** The id is for ever, and names the file: it must be the record's own, and nobody else's. */
export const id: Rule = {
  name: 'id',
  level: 'error',
  why: 'Clients, files and links name a record by its id.',
  *check(record, { byId, fileOf }) {
    const file = fileOf.get(record);
    if (file !== undefined && file !== `${record.id}.yml`) {
      yield {
        path: ['id'],
        says: `is ${record.id}, but the file is ${file}`,
        tip: `rename the file to ${record.id}.yml`,
      };
    }
    if (record.domains.length > 0 && !record.domains.includes(record.id) && !record.mx) {
      yield { path: ['id'], says: 'is none of the record’s domains', tip: 'take the main domain' };
    }
    for (const [i, old] of (record.formerly ?? []).entries()) {
      const twins = [...byId.values()].filter((other) => other.id !== record.id && other.formerly?.includes(old));
      for (const { id: twin } of twins) yield { path: ['formerly', i], says: `${old} was the id of ${twin} too` };
      if (byId.has(old))
        yield { path: ['formerly', i], says: `${old} is the id of a record today`, tip: 'an old id stays reserved' };
    }
  },
};
