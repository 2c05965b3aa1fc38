/**
 * What clients ask, asked once: many of them ask the same. Who may be asked, for how long and how far, is discovery's
 * business; the domain chooses where it leads, so that all of it together ends after {@link mostQuestions}.
 */
import { autodiscoverRequest, requestType } from '../../formats/autodiscover/question.ts';
import { type Element, parseXml } from '../../formats/xml.ts';
import { parseAddress } from '../../name/address.ts';
import { type Domain, domainOrUndefined } from '../../name/domain.ts';
import { isPublicSuffix } from '../../name/suffix.ts';
import type { MxAnswer, SrvRecord } from '../../net/dns/resolver.ts';
import { redirection } from '../../net/http/fetch.ts';
import type { TrustLevel } from '../../provider/model.ts';
import { type Asking, type Ending, ownsHostsBelow, pageOf, soon, trustOf } from '../asking.ts';
import { srvHost } from '../autodiscover.ts';
import { addressOf, type Person, type SrvRecords } from './model.ts';

/** Requests over HTTP for one domain; the clients have about twenty different ones. */
const mostQuestions = 60;

/** A document, or why there is none. `asked` has nobody's address in it. */
export type Document =
  | {
      readonly asked: string;
      readonly text: string;
      /** The media type, in lower case. */
      readonly type: string;
      /** @throws {XmlError} */
      readonly root: () => Element;
      /** Absent for what we give ourselves. */
      readonly trust?: TrustLevel;
    }
  | (Ending & { readonly asked: string; readonly trust?: TrustLevel });

/** What we would give: text, or why not. */
export type Given = { readonly text: string; readonly type: string } | Ending;

/** What stands in the place of the central database, and our profile. */
export interface Ours {
  ispdb(domain: Domain): Promise<Given>;
  profile(domain: Domain, mx: MxAnswer): Promise<Given>;
}

export interface Asked {
  readonly person: Person;
  get(template: string, name: Domain): Promise<Document>;
  ispdb(name: Domain): Promise<Document>;
  profile(): Promise<Document>;
  /** @param begun what the way to the URL rests on already */
  post(template: string, person: Person, method: 'GET' | 'POST', begun?: TrustLevel): Promise<Document>;
  postByRedirect(template: string, person: Person): Promise<Document>;
  postBySrv(person: Person): Promise<Document>;
  srv(name: Domain, labels: readonly string[]): Promise<{ readonly records: SrvRecords; readonly failed: boolean }>;
  /** The most preferred MX host. */
  readonly mx: Domain | undefined;
  personOf(address: string): Person | undefined;
}

export function askedOnce(asking: Asking, person: Person, ours: Ours, mxAnswer: MxAnswer): Asked {
  const known = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const same = (known.get(key) as Promise<T> | undefined) ?? ask();
    known.set(key, same);
    return same;
  };
  let questions = 0;
  const shown = (url: string, by: Person) =>
    url.replaceAll(encodeURIComponent(addressOf(by)), 'EMAILADDRESS').replaceAll(addressOf(by), 'EMAILADDRESS');

  const request = (url: string, by: Person, method: 'GET' | 'POST', begun: TrustLevel): Promise<Document> =>
    once(`${method} ${url} ${begun} ${addressOf(by)}`, async () => {
      const about = { asked: shown(url, by) };
      if (!mayAsk(url)) return { ...about, code: 'public-suffix' };
      if ((questions += 1) > mostQuestions) return { ...about, code: 'too-many-redirects' };
      const fetched = await asking.fetch({
        url,
        deadline: soon(asking),
        ...(method === 'POST' && {
          method,
          headers: { 'Content-Type': requestType },
          body: autodiscoverRequest(addressOf(by)),
        }),
      });
      if (method === 'POST' || url.includes(encodeURIComponent(addressOf(by)))) asking.tell(fetched);
      const page = pageOf(fetched);
      if ('code' in page) return { ...about, ...page };
      return { ...about, ...documentOf(page.text, page.type), trust: trustOf(page.hops, begun).level };
    });

  const post: Asked['post'] = async (template, by, method, begun = 'tls') => {
    const url = fillUrl(template, by.domain, by);
    // A redirect of theirs may lead anywhere, but not to an unencrypted place.
    if (!url.startsWith('https://')) return { asked: shown(url, by).slice(0, 300), code: 'bad-url' };
    return request(url, by, method, begun);
  };

  return {
    person,
    get: (template, name) => request(fillUrl(template, name, person), person, 'GET', 'tls'),
    ispdb: (name) => once(`ispdb ${name}`, async () => givenDocument(name, await ours.ispdb(name))),
    profile: () =>
      once('profile', async () => givenDocument(person.domain, await ours.profile(person.domain, mxAnswer))),
    post,
    postByRedirect: (template, by) => {
      const url = fillUrl(template, by.domain, by);
      return once(`redirect ${url}`, async () => {
        if (!mayAsk(url)) return { asked: url, code: 'public-suffix' };
        const fetched = await asking.fetch({ url, deadline: soon(asking), hops: 0 });
        const location = fetched.kind === 'reply' ? redirection(fetched) : undefined;
        const target = location === undefined ? undefined : URL.parse(location, url);
        if (target?.protocol === 'https:') return post(target.href, by, 'POST', 'insecure');
        const page = pageOf(fetched);
        return { asked: url, ...('code' in page ? page : ({ code: 'unusable' } as const)) };
      });
    },
    postBySrv: async (by) => {
      const name = `_autodiscover._tcp.${by.domain}`;
      const answer = await once(`SRV ${name}`, () => asking.resolver.srv(name));
      if (answer.kind !== 'records')
        return { asked: name, code: answer.kind === 'failed' ? 'dns-failure' : 'no-record' };
      const host = srvHost(answer.records);
      if (host === undefined) return { asked: name, code: 'unusable' };
      return post(`https://${host}/autodiscover/autodiscover.xml`, by, 'POST', 'dns');
    },
    srv: async (name, labels) => {
      const answers = await Promise.all(
        labels.map(async (label) => {
          const answer = await once(`SRV ${label}.${name}`, () => asking.resolver.srv(`${label}.${name}`));
          return { label, answer };
        }),
      );
      const records = new Map<string, readonly SrvRecord[]>();
      for (const { label, answer } of answers) if (answer.kind === 'records') records.set(label, answer.records);
      return { records, failed: answers.every(({ answer }) => answer.kind === 'failed') };
    },
    mx: mxAnswer.kind === 'hosts' ? mxAnswer.hosts[0]?.host : undefined,
    personOf: (address) => {
      try {
        const { local, domain } = parseAddress(address);
        return local === undefined || domain === person.domain ? undefined : { local, domain };
      } catch {
        return undefined;
      }
    },
  };
}

function givenDocument(asked: string, given: Given): Document {
  return 'code' in given ? { asked, ...given } : { asked, ...documentOf(given.text, given.type) };
}

function documentOf(text: string, type: string) {
  let root: Element | undefined;
  return { text, type, root: () => (root ??= parseXml(text)) };
}

/** `{domain}` and `{address}`; what a redirect of theirs says has neither. */
function fillUrl(template: string, name: Domain, person: Person): string {
  return template.replaceAll('{domain}', name).replaceAll('{address}', encodeURIComponent(addressOf(person)));
}

/** Below a public suffix strangers register `autoconfig` and `autodiscover` (NDSS 2025, “Automatic Insecurity”, A2). */
function mayAsk(url: string): boolean {
  const hostname = URL.parse(url)?.hostname ?? '';
  if (isPublicSuffix(hostname)) return false;
  const below = /^(?:autoconfig|autodiscover)\.(.+)$/.exec(hostname)?.[1];
  const owner = below === undefined ? undefined : domainOrUndefined(below);
  return owner === undefined || ownsHostsBelow(owner);
}
