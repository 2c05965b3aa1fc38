/** Discovery as it is put together on Node. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeDiscoverer } from '../../src/discover/discover-node.ts';
import { parseDomain } from '../../src/name/domain.ts';
import { startDns } from '../dns-server.ts';

test('Whoever waits hears of each mechanism as soon as it is through', async (t) => {
  const dns = await startDns({});
  t.after(() => dns.stop());
  const told: string[] = [];
  const discoverer = nodeDiscoverer({ resolver: dns.address });
  await discoverer.discover(parseDomain('silent.zz'), undefined, (mechanism) => told.push(mechanism));
  assert.deepEqual(told.sort(), ['autoconfig', 'autodiscover', 'mailconf', 'pacc', 'srv']);
});
