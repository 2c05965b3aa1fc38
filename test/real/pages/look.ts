/** What a page is held to in every browser test: it fits, and the accessibility checker finds nothing. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** How far the page is wider than the window. */
export async function sideways(page: Page): Promise<number> {
  const { scroll, client } = await page
    .locator('html')
    .evaluate((html) => ({ scroll: html.scrollWidth, client: html.clientWidth }));
  return scroll - client;
}

/** What axe finds, each as a line. The checker is put in from outside the page, past its policy. */
export async function faults(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe.source });
  // What is folded away is to be right, too.
  const unfold = 'for (const fold of document.querySelectorAll("details")) fold.open = true';
  await session.send('Runtime.evaluate', { expression: unfold });
  const expression =
    'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })' +
    '.then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`)))';
  const { result } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
  return result.value as string[];
}
