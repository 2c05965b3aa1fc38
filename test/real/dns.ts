/**
 * A real DNS server on loopback: Debian's Knot DNS, authoritative for `example.test`, with a zone that stands in the test.
 *
 *     await using dns = await startRealDns(`
 *       mail  A 127.0.0.1
 *       imap  CNAME mail
 *     `);
 *
 * What no well-kept server does (no answer, an answer after a while, SERVFAIL) is done by `test/dns-server.ts`.
 */
import { execFile } from 'node:child_process';
import { promises } from 'node:dns';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePorts } from '../free-ports.ts';
import { supervise } from './supervise.ts';

export interface RealDns extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly address: string;
  /** From now on another zone is served. */
  change(zone: string): Promise<void>;
  stop(): Promise<void>;
}

const origin = 'example.test';
const run = promisify(execFile);
const knotd = '/usr/sbin/knotd';
const startMilliseconds = 10_000;

/** Why there is no such server here, or false: for the `skip` option of a test. */
export function noRealDns(): string | false {
  return existsSync(knotd) ? false : `${knotd} not installed: test/real/install.sh`;
}

/** @param zone records as in a zone file, one a line; names are under `example.test.` unless they end in a dot */
export async function startRealDns(zone: string): Promise<RealDns> {
  const folder = await mkdtemp(join(tmpdir(), 'mailatlas-dns-'));
  const { dns: port } = await freePorts(['dns']);
  let serial = 0;
  const write = async (records: string): Promise<void> => {
    serial += 1;
    await writeFile(join(folder, 'zone'), zoneFile(records, serial));
  };
  await write(zone);
  await writeFile(join(folder, 'knot.conf'), knotConf(folder, port));
  const program = supervise({
    folder,
    start: `${knotd} -c "$folder/knot.conf" & knotd=$!`,
    end: 'kill $knotd',
  });

  const resolver = new promises.Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  /** Resolves when the zone with our last serial is served. */
  const served = async (): Promise<void> => {
    for (const end = Date.now() + startMilliseconds; Date.now() < end && program.running; await sleep(10)) {
      const soa = await resolver.resolveSoa(origin).catch(() => undefined);
      if (soa?.serial === serial) return;
    }
    await program.stop();
    throw new Error(`Knot DNS does not serve the zone; what it said:\n${program.output}`);
  };
  await served();

  const stop = (): Promise<void> => program.stop();
  return {
    address: `127.0.0.1:${port}`,
    async change(records) {
      await write(records);
      await run('knotc', ['-c', join(folder, 'knot.conf'), 'zone-reload', origin]);
      await served();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function zoneFile(records: string, serial: number): string {
  const lines = records.split('\n').map((line) => line.trim());
  return `$ORIGIN ${origin}.\n$TTL 0\n@ SOA ns1 hostmaster ${serial} 3600 600 86400 0\n@ NS ns1\nns1 A 127.0.0.1\n${lines.join('\n')}\n`;
}

function knotConf(folder: string, port: number): string {
  return `
server:
  rundir: ${folder}
  listen: 127.0.0.1@${port}
log:
  - target: ${folder}/knot.log
    any: info
database:
  storage: ${folder}/db
zone:
  - domain: ${origin}
    file: ${folder}/zone
    # Only what the file says, and nothing is written back to it.
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
`;
}
