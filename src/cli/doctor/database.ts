/** The database and the disk under it. */
import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../../store/db.ts';
import { type Health, readHealth } from '../../store/file/health-node.ts';
import { type Finding, fault, fine, megabytes, warning } from './finding.ts';

/** SQLite shortens the log at 1,000 pages of 4 kB (sqlite.org/wal.html#automatic_checkpoint): this is far beyond. */
const longLog = 64e6;
/** Below this nothing can be written for long. */
const leastRoom = 50e6;

export interface DatabaseFindings {
  readonly findings: readonly Finding[];
  /** Undefined where it cannot be read. */
  readonly health: Health | undefined;
}

export function examineDatabase(file: string): DatabaseFindings {
  const disk = examineDisk(file);
  if (!existsSync(file)) {
    const tip = 'mailatlas serve and mailatlas load make one; name another with --db FILE or in MAILATLAS_DB';
    return { findings: [warning('database', `there is no ${file} yet`, tip), ...disk], health: undefined };
  }
  try {
    const health = readHealth(file);
    return { findings: [...judge(file, health), ...disk], health };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { findings: [fault('database', error.message, error.tip), ...disk], health: undefined };
  }
}

function judge(file: string, health: Health): Finding[] {
  const { faults, pending, writable, bytes, migration, revision } = health;
  const [first, ...more] = faults;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
    const tip = 'stop the server and restore a backup: mailatlas restore FILE';
    return [fault('database', `${file} is damaged: ${first.replaceAll('\n', ' ')}${others}`, tip)];
  }
  if (migration === undefined)
    return [warning('database', `${file} is empty`, 'mailatlas load brings the data in, and serve does so by itself')];
  const found = [
    fine(
      'database',
      `${file} is whole: ${migration.replace(/\.sql$/, '')}, revision ${revision}, ${megabytes(bytes.file + bytes.log)}`,
    ),
  ];
  if (pending.length > 0)
    found.push(
      warning(
        'migrations',
        `${file} is of an older version: ${pending.join(', ')} will be applied when it is opened next`,
        'nothing needs to be done: a backup is left beside it then',
      ),
    );
  if (writable === 'no')
    found.push(fault('writing', `${file} may be read, not written`, 'make it, and its folder, belong to this user'));
  if (writable === 'locked')
    found.push(
      warning(
        'writing',
        `another process has been writing to ${file} for seconds`,
        'look again in a minute: mailatlas doctor',
      ),
    );
  if (bytes.log > longLog)
    found.push(
      warning(
        'log',
        `${file}-wal has ${megabytes(bytes.log)}: somebody has been reading for so long that it cannot be shortened`,
        'end long readers (sqlite3, a backup program), or restart the server',
      ),
    );
  return found;
}

/** Room for the database once more is what a backup before a migration wants. */
function examineDisk(file: string): Finding[] {
  const folder = dirname(file);
  if (!existsSync(folder)) return [fault('disk', `there is no folder ${folder}`, 'make it, or name another with --db')];
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  const free = bavail * bsize;
  if (files > 0 && ffree === 0)
    return [
      fault('disk', `the disk of ${folder} has no room for another file (inodes)`, 'delete files that nobody needs'),
    ];
  const wanted = Math.max(leastRoom, existsSync(file) ? 2 * statSync(file).size : 0);
  if (free < leastRoom / 5)
    return [fault('disk', `the disk of ${folder} is full: ${megabytes(free)} left`, 'make room')];
  if (free < wanted)
    return [
      warning(
        'disk',
        `the disk of ${folder} has ${megabytes(free)} left; with ${megabytes(wanted)} there is room for a backup`,
        'make room before the next upgrade',
      ),
    ];
  return [fine('disk', `${megabytes(free)} free in ${folder}`)];
}
