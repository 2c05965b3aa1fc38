/**
 * The command line, as sessions in a terminal: every `*.txt` beside this file is one, in a folder of its own that has a
 * copy of `data/`. What a session looks like:
 *
 *     # A sentence that says what is shown.
 *     $ mailatlas stats --data nowhere       a command, run by sh
 *     …                                      any number of lines
 *     2> mailatlas: there is no …            what it says on stderr, behind what it says on stdout
 *     ? 3                                    its exit code, where that is not 0
 *
 * `sqlite FILE SQL` changes a database. $PWD, $VERSION, $DNS (a name server on loopback), $BUSY_PORT (a port that is taken),
 * $IMAP_PORT (of a good server, STARTTLS), $CA (the authority of its certificate), $CERT and $KEY (a certificate and its key),
 * $SERVER (a mailatlas server with the same data that takes submissions; the tokens of anna and bert, who review, are in
 * ../anna.token and ../bert.token, that of root, an admin, in ../root.token), $WEB and $WEB_ONLY (options that lead to the domains of discover/world.ts, and the same without leave to dial loopback)
 * stand for what they are, in commands and in what is expected.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type RunningServer, startServer } from '../../src/node.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { createToken } from '../../src/store/tokens.ts';
import { autoconfig, autodiscover, startWorld, type World } from '../discover/world.ts';
import { type DnsServer, startDns } from '../dns-server.ts';
import { logTo } from '../log.ts';
import { pki } from '../pki.ts';
import { program } from '../program.ts';
import { type MailServer, startMailServer } from '../verify/mail-server.ts';
import { imap } from '../verify/well-behaved.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'mailatlas-cli-')));
const tools = join(temporary, 'bin');
const busy = createServer();
const ca = join(temporary, 'ca.pem');
let dns: DnsServer;
let mail: MailServer;
let world: World;
let server: RunningServer;

before(async () => {
  mkdirSync(tools);
  const command = join(tools, 'mailatlas');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${await program()}' "$@"\n`);
  chmodSync(command, 0o755);
  const sqlite = join(tools, 'sqlite');
  const say = "new (require('better-sqlite3'))(process.argv[1]).exec(process.argv[2])";
  writeFileSync(sqlite, `#!/bin/sh\nNODE_PATH='${modules}' exec '${process.execPath}' -e "${say}" "$@"\n`);
  chmodSync(sqlite, 0o755);
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  dns = await startDns({
    'customer.de': ['10 a.mx.hosting.example', '20 backup.elsewhere.example'],
    'filtered.de': ['10 in1.one.filter.example', '10 in2.one.filter.example'],
    'filtered-twice.de': ['10 in.one.filter.example', '10 in.two.filter.example'],
    'forwarded.de': ['5 mx.forward.example'],
    'own-server.de': ['10 mail.own-server.de'],
    'no-mx.de': 'nodata',
    'null-mx.de': 'null-mx',
    'broken-dns.de': 'servfail',
    'mail.example.test': { A: ['127.0.0.1'] },
    'iana.org': ['10 mx.iana.example'],
  });
  writeFileSync(ca, (await pki()).ca);
  const { cert, key } = await (await pki()).leaf('good-ec');
  writeFileSync(join(temporary, 'cert.pem'), cert);
  writeFileSync(join(temporary, 'key.pem'), key);
  mail = await startMailServer(imap({ security: 'starttls' }));
  world = await startWorld({
    // Two providers of ../data: one publishes what its record says, the other something else.
    sites: {
      'https://autoconfig.webonly.example/mail/config-v1.1.xml': autoconfig('webonly.example'),
      'https://autodiscover.hosting.example/autodiscover/autodiscover.xml': autodiscover('old.hosting.example', ''),
    },
    zone: {
      '_imaps._tcp.post.example': { SRV: ['0 1 993 imap.post.example'] },
      'imap.post.example': { A: ['127.0.0.1'] },
    },
  });
  server = await startReviewed();
});

after(async () => {
  busy.close();
  await dns.stop();
  await mail.stop();
  await world.stop();
  await server.close();
  rmSync(temporary, { recursive: true });
});

describe('mailatlas', { concurrency: 2 * availableParallelism() }, () => {
  for (const file of readdirSync(here).filter((name) => name.endsWith('.txt'))) {
    test(file, async (t) => {
      const folder = join(temporary, file.replace(/\.txt$/, ''));
      cpSync(join(here, 'data'), join(folder, 'data'), { recursive: true });
      const { port } = busy.address() as AddressInfo;
      const variables = {
        PWD: folder,
        VERSION: version as string,
        DNS: dns.address,
        BUSY_PORT: String(port),
        IMAP_PORT: String(mail.port),
        SERVER: server.url,
        CA: ca,
        WEB_ONLY: webOptions(),
        WEB: `${webOptions()} --allow-private`,
        CERT: join(temporary, 'cert.pem'),
        KEY: join(temporary, 'key.pem'),
      };
      for (const { says, todo, steps } of parseSession(readFileSync(join(here, file), 'utf8'))) {
        await t.test(says, todo === undefined ? {} : { todo }, async () => {
          for (const { command, expected } of steps) {
            const wanted = fill(expected, variables);
            const seen = await run(command, folder, variables);
            if (!matches(seen, wanted)) assert.deepEqual([`$ ${command}`, ...seen], [`$ ${command}`, ...wanted]);
          }
        });
      }
    });
  }
});

/** A server that takes submissions, and tokens of those who review them. */
async function startReviewed(): Promise<RunningServer> {
  const db = join(temporary, 'server.db');
  const store = openSqlite(db);
  for (const [name, role] of [
    ['anna', 'reviewer'],
    ['bert', 'reviewer'],
    ['root', 'admin'],
  ] as const) {
    const secret = await createToken(store, name, role, new Date().toISOString());
    writeFileSync(join(temporary, `${name}.token`), `${secret}\n`, { mode: 0o600 });
  }
  store.close();
  return startServer({
    db,
    data: join(here, 'data'),
    host: '127.0.0.1',
    port: 0,
    url: 'https://atlas.example',
    resolver: dns.address,
    submissions: {
      checker: {
        prober: { resolver: dns.address },
        discoverer: { resolver: dns.address },
        resolvers: [dns.address],
        askNameServers: false,
      },
    },
    version,
    log: logTo(() => {}),
  });
}

/** How a command gets to the domains of the world. */
function webOptions(): string {
  const { dns: zone, web } = world;
  return `--resolver ${zone.address} --ca ${ca} --dial 443=${web.https} --dial 80=${web.http}`;
}

interface Step {
  command: string;
  /** What is printed, line by line, as it stands in the session. */
  expected: string[];
}

interface Scene {
  says: string;
  /** `# todo:` and why it is known to fail. */
  todo?: string;
  steps: Step[];
}

function parseSession(text: string): Scene[] {
  const scenes: Scene[] = [];
  let steps: Step[] = [];
  for (const line of text.split('\n')) {
    const scene = scenes.at(-1);
    if (line.startsWith('# todo: ') && scene) scene.todo = line.slice('# todo: '.length);
    else if (line.startsWith('# ') && scene?.steps.length === 0) scene.says += ` ${line.slice(2)}`;
    else if (line.startsWith('# ')) scenes.push({ says: line.slice(2), steps: (steps = []) });
    else if (line.startsWith('$ ')) steps.push({ command: line.slice(2), expected: [] });
    else steps.at(-1)?.expected.push(line);
  }
  for (const { says, steps: all } of scenes) {
    assert.ok(all.length > 0, `“${says}” has no command`);
    for (const { expected } of all) while (expected.at(-1) === '') expected.pop();
  }
  return scenes;
}

function fill(lines: readonly string[], variables: Record<string, string>): string[] {
  return lines.map((line) => line.replace(/\$([A-Z_]+)/g, (whole, name: string) => variables[name] ?? whole));
}

/** Runs a command and gives back what a session would show of it. */
function run(command: string, cwd: string, variables: Record<string, string>): Promise<string[]> {
  const env = {
    ...variables,
    PATH: [tools, '/usr/bin', '/bin'].join(delimiter),
    HOME: cwd,
    XDG_CACHE_HOME: join(cwd, '.cache'),
    // A hundred processes run the same files.
    NODE_COMPILE_CACHE: join(temporary, 'compiled'),
    // A session has the clock and the language of nobody in particular.
    TZ: 'UTC',
  };
  return new Promise((resolve) => {
    const child = execFile('/bin/sh', ['-c', command], { cwd, env, timeout: 60_000 }, (_, stdout, stderr) => {
      const lines = (text: string) => (text === '' ? [] : text.replace(/\n+$/, '').split('\n'));
      const code = child.exitCode ?? child.signalCode;
      resolve([...lines(stdout), ...lines(stderr).map((line) => `2> ${line}`), ...(code === 0 ? [] : [`? ${code}`])]);
    });
  });
}

/** Whether the lines are as expected, where `…` and `2> …` stand for any number of lines of their kind. */
function matches(seen: readonly string[], wanted: readonly string[]): boolean {
  const [first, ...rest] = wanted;
  if (first === undefined) return seen.length === 0;
  if (first !== '…' && first !== '2> …') return seen[0] === first && matches(seen.slice(1), rest);
  const covers = (line: string) => (first === '…' ? !/^(2> |\? )/.test(line) : line.startsWith('2> '));
  for (let i = 0; i <= seen.length; i++) {
    if (matches(seen.slice(i), rest)) return true;
    const line = seen[i];
    if (line === undefined || !covers(line)) return false;
  }
  return false;
}
