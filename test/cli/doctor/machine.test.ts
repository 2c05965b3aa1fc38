/** What the doctor says of memory, files, time zone and clock. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { describe, test } from 'node:test';
import { examineClock, examineMachine, thisMachine } from '../../../src/cli/doctor/machine.ts';

const main = new URL('../../../src/cli/main.ts', import.meta.url).pathname;
const now = new Date('2026-11-30T10:00:00.000Z');
const roomy = { memory: 8e9, files: 20_000, zone: 'Europe/Berlin', tz: undefined };

describe('the doctor looks at the machine', () => {
  test('and finds nothing against a roomy one', () => {
    assert.deepEqual(
      examineMachine(roomy).map(({ state, says }) => `${state}: ${says}`),
      [
        'ok: 8.0 GB available',
        'ok: 20000 files and connections may be open at once',
        'ok: Europe/Berlin; what is written and logged is in UTC',
      ],
    );
  });

  test('whose container has little memory', () => {
    const [memory] = examineMachine({ ...roomy, memory: 120e6 });
    assert.deepEqual([memory?.state, memory?.says], ['warning', '120.0 MB are left for this process']);
  });

  test('this one: its numbers are read', () => {
    const { memory, files, zone } = thisMachine();
    assert.ok(memory > 1e6 && files > 10 && zone.length > 2);
  });

  test('that lets a process open few files, with a time zone that is none', () => {
    const { stdout } = spawnSync(
      'sh',
      ['-c', 'ulimit -n 200; exec "$@"', 'sh', process.execPath, main, 'doctor', '--json', '--resolver', '127.0.0.1:9'],
      {
        env: { TZ: 'Mars/Olympus', MAILATLAS_DB: '/nowhere/mailatlas.db', NO_COLOR: '1' },
        encoding: 'utf8',
      },
    );
    const findings = JSON.parse(stdout) as { check: string; state: string; says: string }[];
    const of = (check: string) => findings.find((one) => one.check === check);
    assert.deepEqual(of('files'), {
      check: 'files',
      state: 'warning',
      says: '200 files and connections may be open at once',
      tip: 'raise it to 1024 (LimitNOFILE=, ulimit -n)',
    });
    assert.match(of('time zone')?.says ?? '', /^TZ=Mars\/Olympus is no time zone; /);
    assert.match(of('dns')?.says ?? '', /^127\.0\.0\.1:9 (refuses to answer|does not answer)/);
  });
});

describe('the doctor holds the clock', () => {
  test('against what was written here: nothing can be of tomorrow', () => {
    const ok = { written: '2026-11-30T09:59:59.000Z', curated: '2026-11-29' };
    assert.deepEqual(
      examineClock(now, ok).map(({ state }) => state),
      ['ok'],
    );
    assert.deepEqual(
      examineClock(now, { ...ok, written: '2026-12-01T10:00:00.000Z' }).map(({ state, says }) => [state, says]),
      [['fault', 'it says 2026-11-30T10:00:00.000Z, and the database was written at 2026-12-01T10:00:00.000Z']],
    );
    assert.match(examineClock(new Date(0), ok)[0]?.says ?? '', /^it says 1970-01-01T00:00:00\.000Z, and the database/);
    assert.match(
      examineClock(new Date(0), { curated: '2026-11-29' })[0]?.says ?? '',
      /and the data are of 2026-11-29$/,
    );
  });

  test('against another machine, to the second that a Date header has', () => {
    const told = (seconds: number, took = 100) => ({
      told: { by: 'example.com', at: now.getTime() + 1000 * seconds, took },
    });
    assert.equal(examineClock(now, told(-3))[0]?.state, 'ok');
    assert.deepEqual(examineClock(now, told(90))[0]?.says, 'it is 90 seconds behind example.com');
    assert.deepEqual(examineClock(now, told(-90))[0]?.says, 'it is 90 seconds ahead of example.com');
    assert.equal(examineClock(now, told(-9, 4000))[0]?.state, 'ok', 'a slow answer is no proof');
  });
});
