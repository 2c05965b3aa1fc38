/** Judges the lists beside the records: names that somebody can own, each once, and successors that exist. */
import { domainOrUndefined } from '../name/domain.ts';
import { stem } from '../name/pattern.ts';
import { isPublicSuffix } from '../name/suffix.ts';
import type { Catalog } from './catalog.ts';
import type { Parsed } from './parse.ts';
import { fieldName, type Path, type Problem } from './problem.ts';
import type { RuleContext } from './rules/context.ts';

/** Findings of the rule `lists`. What a list and a record both claim is told at the record (rule `one-owner`). */
export function lintLists({ others, leftOut, noProbe, messages }: Catalog, context: RuleContext): Problem[] {
  const found: Problem[] = [];
  const at = (list: Parsed<unknown>, path: Path, says: string) =>
    found.push({
      file: list.file,
      ...list.yaml.locate(path),
      field: fieldName(path),
      rule: 'lists',
      level: 'error',
      says,
    });
  const judge = (list: Parsed<unknown>, names: readonly { name: string; path: Path }[]) => {
    const seen = new Set<string>();
    for (const { name, path } of names) {
      const domain = domainOrUndefined(stem(name));
      if (domain !== stem(name)) at(list, path, `${name} is not a host name`);
      // A public suffix may be left out: it is not served either way.
      else if ((list === others || list === noProbe) && isPublicSuffix(domain))
        at(list, path, `${domain} is a public suffix: strangers have names below it`);
      if (seen.has(name)) at(list, path, `${name} stands here twice`);
      seen.add(name);
    }
  };

  const handlers = others.value?.others ?? [];
  judge(
    others,
    handlers.flatMap(({ mx }, i) => mx.map((name, k) => ({ name, path: ['others', i, 'mx', k] }))),
  );

  const domains = leftOut.value?.domains ?? [];
  judge(
    leftOut,
    domains.map(({ domain }, i) => ({ name: domain, path: ['domains', i, 'domain'] })),
  );
  for (const [i, { successor }] of domains.entries()) {
    if (successor !== undefined && !context.exists(successor)) {
      at(leftOut, ['domains', i, 'successor'], `there is no record ${successor}`);
    }
  }

  const optOuts = noProbe.value?.names ?? [];
  judge(
    noProbe,
    optOuts.map(({ name }, i) => ({ name, path: ['names', i, 'name'] })),
  );

  const ids = new Set<string>();
  for (const [i, { id, providers = [] }] of (messages.value?.messages ?? []).entries()) {
    if (ids.has(id)) at(messages, ['messages', i, 'id'], `${id} stands here twice`);
    ids.add(id);
    for (const [k, provider] of providers.entries()) {
      if (!context.exists(provider)) at(messages, ['messages', i, 'providers', k], `there is no record ${provider}`);
    }
  }
  return found;
}
