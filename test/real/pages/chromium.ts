/** Debian's Chromium, driven by playwright-core: a fresh profile each time, and nothing that calls home. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const path = '/usr/bin/chromium';

/** Why there is no browser here, or false: for the `skip` option of a test. */
export const noBrowser = existsSync(path) ? false : `${path} is not installed; npm run test:real installs it`;

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
