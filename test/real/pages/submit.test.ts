/** The whole road in a browser: a stranger fills in the form, follows the checks, and two reviewers decide. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, startBrowser } from './chromium.ts';
import { faults, sideways } from './look.ts';
import { type Site, startSite } from './pages.ts';

const { SHOTS: shots } = process.env;

describe('Submitting and reviewing in a browser', { skip: noBrowser }, () => {
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

  /** A new person with a browser of their own. */
  async function person(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext({ locale: 'de-DE', ...options });
    return context.newPage();
  }

  /** The accessibility checker is a script itself. */
  async function isGood(page: Page, name: string, hasScript = true): Promise<void> {
    if (hasScript) assert.deepEqual(await faults(page), [], name);
    assert.equal(await sideways(page), 0, `${name}: it scrolls sideways`);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  }

  test('mistakes are told while one types, at the field, and rows can be added', async () => {
    const page = await person();
    await page.goto(`${site.url}/submit?kind=new`);
    await page.getByLabel('Website').fill('http://new.zz');
    await page.getByLabel('Name', { exact: true }).fill('Neue <Post>');
    await page.getByLabel('Land').focus();
    await page.locator('[id="/record/name-fault"]').filter({ hasText: 'HTML' }).waitFor();
    await page.locator('[id="/record/website-fault"]').filter({ hasText: 'https://' }).waitFor();
    assert.equal(await page.locator('[id="/record/country-fault"]').textContent(), '', 'nobody was in this field yet');
    const host = page.locator('[name="/record/incoming/0/host"]');
    await host.fill('<b>');
    await page.getByLabel('Land').focus();
    await page.locator('[name="/record/incoming/0/host"][aria-invalid=true]').waitFor({ timeout: 5000 });
    await page.getByRole('button', { name: 'Noch ein Server' }).first().click();
    assert.equal(await page.evaluate('document.activeElement.name'), '/record/incoming/1/host');
    assert.equal(
      await page.locator(':focus').getAttribute('aria-invalid'),
      null,
      'nothing is wrong with an empty row yet',
    );
    await isGood(page, 'submit-typing');
    await page.context().close();
  });

  for (const javaScriptEnabled of [true, false]) {
    test(`a wrong entry is reported, reviewed and declined ${javaScriptEnabled ? 'with' : 'without'} a script`, async () => {
      const stranger = await person({ javaScriptEnabled });
      await stranger.goto(`${site.url}/provider/gmx.net`);
      await stranger.getByRole('link', { name: 'Einen Fehler melden' }).click();
      await stranger.getByLabel('Was nicht stimmt').fill('Port 995 geht nicht mehr.');
      await stranger.getByRole('button', { name: 'Einreichen' }).click();
      await stranger.getByText('Die Durchsicht steht noch aus.').first().waitFor();
      const receipt = (await stranger.locator('.secret').textContent()) ?? '';
      const number = /Nummer: (\d+)/.exec((await stranger.locator('.card').textContent()) ?? '')?.[1] ?? '';
      assert.doesNotMatch(stranger.url(), /mar_/, 'the receipt stands in no address');
      await isGood(stranger, `submitted${javaScriptEnabled ? '' : '-noscript'}`, javaScriptEnabled);

      const reviewer = await person({ javaScriptEnabled });
      await reviewer.goto(`${site.url}/review`);
      await reviewer.getByLabel('Token').fill(await site.token(`anna-${String(javaScriptEnabled)}`));
      await reviewer.keyboard.press('Enter');
      const entry = reviewer.getByRole('link', { name: number, exact: true });
      await entry.waitFor();
      await isGood(reviewer, 'queue', javaScriptEnabled);
      await entry.click();
      await reviewer.getByLabel('Begründung').waitFor();
      await isGood(reviewer, 'review-report', javaScriptEnabled);
      await reviewer.getByLabel('Begründung').fill('Er antwortet, siehe die Prüfungen.');
      await reviewer.getByRole('button', { name: 'Ablehnen' }).click();
      await reviewer.getByText('Abgelehnt.').waitFor();

      await stranger.goto(`${site.url}/submission`);
      await stranger.getByLabel('Nummer').fill(number);
      await stranger.getByLabel('Quittung').fill(receipt);
      await stranger.getByRole('button', { name: 'Öffnen' }).click();
      await stranger.getByText('Er antwortet, siehe die Prüfungen.').waitFor();
      await stranger.context().close();
      await reviewer.context().close();
    });
  }

  test('a correction is tried, submitted, looked at side by side, and withdrawn', async () => {
    const stranger = await person();
    await stranger.goto(`${site.url}/submit?kind=change&id=gmx.net`);
    await stranger.locator('[name="/record/incoming/0/host"]').fill('imap.evil.zz');
    await stranger.getByLabel('Was wir wissen sollten').fill('Der Server ist umgezogen.');
    await stranger.getByRole('button', { name: 'Nur prüfen' }).click();
    await stranger.getByText('Das war alles.').waitFor();
    assert.equal(await stranger.locator('li.check').count(), 7);
    await isGood(stranger, 'tried');
    await stranger.getByRole('button', { name: 'Einreichen' }).click();
    await stranger.getByText('So weisen Sie nach').waitFor();
    await isGood(stranger, 'submitted-change');
    const number = /Nummer: (\d+)/.exec((await stranger.locator('.card').textContent()) ?? '')?.[1] ?? '';

    const reviewer = await person();
    await reviewer.goto(`${site.url}/review`);
    await reviewer.getByLabel('Token').fill(await site.token('bert'));
    await reviewer.keyboard.press('Enter');
    await reviewer.getByRole('link', { name: number, exact: true }).click();
    await reviewer.locator('ins', { hasText: 'imap.evil.zz' }).waitFor();
    await reviewer.getByText('Zwei Prüfer müssen zustimmen').waitFor();
    await isGood(reviewer, 'review-change');
    await reviewer.setViewportSize({ width: 360, height: 780 });
    await isGood(reviewer, 'review-change-phone');
    await reviewer.getByRole('button', { name: 'Abmelden' }).click();
    await reviewer.getByLabel('Token').waitFor();

    await stranger.getByRole('button', { name: 'Zurückziehen' }).click();
    await stranger.getByText('Zurückgezogen.').first().waitFor();
    await stranger.context().close();
    await reviewer.context().close();
  });
});
