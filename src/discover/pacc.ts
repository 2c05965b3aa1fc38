/**
 * PACC (draft-ietf-mailmaint-pacc): a JSON document over HTTPS, and the digest of its octets in a TXT record. A document
 * without its digest is no configuration.
 */
import type { Draft } from '../formats/draft.ts';
import { isDigested, readDigest } from '../formats/pacc/digest.ts';
import { PaccError, parsePacc } from '../formats/pacc/parse.ts';
import { paccPath } from '../formats/pacc/vocabulary.ts';
import { type Asking, attempt, type Ending, finding, ownsHostsBelow, pageOf, soon, trustOf } from './asking.ts';
import type { Catch } from './model.ts';

export async function askPacc(asking: Asking): Promise<Catch> {
  const { domain, fetch, resolver, today } = asking;
  const url = `https://ua-auto-config.${domain}${paccPath}`;
  const ended = (ending: Ending): Catch => ({ findings: [], attempts: [attempt('pacc', url, ending)] });
  if (!ownsHostsBelow(domain)) return ended({ code: 'public-suffix' });
  const name = `_ua-auto-config.${domain}`;
  const [fetched, answer] = await Promise.all([fetch({ url, deadline: soon(asking) }), resolver.txt(name)]);
  const page = pageOf(fetched);
  if ('code' in page) return ended(page);
  if (answer.kind === 'failed') return ended({ code: 'dns-failure', detail: `TXT ${name}` });
  const texts = answer.kind === 'texts' ? answer.texts : [];
  if (!texts.some((text) => readDigest(text))) return ended({ code: 'no-digest', detail: `TXT ${name}` });
  if (!isDigested(page.bytes, texts)) return ended({ code: 'wrong-digest', detail: `TXT ${name}` });
  let draft: Draft;
  try {
    draft = parsePacc(page.text, domain, { url: page.hops.at(-1)?.url ?? url, seen: today });
  } catch (error) {
    if (error instanceof PaccError) return ended({ code: 'unreadable', detail: error.message });
    throw error;
  }
  const found = finding('pacc', page.hops.at(-1)?.url ?? url, trustOf(page.hops), draft);
  return found
    ? { findings: [found], attempts: [attempt('pacc', url, { code: 'found' })] }
    : ended({ code: 'unusable' });
}
