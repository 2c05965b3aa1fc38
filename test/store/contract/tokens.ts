/** What every store promises of tokens. */
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { sql } from 'drizzle-orm';
import type { Store } from '../../../src/store/db.ts';
import { authenticate, createToken, readTokens, revokeToken } from '../../../src/store/tokens.ts';
import { promises } from './promises.ts';

const monday = '2026-11-23T10:00:00.000Z';
const tuesday = '2026-11-24T23:59:59.000Z';

export function tokensContract(name: string, open: () => Store | Promise<Store>): void {
  const promise = promises(open);
  const make = async (store: Store, ...args: [name: string, role: 'reviewer' | 'admin' | 'agent']) =>
    (await createToken(store, ...args, monday)) ?? assert.fail();

  describe(`${name}: a token`, () => {
    promise('lets its owner in, in its role', async (store) => {
      const secret = await make(store, 'anna', 'reviewer');
      await make(store, 'bert', 'reviewer');
      const found = await authenticate(store, secret, 'reviewer', tuesday);
      assert.deepEqual(found, {
        name: 'anna',
        role: 'reviewer',
        created: monday,
        lastUsed: '2026-11-24',
        revoked: null,
      });
    });

    promise('of another role does not, except that an admin may do what a reviewer may', async (store) => {
      const secrets = {
        reviewer: await make(store, 'anna', 'reviewer'),
        admin: await make(store, 'root', 'admin'),
        agent: await make(store, 'probe', 'agent'),
      };
      const lets = async (have: keyof typeof secrets, want: keyof typeof secrets) =>
        typeof (await authenticate(store, secrets[have], want, monday)) === 'object';
      const roles = ['reviewer', 'admin', 'agent'] as const;
      const table = await Promise.all(roles.map((have) => Promise.all(roles.map((want) => lets(have, want)))));
      assert.deepEqual(table, [
        [true, false, false],
        [true, true, false],
        [false, false, true],
      ]);
    });

    promise('is nobody’s where it is made up, cut off, or the stored digest', async (store) => {
      const secret = await make(store, 'anna', 'reviewer');
      const [{ hash } = { hash: '' }] = await store.db.all<{ hash: string }>(sql`SELECT hash FROM token`);
      assert.match(hash, /^[0-9a-f]{64}$/);
      for (const wrong of ['', 'mat_', secret.slice(0, -1), `${secret} `, secret.toUpperCase(), hash])
        assert.equal(await authenticate(store, wrong, 'reviewer', monday), 'unknown', wrong);
    });

    promise('has 256 bits that are stored nowhere', async (store) => {
      const secret = await make(store, 'anna', 'reviewer');
      assert.match(secret, /^mat_[\w-]{43}$/);
      assert.ok(!JSON.stringify(await store.db.all(sql`SELECT * FROM token`)).includes(secret.slice(4)));
    });

    promise('is one a name; when it is revoked it is nobody’s, and the name can have another', async (store) => {
      const first = await make(store, 'anna', 'reviewer');
      assert.equal(await createToken(store, 'anna', 'admin', tuesday), undefined);
      await store.atomically([revokeToken(store.db, 'anna', tuesday)]);
      assert.equal(await authenticate(store, first, 'reviewer', tuesday), 'unknown');
      const second = (await createToken(store, 'anna', 'reviewer', tuesday)) ?? assert.fail();
      assert.equal(typeof (await authenticate(store, second, 'reviewer', tuesday)), 'object');
      assert.deepEqual(
        (await readTokens(store.db)).map((token) => [token.name, token.revoked, token.lastUsed]),
        [
          ['anna', tuesday, null],
          ['anna', null, '2026-11-24'],
        ],
      );
    });
  });
}
