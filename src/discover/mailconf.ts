/** The TXT record `mailconf=https://…` of older clients: where the domain's autoconfig XML is. DNS vouches for the place. */
import { type Asking, attempt } from './asking.ts';
import { askFor } from './autoconfig.ts';
import type { Catch } from './model.ts';

export async function askMailconf(asking: Asking): Promise<Catch> {
  const { domain, address, resolver } = asking;
  const asked = `TXT ${domain}`;
  const ended = (code: 'dns-failure' | 'no-record' | 'bad-url', detail?: string): Catch => ({
    findings: [],
    attempts: [attempt('mailconf', asked, { code, ...(detail !== undefined && { detail }) })],
  });
  const answer = await resolver.txt(domain);
  if (answer.kind === 'failed') return ended('dns-failure');
  const texts = answer.kind === 'texts' ? answer.texts : [];
  const url = texts.map((text) => /^\s*mailconf=(\S+)\s*$/i.exec(text)?.[1]).find((text) => text !== undefined);
  if (url === undefined) return ended('no-record');
  if (!/^https:\/\//i.test(url)) return ended('bad-url', url);
  const filled = url
    .replaceAll('%EMAILADDRESS%', encodeURIComponent(address))
    .replaceAll('%EMAILDOMAIN%', domain)
    .replaceAll('%EMAILLOCALPART%', encodeURIComponent(address.slice(0, address.lastIndexOf('@'))));
  return askFor(asking, 'mailconf', url, filled, 'dns');
}
