/** A real Dovecot on loopback, in a folder of its own: TLS IMAP, nobody to sign in, as many connections as come. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Leaf } from '../../test/pki.ts';
import { end, hold } from '../children.ts';
import { pinned } from '../machine.ts';

export interface Dovecot {
  readonly port: number;
  readonly version: string;
  readonly stop: () => Promise<void>;
}

/** @param folder is made. @returns why not, where there is none that we can start */
export async function startDovecot(folder: string, leaf: Leaf): Promise<Dovecot | string> {
  const program = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot'].find(
    (path) => spawnSync(path, ['--version']).status === 0,
  );
  if (program === undefined) return 'Dovecot is not installed (Debian: apt-get install dovecot-imapd)';
  const version = spawnSync(program, ['--version']).stdout.toString().split(' ')[0] ?? '';
  if (!version.startsWith('2.3.')) return `Dovecot ${version} reads another configuration than 2.3`;
  mkdirSync(folder, { recursive: true });
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const port = await freePort();
  const [cert, key] = [file('cert.pem', leaf.cert), file('key.pem', leaf.key)];
  const [command, args] = pinned('server', [
    program,
    '-F',
    '-c',
    file('dovecot.conf', config(folder, port, cert, key)),
  ]);
  const child = spawn(command, args, { stdio: 'ignore' });
  hold(child);
  for (let waited = 0; !(await answers(port)); waited += 50) {
    if (child.exitCode !== null || waited > 5000) {
      await end(child);
      return `Dovecot did not start; ${folder}/log says why`;
    }
    await sleep(50);
  }
  return { port, version, stop: () => end(child) };
}

/** One process for all connections (service_count 0), so that starting processes is not what is measured. */
function config(folder: string, port: number, cert: string, key: string): string {
  const [user, group] = ['-un', '-gn'].map((option) => spawnSync('id', [option]).stdout.toString().trim());
  const isRoot = user === 'root';
  // Root's Dovecot has users of its own and locks them in; anybody else's runs as whoever starts it.
  const asUser = `
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
service anvil {
  chroot =
}`;
  return `${isRoot ? '' : asUser}
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <${cert}
ssl_key = <${key}
mail_location = maildir:${folder}/mail
passdb {
  driver = passwd-file
  args = /dev/null
}
service imap-login {${isRoot ? '' : '\n  chroot ='}
  service_count = 0
  process_min_avail = 1
  client_limit = 2000
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
service auth {
  client_limit = 8000
}
service stats {
  client_limit = 8000
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
