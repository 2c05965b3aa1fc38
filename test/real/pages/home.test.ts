/** What the script of the home page does, seen by a person with a browser, and by whoever listens on the wire. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { noBrowser, startBrowser } from './chromium.ts';
import { type Site, startSite } from './pages.ts';

const zbarimg = '/usr/bin/zbarimg';

describe('The home page in a browser', { skip: noBrowser }, () => {
  let site: Site;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let requests: Request[];

  before(async () => {
    site = await startSite();
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });

  async function fresh(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
    await context?.close();
    context = await browser.newContext({
      locale: 'de-DE',
      permissions: ['clipboard-read', 'clipboard-write'],
      ...options,
    });
    page = await context.newPage();
    requests = [];
    page.on('request', (request) => requests.push(request));
    await page.goto(site.url, { waitUntil: 'networkidle' });
  }

  /** Asks, and waits for the answer: not for the one that stood there before. */
  async function look(typed: string): Promise<void> {
    await page.evaluate('document.querySelector("#answer")?.setAttribute("data-before", "")');
    await page.getByRole('textbox', { name: 'Ihre E-Mail-Adresse' }).fill(typed);
    await page.getByRole('button', { name: 'Einstellungen finden' }).click();
    await page.locator('#answer:not([data-before]) h1').waitFor();
  }

  /** Everything that left the browser: addresses, headers and bodies. */
  const sent = () =>
    requests
      .map((request) => [request.url(), JSON.stringify(request.headers()), request.postData() ?? ''].join(' '))
      .join('\n');

  test('“I have a T-Online address and Thunderbird”: type, Enter, one click, and every value is on the page', async (t) => {
    await fresh();
    let clicks = 0;
    await page.getByRole('textbox', { name: 'Ihre E-Mail-Adresse' }).fill('Erika.Muster@t-online.de');
    await page.keyboard.press('Enter');
    await page.locator('#answer h1').waitFor();
    assert.equal(await page.locator('#answer h1').textContent(), 'Telekom Mail (T-Online)');
    for (const value of ['secureimap.t-online.de', '993', 'securesmtp.t-online.de', '465', 'Erika.Muster@t-online.de'])
      assert.ok(await page.locator('.card').getByText(value, { exact: true }).first().isVisible(), value);
    assert.ok(await page.getByText('Passwort für E-Mail-Programme').first().isVisible(), 'what is to do first');
    await page.locator('#thunderbird summary').click();
    clicks += 1;
    assert.ok(await page.locator('#thunderbird ol li').first().isVisible());
    assert.match((await page.locator('#thunderbird').textContent()) ?? '', /das Passwort für Mailprogramme/);
    t.diagnostic(`the address and Enter, then ${clicks} click`);
  });

  test('the address never leaves the browser, whatever is done with it', async () => {
    await fresh();
    await look('geheim.name@t-online.de');
    await page.locator('#android summary').click();
    await page.locator('.phone input').fill('Geheime Person');
    await page.locator('.phone button').click();
    await page.locator('.phone svg').waitFor();
    await page.locator('#message').fill('535 geheim.name@t-online.de: authentication failed');
    await page.locator('.explained .note').waitFor();
    await page.getByRole('button', { name: 'Benutzernamen kopieren' }).first().click();
    await page.getByRole('link', { name: 'English' }).click();
    await page.locator('html[lang=en]').waitFor();
    await page.waitForLoadState('networkidle');
    await page.goBack();
    await page.waitForLoadState('networkidle');
    assert.ok(requests.length >= 4);
    assert.doesNotMatch(sent(), /geheim/i);
    for (const request of requests) assert.equal(new URL(request.url()).origin, site.url);
    assert.doesNotMatch(page.url(), /geheim/);
    const kept = await page.evaluate('JSON.stringify([localStorage, sessionStorage, history.state])');
    assert.equal(kept, '[{},{},null]');
  });

  test('an address in any form that people paste is understood, and its domain alone is asked for', async () => {
    await fresh();
    for (const typed of ['  Max Muster <max@GMX.de> ', 'mailto:max@gmx.de?subject=x', 'max@gmx.de', 'gmx.de']) {
      requests = [];
      await look(typed);
      await page.waitForURL(/domain=gmx\.de$/);
      assert.equal(await page.locator('#answer').getAttribute('data-domain'), 'gmx.de');
      const filled = await page.locator('[data-username]').first().textContent();
      assert.equal(filled, typed === 'gmx.de' ? 'Ihre ganze E-Mail-Adresse' : 'max@gmx.de', typed);
      assert.doesNotMatch(sent(), /max/i);
    }
  });

  test('what is no address is told in the language of the page, and nothing before the @ is sent', async () => {
    await fresh();
    await page.locator('#domain').fill('geheim@nonsense');
    await page.keyboard.press('Enter');
    await page.locator('.fault').waitFor();
    assert.match((await page.locator('.fault').textContent()) ?? '', /Der Punkt fehlt/);
    assert.equal(await page.locator('#domain').inputValue(), 'geheim@nonsense', 'what was typed stays');
    assert.equal(await page.evaluate('document.activeElement.id'), 'domain');
    assert.doesNotMatch(sent(), /geheim/);
  });

  test('an unknown domain is asked itself, and what was tried is told', async () => {
    await fresh();
    await look('max@unknown.zz');
    await page.waitForURL(/published=1$/, { timeout: 30_000 });
    const text = (await page.locator('#answer').textContent()) ?? '';
    assert.match(text, /mx\.unknown\.zz/);
    assert.match(text, /nichts, womit ein Mailprogramm etwas anfangen könnte/);
    assert.ok(
      site.dns.questions.some((name) => name.endsWith('.unknown.zz')),
      'the domain was asked',
    );
  });

  test('back and forward show what was there', async () => {
    await fresh();
    const answerFor = (domain: string) => page.locator(`#answer[data-domain="${domain}"]`).waitFor();
    await look('max@gmx.de');
    await look('max@web.de');
    await page.goBack();
    await answerFor('gmx.de');
    await page.goBack();
    await page.locator('.hero h1').waitFor();
    await page.goForward();
    await answerFor('gmx.de');
  });

  test('the keyboard alone is enough', async () => {
    await fresh();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.className'), 'skip');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.id'), 'domain');
    await page.keyboard.type('max@t-online.de');
    await page.keyboard.press('Enter');
    await page.locator('#answer h1').waitFor();
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1', 'the answer is what is read next');
    const seen: string[] = [];
    for (let i = 0; i < 40 && !seen.includes('Thunderbird'); i += 1) {
      await page.keyboard.press('Tab');
      seen.push(await page.evaluate('document.activeElement.querySelector("span")?.textContent ?? ""'));
    }
    await page.keyboard.press('Enter');
    assert.ok(await page.locator('#thunderbird ol').isVisible());
  });

  test('values are copied by a button that says so', async () => {
    await fresh();
    await look('max@t-online.de');
    await page.getByRole('button', { name: 'Server secureimap.t-online.de kopieren' }).click();
    await page.getByRole('button', { name: 'Kopiert' }).waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'secureimap.t-online.de');
    await page.getByRole('button', { name: 'Benutzernamen kopieren' }).first().click();
    await page.getByRole('button', { name: 'Kopiert' }).nth(1).waitFor();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'max@t-online.de');
  });

  test('the QR code for Thunderbird for Android is read by another program, and has no password', {
    skip: existsSync(zbarimg) ? false : `${zbarimg} is not installed; npm run test:real installs it`,
  }, async () => {
    await fresh();
    await look('max@t-online.de');
    await page.locator('#android summary').click();
    await page.locator('.phone input').fill('Max Müßter');
    await page.locator('.phone button').click();
    const folder = mkdtempSync(join(tmpdir(), 'mailatlas-code-'));
    const picture = join(folder, 'code.png');
    await page.locator('.phone svg').screenshot({ path: picture });
    const read = execFileSync(zbarimg, ['--quiet', '--raw', picture], { encoding: 'utf8', stdio: 'pipe' });
    rmSync(folder, { recursive: true });
    assert.deepEqual(JSON.parse(read), [
      1,
      [1, 1],
      [0, 'secureimap.t-online.de', 993, 3, 1, 'max@t-online.de'],
      [
        [
          [0, 'securesmtp.t-online.de', 465, 3, 1, 'max@t-online.de'],
          ['max@t-online.de', 'Max Müßter'],
        ],
      ],
    ]);
  });

  test('an error message is explained for this provider, with the step that helps', async () => {
    await fresh();
    await look('max@gmail.com');
    await page.locator('#message').fill('Application-specific password required: https://support.google.com/…');
    await page.locator('.explained .note').waitFor();
    assert.match((await page.locator('.explained').textContent()) ?? '', /App-Passwort/);
    assert.ok(await page.locator('.explained a[href="#step-app-password"]').isVisible());
    await page.locator('#message').fill('something that no server ever said <b>x</b>');
    await page.getByText('Diese Meldung hat noch niemand aufgeschrieben').waitFor();
  });

  test('a server that cannot be reached is told, and what was typed stays', async () => {
    await fresh();
    await context.setOffline(true);
    await page.locator('#domain').fill('max@t-online.de');
    await page.keyboard.press('Enter');
    await page.getByText('Der Server war nicht zu erreichen').waitFor();
    assert.equal(await page.locator('#domain').inputValue(), 'max@t-online.de');
  });

  test('without a script the domain is asked for, and the answer is the same', async () => {
    await fresh({ javaScriptEnabled: false });
    await page.getByRole('textbox', { name: 'Domain Ihrer E-Mail-Adresse' }).fill('t-online.de');
    await page.getByRole('button', { name: 'Einstellungen finden' }).click();
    await page.locator('#answer h1').waitFor();
    assert.ok(await page.getByText('secureimap.t-online.de').first().isVisible());
    assert.ok(await page.getByText('Ihre ganze E-Mail-Adresse').first().isVisible());
    assert.equal(
      await page.locator('.copy:visible, .errors:visible, .phone:visible').count(),
      0,
      'nothing that needs a script',
    );
    await page.locator('#thunderbird summary').click();
    assert.ok(await page.locator('#thunderbird ol').isVisible());
  });

  test('on paper there is the sheet, and nothing to click', async () => {
    await fresh();
    await look('max@t-online.de');
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.getByText('max@t-online.de').first().isVisible());
    assert.equal(await page.locator('button:visible, form:visible, nav:visible, summary:visible').count(), 0);
  });
});
