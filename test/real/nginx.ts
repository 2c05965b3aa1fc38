/**
 * Debian's nginx and Caddy in front of a server, with the very configuration files of docs/examples: a test changes nothing
 * in them but ports and paths. They live in a temporary folder and end with the test.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../free-ports.ts';
import type { Leaf } from '../pki.ts';
import { type Supervised, supervise } from './supervise.ts';

const programs = { nginx: '/usr/sbin/nginx', caddy: '/usr/bin/caddy' };
const examples = new URL('../../docs/examples/', import.meta.url);
const startMilliseconds = 15_000;

/** Why there is no such program here, or false: for the `skip` option of a test. */
export function no(program: keyof typeof programs): string | false {
  const path = programs[program];
  return existsSync(path) ? false : `${path} not installed: test/real/install.sh`;
}

export interface Proxy extends AsyncDisposable {
  readonly http: number;
  readonly https: number;
  /** A file in its folder, such as a log. */
  read(name: string): Promise<string>;
}

/** An example with each of these texts put in the place of another; each must be there. */
async function example(name: string, changes: Readonly<Record<string, string>>): Promise<string> {
  let text = await readFile(new URL(name, examples), 'utf8');
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`${name} has no “${from}”`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** @param upstream port of the server on 127.0.0.1 */
export async function startNginx(upstream: number, { cert, key }: Leaf): Promise<Proxy> {
  const folder = await mkdtemp(join(tmpdir(), 'mailatlas-nginx-'));
  const { http, https } = await freePorts(['http', 'https']);
  const site = await example('nginx.conf', {
    'listen 443 ssl': `listen 127.0.0.1:${https} ssl`,
    'listen 80': `listen 127.0.0.1:${http}`,
    'http://127.0.0.1:8143': `http://127.0.0.1:${upstream}`,
    '/etc/nginx/mailatlas/': `${folder}/`,
    '/var/log/nginx/': `${folder}/`,
  });
  // As Debian's own nginx.conf includes it, in the http block.
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const main = `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/main.error.log;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  include ${folder}/site.conf;
}
`;
  await Promise.all([
    writeFile(join(folder, 'nginx.conf'), main),
    writeFile(join(folder, 'site.conf'), site),
    writeFile(join(folder, 'fullchain.pem'), cert),
    writeFile(join(folder, 'privkey.pem'), key),
  ]);
  await chmod(join(folder, 'privkey.pem'), 0o600);
  const command = `${programs.nginx} -p "$folder" -c "$folder/nginx.conf"`;
  const running = supervise({
    folder,
    start: `${command} -g 'daemon off;' & nginx=$!`,
    end: `kill -QUIT "$nginx"`,
  });
  return ready(running, folder, { http, https });
}

/** @param upstream port of the server on 127.0.0.1, which is also asked whether a certificate may be ordered */
export async function startCaddy(upstream: number): Promise<Proxy> {
  const folder = await mkdtemp(join(tmpdir(), 'mailatlas-caddy-'));
  const { http, https } = await freePorts(['http', 'https']);
  const own = `admin off\n\tlocal_certs\n\tskip_install_trust\n\thttp_port ${http}\n\thttps_port ${https}\n\tstorage file_system ${folder}/storage`;
  const config = await example('Caddyfile', {
    '127.0.0.1:8143': `127.0.0.1:${upstream}`,
    // An authority of its own instead of a public one, and nothing outside the folder.
    '{\n\ton_demand_tls': `{\n\t${own}\n\ton_demand_tls`,
    'https:// {': `https://:${https} {`,
  });
  await writeFile(join(folder, 'Caddyfile'), config);
  const running = supervise({
    folder,
    start: `HOME="$folder" XDG_DATA_HOME="$folder" XDG_CONFIG_HOME="$folder" \
      ${programs.caddy} run --adapter caddyfile --config "$folder/Caddyfile" >"$folder/caddy.log" 2>&1 & caddy=$!`,
    end: `kill "$caddy"`,
  });
  return ready(running, folder, { http, https });
}

async function ready(running: Supervised, folder: string, ports: { http: number; https: number }): Promise<Proxy> {
  const end = performance.now() + startMilliseconds;
  while (!(await accepts(ports.https))) {
    if (!running.running || performance.now() > end) {
      await running.stop();
      throw new Error(`it did not start:\n${running.output}`);
    }
    await sleep(50);
  }
  return {
    ...ports,
    read: (name) => readFile(join(folder, name), 'utf8'),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

export interface Question {
  readonly host: string;
  readonly path: string;
  readonly port: number;
  /** The authority to believe; without it the question goes over plain HTTP. */
  readonly ca?: string | undefined;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks as a mail client does that finds the name at this machine: TLS and Host by the name. */
export function ask({ host, path, port, ca, body, headers = {} }: Question): Promise<Reply> {
  const options = {
    host: '127.0.0.1',
    port,
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers: { Host: host, ...headers },
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const sent = ca === undefined ? httpRequest(options) : httpsRequest({ ...options, servername: host, ca });
    sent.once('error', reject);
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.end(body);
  });
}
