/**
 * One draft of a record from everything that was found, for a curator. Servers keep the order of the most trusted finding
 * and name every finding that says the same; what only a weaker one has follows. Nothing is decided: where findings
 * disagree, the draft has both.
 */
import type { Draft, Remark } from '../formats/draft.ts';
import { sourceKey } from '../formats/draft.ts';
import type { Server, Service } from '../provider/model.ts';
import type { Discovery, Finding } from './model.ts';

/** Undefined where nothing was found. */
export function draftOf({ domain, findings }: Discovery): Draft | undefined {
  const [best] = findings;
  if (!best) return undefined;
  const keyed = findings.map((finding, i) => ({ finding, key: keyOf(finding, findings.slice(0, i)) }));
  const merge = <S extends Server | Service>(of: (record: Finding['record']) => readonly S[]): S[] => {
    const merged = new Map<string, S>();
    for (const { finding, key } of keyed)
      for (const server of of(finding.record)) {
        const place = placeOf(server);
        const known = merged.get(place);
        merged.set(place, known ? { ...known, sources: [...known.sources, key] } : { ...server, sources: [key] });
      }
    return [...merged.values()];
  };
  const services = merge((record) => record.services ?? []);
  const name = findings.find(({ record }) => record.name !== undefined)?.record.name;
  const remarks = keyed.flatMap(({ finding, key }): Remark[] => [
    ...(finding.trust.level === 'insecure'
      ? [{ where: key, says: 'came in part over plain HTTP: anybody on the way can have written it' }]
      : []),
    ...finding.remarks.map(({ where, says }) => ({ where: `${key}: ${where}`, says })),
  ]);
  const { sources: _, incoming: _in, outgoing: _out, services: _services, ...facts } = best.record;
  return {
    record: {
      ...facts,
      ...(name !== undefined && { name }),
      id: domain,
      domains: [domain],
      incoming: merge((record) => record.incoming),
      outgoing: merge((record) => record.outgoing),
      ...(services.length > 0 && { services }),
      ...(facts.oauth2 && { oauth2: { ...facts.oauth2, sources: [keyOf(best, [])] } }),
      ...(facts.setup && { setup: facts.setup.map((step) => ({ ...step, sources: [keyOf(best, [])] })) }),
      sources: Object.fromEntries(
        keyed.map(({ finding, key }) => [key, finding.record.sources[sourceKey] ?? { url: finding.where }]),
      ),
    },
    remarks,
  };
}

/** `autoconfig`, `autoconfig-2` */
function keyOf({ mechanism }: Finding, before: readonly Finding[]): string {
  const same = before.filter((other) => other.mechanism === mechanism).length;
  return same === 0 ? mechanism : `${mechanism}-${same + 1}`;
}

/** Where a server is and how it is reached; user name and sign-in are the first finding's. */
function placeOf(server: Server | Service): string {
  if ('url' in server && server.url !== undefined) return `${server.protocol} ${server.url}`;
  return `${server.protocol} ${server.host} ${server.port} ${server.security}`;
}
