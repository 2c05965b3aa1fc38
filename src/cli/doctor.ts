import { getServers } from 'node:dns';
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { readCertificates } from './certificates.ts';
import { examineData } from './doctor/data.ts';
import { examineDatabase } from './doctor/database.ts';
import type { Finding } from './doctor/finding.ts';
import { examineClock, examineMachine, thisMachine } from './doctor/machine.ts';
import { examineIpv6, examinePorts, examineResolvers } from './doctor/network.ts';
import { askTime, examineOwnUrl } from './doctor/web.ts';
import type { Command } from './main.ts';
import { dataDir, dataOption, dbFile, dbOption, jsonOption, ownUrl, secondsOf } from './options.ts';
import { exit, misuse, out, outJson, paint, visible } from './say.ts';
import { version } from './version.ts';

const usage = `usage: mailatlas doctor [--db FILE] [--data DIR | --only DIR] [--resolver HOST:PORT]… [--url URL]
                        [--ports HOST] [--time-from URL] [--ca FILE] [--timeout SECONDS] [--json]

Looks at everything that a server needs, changes nothing, and says what is wrong, where, and what to do: the database and
its disk, the data, DNS, clock, memory, files, time zone, IPv6. Nobody is called but the DNS servers, and whom you name.

  --db FILE             the database (default: the environment's MAILATLAS_DB, else mailatlas.db)
  --data DIR            the data directory (default: the shipped data); --only DIR: as serve --only takes it
  --resolver HOST:PORT  the DNS servers to ask, repeatable (default: the system's)
  --url URL             where people reach the server: is it there, is its certificate good, does it serve this database
  --ports HOST          a mail server of yours that answers on 25, 465, 587, 143, 993, 110 and 995: which ports are
                        blocked between here and there
  --time-from URL       a web server whose clock is right: ours is held against it
  --ca FILE             certificates (PEM) to trust beside the system's, for --url and --time-from
  --timeout SECONDS     for each that is called (default: 5)
  --json                the findings as JSON

Exit code 0: nothing is broken (warnings may be). 1: something is.

example:
  mailatlas doctor --db /var/lib/mailatlas/mailatlas.db --url https://mailatlas.example
`;

export const command: Command = {
  usage,
  async run(args) {
    const options = {
      ...dataOption,
      ...dbOption,
      ...jsonOption,
      only: { type: 'string' },
      resolver: { type: 'string', multiple: true },
      url: { type: 'string' },
      ports: { type: 'string' },
      'time-from': { type: 'string' },
      ca: { type: 'string' },
      timeout: { type: 'string' },
    } as const;
    const { values } = parseArgs({ args, options });
    if (values.only !== undefined && values.data !== undefined) throw misuse('--only is the data directory', 'doctor');
    const seconds = secondsOf(values.timeout ?? 5, 60, 'doctor');
    const url = values.url === undefined ? undefined : ownUrl(values.url, 'doctor');
    const timeFrom = values['time-from'] === undefined ? undefined : ownUrl(values['time-from'], 'doctor');
    const web = { timeout: 1000 * seconds, ...(values.ca !== undefined && { ca: readCertificates(values.ca) }) };

    const { findings: database, health } = examineDatabase(dbFile(values.db));
    const audience = values.only === undefined ? 'everybody' : 'own';
    const { findings: data, newest } = examineData(dataDir(values.only ?? values.data), audience, health, new Date());
    const told = timeFrom === undefined ? undefined : await askTime(timeFrom, web);
    const now = new Date();
    const isUnasked = told !== undefined && 'check' in told;
    const findings: Finding[] = [
      ...database,
      ...data,
      ...(await examineResolvers((values.resolver ?? getServers()).map(withPort))),
      ...(isUnasked ? [told] : []),
      ...examineClock(now, { written: health?.newest, curated: newest, told: isUnasked ? undefined : told }),
      ...examineMachine(thisMachine()),
      ...(await examineIpv6()),
      ...(values.ports === undefined ? [] : await examinePorts(values.ports, 1000 * seconds)),
      ...(url === undefined ? [] : await examineOwnUrl(url, { version, health, now }, web)),
    ];
    if (values.json) outJson(findings);
    else for (const finding of findings) say(finding);
    return findings.some(({ state }) => state === 'fault') ? exit.no : exit.yes;
  },
};

/** As DNS servers are named in what is said: `::1` -> `[::1]:53`. */
function withPort(server: string): string {
  if (isIP(server) === 0) return server;
  return server.includes(':') ? `[${server}]:53` : `${server}:53`;
}

const colours = { ok: 'green', warning: 'yellow', fault: 'red' } as const;

function say({ check, state, says, tip }: Finding): void {
  out(`${paint(colours[state], state.padEnd(7))}  ${check.padEnd(11)}  ${visible(says)}`);
  if (tip !== undefined) out(`  hint: ${tip}`);
}
