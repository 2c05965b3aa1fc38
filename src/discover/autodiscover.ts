/**
 * Microsoft's Autodiscover, plain old XML, in the order that Microsoft documents:
 *
 *  1. POST to the domain itself and to `autodiscover.` below it, over HTTPS, both at once
 *  2. GET http://autodiscover.…, only for a redirect to https; what it leads to is marked insecure
 *  3. `_autodiscover._tcp` SRV, port 443 alone; what it leads to rests on DNS
 *
 * A response may redirect to another https URL or to another address, whose domain is asked from the start. All of it
 * together ends after {@link mostQuestions}. The protocol needs an address: a placeholder is sent, and a server that asks for
 * a login is left alone.
 */
import { type AutodiscoverAnswer, parseAutodiscover } from '../formats/autodiscover/parse.ts';
import { autodiscoverRequest, requestType } from '../formats/autodiscover/question.ts';
import { XmlError } from '../formats/xml.ts';
import { parseAddress } from '../name/address.ts';
import { type Domain, domainOrUndefined } from '../name/domain.ts';
import type { SrvRecord } from '../net/dns/resolver.ts';
import { type Hop, redirection } from '../net/http/fetch.ts';
import type { TrustLevel } from '../provider/model.ts';
import { type Asking, attempt, type Ending, finding, ownsHostsBelow, pageOf, soon, trustOf } from './asking.ts';
import type { Attempt, Catch, Finding } from './model.ts';
import { impersonal } from './personal.ts';

/** Microsoft's own limit for redirects is ten; places without a redirect count too. */
const mostQuestions = 12;
const path = '/autodiscover/autodiscover.xml';

interface Way {
  readonly asking: Asking;
  readonly attempts: Attempt[];
  /** What was asked, so that a ring of redirects is seen. */
  readonly seen: Set<string>;
}

/** Whom to ask for which address, and what the way until here rests on. */
interface Question {
  readonly address: string;
  readonly begun: TrustLevel;
  readonly hops: readonly Hop[];
}

export async function askAutodiscover(asking: Asking): Promise<Catch> {
  const way: Way = { asking, attempts: [], seen: new Set() };
  const found = await askDomain(way, asking.domain, { address: asking.address, begun: 'tls', hops: [] });
  return { findings: found ? [found] : [], attempts: way.attempts };
}

async function askDomain(way: Way, domain: Domain, question: Question): Promise<Finding | undefined> {
  const below = ownsHostsBelow(domain);
  const places = [`https://${domain}${path}`, ...(below ? [`https://autodiscover.${domain}${path}`] : [])];
  // Each has a list of its own, so that the report does not depend on who answers first.
  const ways = places.map((): Way => ({ ...way, attempts: [] }));
  const answers = await Promise.all(places.map((url, i) => post(ways[i] ?? way, url, question)));
  way.attempts.push(...ways.flatMap(({ attempts }) => attempts));
  const first = answers.find((answer) => answer !== undefined);
  if (first) return first;
  const redirected = below ? await askForRedirect(way, `http://autodiscover.${domain}${path}`) : undefined;
  const insecure = redirected && (await post(way, redirected.url, { ...question, ...redirected, begun: 'insecure' }));
  return insecure ?? bySrv(way, domain, question);
}

/** Step 2: an unauthenticated GET, of which only the redirect counts. */
async function askForRedirect(way: Way, url: string): Promise<{ url: string; hops: readonly Hop[] } | undefined> {
  if (!mayAsk(way, url)) return undefined;
  const fetched = await way.asking.fetch({ url, deadline: soon(way.asking), hops: 0 });
  const location = fetched.kind === 'reply' ? redirection(fetched) : undefined;
  const target = location === undefined ? undefined : URL.parse(location, url);
  if (target?.protocol === 'https:') return { url: target.href, hops: fetched.hops };
  const page = pageOf(fetched);
  const ending: Ending = target
    ? { code: 'bad-url', detail: target.href }
    : 'code' in page
      ? page
      : { code: 'unusable' };
  way.attempts.push(attempt('autodiscover', url, ending));
  return undefined;
}

async function bySrv(way: Way, domain: Domain, question: Question): Promise<Finding | undefined> {
  const name = `_autodiscover._tcp.${domain}`;
  const answer = await way.asking.resolver.srv(name);
  if (answer.kind === 'failed') way.attempts.push(attempt('autodiscover', `SRV ${name}`, { code: 'dns-failure' }));
  if (answer.kind !== 'records') return undefined;
  const host = srvHost(answer.records);
  if (host !== undefined) return post(way, `https://${host}${path}`, { ...question, begun: 'dns' });
  way.attempts.push(attempt('autodiscover', `SRV ${name}`, { code: 'unusable' }));
  return undefined;
}

/** The host that `_autodiscover._tcp` leads to: the first one that is a name, on the port of HTTPS alone. */
export function srvHost(records: readonly SrvRecord[]): Domain | undefined {
  return records
    .filter(({ port }) => port === 443)
    .map(({ target }) => domainOrUndefined(target))
    .find((target) => target !== undefined);
}

/** Asks one place, and wherever its response sends us. */
async function post(way: Way, url: string, { address, begun, hops }: Question): Promise<Finding | undefined> {
  const { asking, attempts } = way;
  const end = (ending: Ending): undefined => {
    attempts.push(attempt('autodiscover', url, ending));
  };
  if (!url.startsWith('https://')) return end({ code: 'bad-url', detail: url });
  if (!mayAsk(way, `${address} ${url}`)) return end({ code: 'too-many-redirects' });
  const fetched = await asking.fetch({
    url,
    method: 'POST',
    headers: { 'Content-Type': requestType },
    body: autodiscoverRequest(address),
    deadline: soon(asking),
  });
  asking.tell(fetched);
  const page = pageOf(fetched);
  if ('code' in page) return end(page);
  const where = page.hops.at(-1)?.url ?? url;
  const all = [...hops, ...page.hops];
  let answer: AutodiscoverAnswer;
  try {
    const text = impersonal(page.text, address, asking.domain);
    answer = parseAutodiscover(text, asking.domain, { url: where, seen: asking.today });
  } catch (error) {
    if (error instanceof XmlError) return end({ code: 'unreadable', detail: error.message });
    throw error;
  }
  if (answer.kind === 'error') return end({ code: 'error-reply', detail: answer.code });
  if (answer.kind === 'redirect-url') return post(way, answer.url, { address, begun, hops: all });
  if (answer.kind === 'redirect-address') {
    const next = nextAddress(answer.address, address);
    if (!next) return end({ code: 'bad-url', detail: answer.address });
    return askDomain(way, next.domain, { address: next.address, begun, hops: all });
  }
  const found = finding('autodiscover', where, trustOf(all, begun), answer.draft);
  end({ code: found ? 'found' : 'unusable' });
  return found;
}

/** Another address than the one that was asked for, at a domain. */
function nextAddress(text: string, asked: string): { address: string; domain: Domain } | undefined {
  try {
    const { local, domain } = parseAddress(text);
    const address = `${local ?? ''}@${domain}`;
    return local === undefined || address.toLowerCase() === asked.toLowerCase() ? undefined : { address, domain };
  } catch {
    return undefined;
  }
}

function mayAsk({ seen }: Way, question: string): boolean {
  if (seen.has(question) || seen.size >= mostQuestions) return false;
  seen.add(question);
  return true;
}
