/** Judges the curated files: runs every rule over every record, drops what is excused, and tells what is excused in vain. */

import type { Provider } from '../provider/model.ts';
import { type Catalog, curatedOf, filesOf, problemsOf } from './catalog.ts';
import { type Judged, judgeExceptions, withoutExcused } from './exceptions.ts';
import { canonical } from './format.ts';
import { judgeRecord, type Rule } from './judge.ts';
import { baseName } from './kinds.ts';
import { lintLists } from './lint-lists.ts';
import type { Parsed } from './parse.ts';
import { fieldName, type Problem } from './problem.ts';
import { contextOf, type RuleContext } from './rules/context.ts';
import { rules } from './rules/index.ts';

/**
 * Whom the records must convince: `everybody`, who sends passwords where the atlas says; or nobody but the operator whose
 * `own` servers they are (serve --only), who needs no source to know them.
 */
export type Audience = 'everybody' | 'own';

/** Rules about what strangers can believe, and about being found by name: one's own domains may stand in a list. */
const notForOwn: ReadonlySet<string> = new Set(['foreign-host', 'sources', 'reachable']);

/**
 * All problems of a catalog: syntax, shape, rules, exceptions and style, in the order of files and lines.
 * @param today ISO date
 */
export function lint(catalog: Catalog, today: string, audience: Audience = 'everybody'): Problem[] {
  const { found, problems } = judgeAll(catalog, today, audience);
  // While a file cannot be read, nobody knows what its record would break.
  const exceptions = problemsOf(catalog).length > 0 ? [] : judgeExceptions(found, catalog.exceptions, today);
  return [...problems, ...exceptions, ...filesOf(catalog).flatMap(checkStyle)].sort(byPlace);
}

/** The same without style and exceptions: what decides whether the data may be served. */
export function lintFacts(catalog: Catalog, today: string, audience: Audience = 'everybody'): Problem[] {
  return judgeAll(catalog, today, audience).problems.sort(byPlace);
}

function judgeAll(catalog: Catalog, today: string, audience: Audience): { found: Judged[]; problems: Problem[] } {
  const fileOf = new Map(
    catalog.records.flatMap(({ value, file }) => (value ? [[value, baseName(file)] as const] : [])),
  );
  const unread = catalog.records.filter(({ value }) => !value).map(({ file }) => baseName(file).replace(/\.yml$/, ''));
  const context = contextOf(curatedOf(catalog), { fileOf, unread, today });
  const applying = audience === 'own' ? rules.filter(({ name }) => !notForOwn.has(name)) : rules;
  const found = catalog.records.flatMap((parsed) => judge(parsed, context, applying));
  const problems = [
    ...problemsOf(catalog),
    ...withoutExcused(found, catalog.exceptions),
    ...lintLists(catalog, context),
  ];
  return { found, problems };
}

function judge(parsed: Parsed<Provider>, context: RuleContext, applying: readonly Rule[]): Judged[] {
  const record = parsed.value;
  if (!record) return [];
  return judgeRecord(record, context, applying).map(({ rule, path, says, tip }) => ({
    id: record.id,
    file: parsed.file,
    ...parsed.yaml.locate(path),
    field: fieldName(path),
    rule: rule.name,
    level: rule.level,
    says,
    ...(tip !== undefined && { tip }),
  }));
}

/** The one rule about text: a file is in canonical form. */
function checkStyle(parsed: Parsed<unknown>): Problem[] {
  if (parsed.value === undefined || parsed.text === '') return [];
  const result = canonical(parsed.text, parsed.file);
  if ('problems' in result || result.text === parsed.text) return [];
  const [wanted, lines] = [result.text.split('\n'), parsed.text.split('\n')];
  const at = wanted.findIndex((text, i) => text !== lines[i]);
  const line = at < 0 ? wanted.length : at + 1;
  const says = 'the file is not in canonical form from here on';
  return [
    {
      file: parsed.file,
      line,
      column: 1,
      field: '',
      rule: 'canonical-form',
      level: 'error',
      says,
      tip: 'mailatlas fmt mends it',
    },
  ];
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
