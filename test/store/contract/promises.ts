/** What every store promises is tried on a store of its own, which is closed whatever happens. */
import { test } from 'node:test';
import type { Store } from '../../../src/store/db.ts';

export type Promised = (sentence: string, body: (store: Store) => Promise<void>) => void;

export function promises(open: () => Store | Promise<Store>): Promised {
  return (sentence, body) => {
    test(sentence, async () => {
      const store = await open();
      try {
        await body(store);
      } finally {
        store.close();
      }
    });
  };
}
