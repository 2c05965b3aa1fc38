/** docs/hostile.md: what becomes of hostile submissions, as the tests have seen it. UPDATE_GOLDEN=1 writes it. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

const file = new URL('../../docs/hostile.md', import.meta.url);

/** Compares the table between the marks of this name with what was seen. */
export function tableInDocs(name: string, heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  const table = [line(heads), `|${heads.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`];
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  assert.ok(from >= begin.length && to >= from, `docs/hostile.md has no marks for ${name}`);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(file, `${text.slice(0, from)}${table}${text.slice(to)}`);
  else assert.equal(text.slice(from, to), table);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('_', '\\_');
}
