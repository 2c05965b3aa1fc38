/** nginx with the atlas as files, set up as docs/static.md says; with one worker, or with one for each processor. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../test/free-ports.ts';
import { end, hold } from '../children.ts';
import { pinned, type Role } from '../machine.ts';
import type { Running } from '../serving.ts';

const patience = 10_000;

/**
 * @param site made by `mailatlas build --static`
 * @param cached whether nginx remembers open files
 */
export async function startNginx(
  folder: string,
  site: string,
  cached: boolean,
  role: Role = 'server',
): Promise<Running> {
  const { http } = await freePorts(['http']);
  const file = join(folder, `nginx-${http}.conf`);
  writeFileSync(file, config({ folder, site, port: http, cached, workers: role === 'any' ? 'auto' : '1' }));
  const [program, args] = pinned(role, ['nginx', '-p', folder, '-c', file, '-g', 'daemon off;']);
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  hold(child);
  const url = `http://127.0.0.1:${http}`;
  for (let waited = 0; !(await answers(url)); waited += 50) {
    if (child.exitCode !== null || waited > patience) throw new Error(`nginx does not answer at ${url}`);
    await sleep(50);
  }
  return { url, pid: child.pid ?? 0, stop: () => end(child) };
}

interface Setup {
  readonly folder: string;
  readonly site: string;
  readonly port: number;
  readonly cached: boolean;
  readonly workers: '1' | 'auto';
}

function config({ folder, site, port, cached, workers }: Setup): string {
  const documented = new URL('../../docs/static.md', import.meta.url);
  const server = /```nginx\n(server \{.*?\n\})\n```/s.exec(readFileSync(documented, 'utf8'))?.[1];
  if (server === undefined) throw new Error(`${documented.pathname} has no configuration of nginx any more`);
  const here = server
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('root /srv/mailatlas;', `root ${site};`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/nginx-${name};`,
  );
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes ${workers};
pid ${folder}/nginx-${port}.pid;
error_log ${folder}/nginx.log crit;
events { worker_connections 1024; }
http {
  access_log off;
  log_not_found off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  ${cached ? 'open_file_cache max=20000 inactive=60s; open_file_cache_errors on;' : ''}
  ${temporary.join('\n  ')}
  ${here}
}
`;
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
