/**
 * Every page in a real browser: both languages, light and dark, phone and desktop, with and without a script. Nothing is loaded
 * from elsewhere, nothing is refused by the policy, axe finds nothing, and each page is small.
 *
 * `SHOTS=folder` keeps a picture of each, to be looked at.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, startBrowser } from './chromium.ts';
import { faults, sideways } from './look.ts';
import { type PageCase, pages, type Site, startSite } from './pages.ts';

const mostOctets = 60_000;
const { SHOTS: shots } = process.env;

interface Look {
  readonly language: 'en' | 'de';
  readonly scheme: 'light' | 'dark';
  readonly device: 'phone' | 'desktop';
  readonly script: boolean;
}

/** Eight of the sixteen: every three of the four choices stand together in each way that there is. */
const looks: readonly Look[] = (['en', 'de'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((scheme) =>
    (['phone', 'desktop'] as const).map((device) => ({
      language,
      scheme,
      device,
      script: (language === 'en') === ((scheme === 'light') === (device === 'desktop')),
    })),
  ),
);

const viewports = { phone: { width: 360, height: 780 }, desktop: { width: 1280, height: 900 } };

describe('Pages in a browser', { skip: noBrowser }, () => {
  let site: Site;
  let browser: Browser;

  before(async () => {
    site = await startSite();
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  /** Opens a page and hears everything that goes wrong. */
  async function open({ path }: Pick<PageCase, 'path'>, { language, scheme, device, script }: Look) {
    const context = await browser.newContext({
      viewport: viewports[device],
      colorScheme: scheme,
      locale: language === 'de' ? 'de-DE' : 'en-GB',
      javaScriptEnabled: script,
    });
    const page = await context.newPage();
    const troubles: string[] = [];
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      // That the page itself is an error is no trouble: it is meant to be.
      if (!message.text().includes('the server responded with a status of')) troubles.push(message.text());
    });
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    let octets = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (octets += encodedDataLength));
    const response = await page.goto(`${site.url}${path}`, { waitUntil: 'load' });
    return { context, page, response, troubles, requests, octets: () => octets };
  }

  for (const one of pages) {
    test(`${one.name}: ${one.path}`, async (t) => {
      for (const look of looks) {
        const name = `${one.name}-${look.language}-${look.scheme}-${look.device}${look.script ? '' : '-noscript'}`;
        const { context, page, response, troubles, requests, octets } = await open(one, look);
        assert.equal(response?.status(), one.status ?? 200, name);
        assert.equal(await page.getAttribute('html', 'lang'), look.language, name);
        assert.deepEqual(troubles, [], name);
        for (const url of requests) assert.equal(new URL(url).origin, site.url, name);
        assert.ok(octets() > 1000 && octets() < mostOctets, `${name}: ${octets()} octets`);
        assert.equal(await sideways(page), 0, `${name}: it scrolls sideways`);
        assert.equal(await page.locator('h1').count(), 1, name);
        assert.deepEqual(await blocking(page), [], `${name}: one round trip to the first paint`);
        if (look.script && look.language === 'de') assert.deepEqual(await faults(page), [], name);
        if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
        if (look.script && look.scheme === 'light' && look.device === 'desktop' && look.language === 'en')
          t.diagnostic(`${octets()} octets in ${requests.length} requests`);
        await context.close();
      }
    });
  }

  test('a choice of language is kept on every page, and by nothing but a cookie', async () => {
    const { context, page } = await open({ path: '/?domain=t-online.de' }, looks[0] as Look);
    await page.click('text=Deutsch');
    await page.locator('html[lang=de]').waitFor();
    assert.match(page.url(), /domain=t-online\.de/);
    await page.goto(`${site.url}/about/probing`);
    assert.equal(await page.getAttribute('html', 'lang'), 'de');
    assert.deepEqual(
      (await context.cookies()).map(({ name, value }) => [name, value]),
      [['lang', 'de']],
    );
    await context.close();
  });

  /** What had to be there, beside the page itself, before anything was painted. */
  function blocking(page: Page): Promise<string[]> {
    return page.evaluate(
      'performance.getEntriesByType("resource").filter((one) => one.renderBlockingStatus !== "non-blocking").map(({ name }) => name)',
    );
  }
});
