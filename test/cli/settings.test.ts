/** The table of settings is the one of README, names what the commands take, and every variable that is read. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { command as serve } from '../../src/cli/serve.ts';
import { settings, settingsTable } from '../../src/cli/settings-table.ts';

const root = new URL('../../', import.meta.url);
const flagsIn = (text: string): string[] => [...text.matchAll(/--[a-z][a-z0-9-]*/g)].map(([flag]) => flag);

describe('the settings', () => {
  test('are shown in README as they are', () => {
    const file = new URL('README.md', root);
    const readme = readFileSync(file, 'utf8');
    const shown = /\| setting \|[^\n]*\n(?:\|[^\n]*\n)+/.exec(readme)?.[0] ?? assert.fail('no table');
    if (process.env['UPDATE_GOLDEN'] === '1')
      writeFileSync(
        file,
        readme.replace(shown, () => settingsTable()),
      );
    else assert.equal(shown, settingsTable());
  });

  test('have every flag of serve, and none that it does not take', () => {
    const taken = new Set(flagsIn(serve.usage.replace(/\nexample:[\s\S]*/, '')));
    const listed = new Set(settings.flatMap(({ flag }) => flagsIn(flag)));
    assert.deepEqual([...taken].filter((flag) => !listed.has(flag) && flag !== '--new-key').sort(), []);
    const ofServe = settings.filter(({ flag }) => flag.includes('of `serve`')).flatMap(({ flag }) => flagsIn(flag));
    assert.deepEqual(
      ofServe.filter((flag) => !taken.has(flag)),
      [],
    );
  });

  test('have every environment variable that is read, and no other one', () => {
    const folder = new URL('src/', root);
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('settings-table.ts'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'));
    const listed = settings.flatMap(({ environment }) => environment);
    const read = new Set(
      sources.flatMap((source) => [
        ...[...source.matchAll(/process\.env(?:\.|\[')([A-Z_]+)/g)].map(([, name]) => name ?? ''),
        ...[...source.matchAll(/'(MAILATLAS_[A-Z_]+)'/g)].map(([, name]) => name ?? ''),
        ...[...source.matchAll(/\{([^{}]*)\} = process\.env/g)].flatMap(
          ([, names = '']) => names.match(/[A-Z_]{3,}/g) ?? [],
        ),
      ]),
    );
    // The doctor looks whether it is a time zone.
    read.delete('TZ');
    assert.deepEqual([...read].filter((name) => !listed.includes(name)).sort(), []);
    const all = sources.join('\n');
    assert.deepEqual(
      listed.filter((name) => !all.includes(name)),
      [],
    );
  });
});
