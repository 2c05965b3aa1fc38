/**
 * Ports for whoever must name one before it listens there, or listens there again after a while. Nobody gets them meanwhile:
 * they lie below those that Linux gives to outgoing connections and to listeners on any port (ip_local_port_range), and each
 * process of the tests takes them from a block of its own, whose first port it holds for as long as it lives.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

const [lowest, highest, block] = [20_000, 32_000, 50] as const;
/** The port that was given last. */
let last: Promise<number> | undefined;

/** On any address, nobody listens there. */
export function freePort(): Promise<number> {
  last = (last ?? ownBlock()).then(after);
  return last;
}

async function after(before: number): Promise<number> {
  for (let port = before + 1; ; port++) {
    if (port % block === 0) port = (await ownBlock()) + 1;
    const server = await listenAt(port);
    if (!server) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** A port for each of these names. */
export async function freePorts<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const ports: [Name, number][] = [];
  for (const name of names) ports.push([name, await freePort()]);
  return Object.fromEntries(ports) as Record<Name, number>;
}

/** @returns its first port, which is held */
async function ownBlock(): Promise<number> {
  for (;;) {
    const first = block * randomInt(lowest / block, highest / block);
    const server = await listenAt(first);
    server?.unref();
    if (server) return first;
  }
}

/** @returns undefined where somebody else does */
async function listenAt(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port);
  return once(server, 'listening').then(
    () => server,
    () => undefined,
  );
}
