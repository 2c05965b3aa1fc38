/** The list of providers in a real browser: what is found while one types, and without a script. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { noBrowser, startBrowser } from './chromium.ts';
import { type Site, startSite } from './pages.ts';

describe('Searching the providers', { skip: noBrowser }, () => {
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

  async function open(javaScriptEnabled: boolean) {
    const context = await browser.newContext({ locale: 'en-GB', javaScriptEnabled });
    const page = await context.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`${site.url}/providers`);
    return { context, page, requests };
  }

  test('shows what is found while one types, says how many, and leaves the field alone', async () => {
    const { context, page } = await open(true);
    await page.focus('#q');
    await page.keyboard.type('posteo');
    await page.waitForURL(/\/providers\?q=posteo$/);
    await page.locator('#results a', { hasText: 'Posteo' }).waitFor();
    await page.locator('.count', { hasText: /^\d+ of \d+ providers/ }).waitFor();
    assert.equal(await page.evaluate('document.activeElement.id'), 'q');
    await page.selectOption('#country', 'FR');
    await page.getByText('No provider is like that').waitFor();
    await context.close();
  });

  test('sends of an address what stands after the @', async () => {
    const { context, page, requests } = await open(true);
    await page.fill('#q', 'fred.bloggs@posteo.de');
    await page.waitForURL(/q=posteo\.de$/);
    await page.locator('#results a', { hasText: 'Posteo' }).waitFor();
    assert.ok(requests.every((url) => !url.includes('fred') && !url.includes('bloggs')));
    await context.close();
  });

  test('works by the form alone, from page to page', async () => {
    const { context, page } = await open(false);
    await page.fill('#q', 'mail');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=mail/);
    assert.match((await page.textContent('.count')) ?? '', /^\d+ of \d+ providers/);
    await page.goto(`${site.url}/providers`);
    await page.click('a[rel=next]');
    await page.waitForURL(/page=2/);
    assert.match((await page.textContent('.paging')) ?? '', /Page 2 of/);
    await context.close();
  });
});
