/** workerd for tests, as wrangler runs it on this machine. */
import process from 'node:process';

/** Environment of wrangler, so that it asks and tells nobody outside. */
export const quietly = {
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
} as const;

Object.assign(process.env, quietly);

export { createTestHarness } from 'wrangler';
