/**
 * Autoconfig at the domain itself (draft-ietf-mailmaint-autoconfig-06 section 5.1): two places over HTTPS at once, and only
 * where both have nothing the legacy one over HTTP, whose answer is marked insecure. Nobody's address is sent; a server that
 * answers nothing without one is asked once more with a placeholder.
 */
import { parseAutoconfig } from '../formats/autoconfig/parse.ts';
import type { Draft } from '../formats/draft.ts';
import { XmlError } from '../formats/xml.ts';
import type { Mechanism, TrustLevel } from '../provider/model.ts';
import {
  type Asking,
  attempt,
  type Ending,
  finding,
  ownsHostsBelow,
  type Page,
  pageOf,
  soon,
  trustOf,
} from './asking.ts';
import type { Attempt, Catch, Finding } from './model.ts';
import { impersonal, impersonalUrl } from './personal.ts';

/** Thunderbird reads XML only where the type begins with one of these (fetchConfig, XMLHttpRequest.responseXML). */
const readTypes = ['text/xml', 'application/xml', 'text/rdf'];

export async function askAutoconfig(asking: Asking): Promise<Catch> {
  const { domain } = asking;
  const own = `autoconfig.${domain}/mail/config-v1.1.xml`;
  const secure = [`https://${own}`, `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`];
  const caught = await Promise.all(secure.map((url) => askOne(asking, url, url === secure[0])));
  const all = merge(caught);
  if (all.findings.length > 0) return all;
  const last = await askOne(asking, `http://${own}`, true);
  return merge([all, last]);
}

/** @param below whether the host is below the domain, and might be somebody else's */
async function askOne(asking: Asking, url: string, below: boolean): Promise<Catch> {
  if (below && !ownsHostsBelow(asking.domain)) return ended('autoconfig', url, { code: 'public-suffix' });
  const first = await askFor(asking, 'autoconfig', url, url, 'tls');
  const [{ code } = { code: 'found' }] = first.attempts;
  // Some servers (automx2 is one) have only personal answers; there is no need to ask where there is no server.
  const again = code === 'not-found' || code === 'http-status' || code === 'unusable' || code === 'unreadable';
  if (!again) return first;
  const personal = `${url}?emailaddress=${encodeURIComponent(asking.address)}`;
  const second = await askFor(asking, 'autoconfig', url, personal, 'tls');
  return second.findings.length > 0 ? second : first;
}

/** Asks one URL for autoconfig XML. @param asked what stands in the report, without an address in it */
export async function askFor(
  asking: Asking,
  mechanism: Mechanism,
  asked: string,
  url: string,
  begun: TrustLevel,
): Promise<Catch> {
  const fetched = await asking.fetch({ url, deadline: soon(asking) });
  if (url.includes(encodeURIComponent(asking.address))) asking.tell(fetched);
  const page = pageOf(fetched);
  if ('code' in page) return ended(mechanism, asked, page);
  const draft = read(page, asking);
  if ('code' in draft) return ended(mechanism, asked, draft);
  const where = impersonalUrl(page.hops.at(-1)?.url ?? url, asking.address);
  const found = finding(mechanism, where, trustOf(page.hops, begun), draft);
  if (!found) return ended(mechanism, asked, { code: 'unusable' });
  return { findings: [found], attempts: [attempt(mechanism, asked, { code: 'found' })] };
}

function read({ text, type, hops, note }: Page, { address, domain, today }: Asking): Draft | Ending {
  const url = impersonalUrl(hops.at(-1)?.url ?? '', address);
  const source = { ...(url.startsWith('https:') ? { autoconfig: url } : { url }), seen: today };
  try {
    const { record, remarks } = parseAutoconfig(impersonal(text, address, domain), source);
    const others = record.domains.filter((name) => name !== domain);
    return {
      // What a file says of other domains is their business, not this one's.
      record: { ...record, id: domain, domains: [domain] },
      remarks: [
        ...(note === undefined ? [] : [{ where: 'file', says: note }]),
        ...(readTypes.some((known) => type.startsWith(known))
          ? []
          : [{ where: 'Content-Type', says: `“${type.slice(0, 60)}” is none that Thunderbird reads XML under` }]),
        ...(others.length === 0 ? [] : [{ where: 'domain', says: `names ${others.slice(0, 5).join(', ')} too` }]),
        ...remarks,
      ],
    };
  } catch (error) {
    if (error instanceof XmlError) return { code: 'unreadable', detail: error.message };
    throw error;
  }
}

function ended(mechanism: Mechanism, asked: string, ending: Ending): Catch {
  return { findings: [], attempts: [attempt(mechanism, asked, ending)] };
}

/** One after another; facts that were found before are not found again. */
function merge(all: readonly Catch[]): Catch {
  const findings: Finding[] = [];
  const attempts: Attempt[] = [];
  for (const { findings: found, attempts: made } of all) {
    const isKnown = found.some((one) => findings.some((other) => factsOf(one) === factsOf(other)));
    if (!isKnown) findings.push(...found);
    attempts.push(
      ...made.map((one) => (isKnown && one.code === 'found' ? { ...one, code: 'found-same' as const } : one)),
    );
  }
  return { findings, attempts };
}

function factsOf({ record }: Finding): string {
  const { sources: _, ...facts } = record;
  return JSON.stringify(facts);
}
