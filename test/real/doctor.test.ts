/** What the doctor says of a network that blocks ports, and of one without IPv6: by the kernel's own firewall. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { allPorts, examineIpv6, examinePorts } from '../../src/cli/doctor/network.ts';
import { firewall, inOwnNetwork, noOwnNetwork, runInOwnNetwork } from './network.ts';

if (inOwnNetwork) {
  test('all ports of mail can be reached', async () => {
    await using _ = await mailServer();
    assert.deepEqual(await examinePorts('127.0.0.1', 1000), [
      { check: 'ports', state: 'ok', says: '127.0.0.1 answers on 25, 465, 587, 143, 993, 110, 995' },
    ]);
  });

  test('25 is blocked, as many networks have it', async () => {
    await using faults = new AsyncDisposableStack();
    faults.use(await mailServer());
    faults.use(await firewall('tcp dport 25 drop'));
    const [found] = await examinePorts('127.0.0.1', 500);
    assert.deepEqual(
      [found?.state, found?.says],
      ['warning', '127.0.0.1 cannot be reached on 25, only on 465, 587, 143, 993, 110, 995'],
    );
    assert.match(found?.tip ?? '', /agent/);
  });

  test('the host does not serve all of them: the way is free', async () => {
    await using faults = new AsyncDisposableStack();
    faults.use(await mailServer());
    faults.use(await firewall('tcp dport 110 reject with tcp reset'));
    const [found] = await examinePorts('127.0.0.1', 500);
    assert.deepEqual(
      [found?.state, found?.says],
      ['ok', '127.0.0.1 answers on 25, 465, 587, 143, 993, 995, refuses 110'],
    );
  });

  test('nothing gets out', async () => {
    await using _ = await firewall('tcp dport 1-1023 drop');
    assert.equal((await examinePorts('127.0.0.1', 500))[0]?.state, 'fault');
    assert.equal((await examinePorts('nobody.invalid', 500))[0]?.says, 'nobody.invalid has no address');
  });

  test('there is no way out over IPv6', async () => {
    assert.equal((await examineIpv6())[0]?.state, 'warning');
  });
} else test('in a network of its own', { skip: noOwnNetwork() }, () => runInOwnNetwork(import.meta.filename));

/** Somebody who takes calls on every port of mail. */
async function mailServer(): Promise<AsyncDisposable> {
  const servers = await Promise.all(
    allPorts.map(async (port) => {
      const server = createServer((socket) => socket.end());
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      return server;
    }),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
