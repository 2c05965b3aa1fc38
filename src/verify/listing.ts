/** Keeps the list of what is probed as new as the records. */
import { instant } from '../net/instant.ts';
import type { Curated } from '../provider/model.ts';
import type { Store } from '../store/db.ts';
import { listEndpoints } from '../store/seen/statuses.ts';
import { type Clock, systemClock } from './clock.ts';
import { endpoints } from './endpoint.ts';

/** To be called before work is given out; costs nothing while the records are the same object. */
export function lister(store: Store, clock: Clock = systemClock): (curated: Curated | undefined) => Promise<void> {
  let listed: Curated | undefined;
  return async (curated) => {
    if (!curated || curated === listed) return;
    const keys = endpoints(curated).map(({ key }) => key);
    await listEndpoints(store, keys, instant(clock.now()));
    listed = curated;
  };
}
