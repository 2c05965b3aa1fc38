/** Records that nobody has, as many as wanted, for what a large atlas costs. */
import type { Curated, Provider } from '../src/provider/model.ts';

/** Few providers have most domains: a hundredth of them half of all. One provider for fifty domains; the large ones come first. */
export function generated(domains: number): Curated {
  const providers = Math.ceil(domains / 50);
  const large = largeOnes(providers);
  const ofLarge = Math.floor(domains / 2 / large);
  const ofSmall = (domains - large * ofLarge) / (providers - large);
  let next = 0;
  const names = (count: number) => Array.from({ length: count }, () => `domain-${(next++).toString(36)}.example.net`);
  const all = Array.from({ length: providers }, (_, i): Provider => {
    const count = i < large ? ofLarge : Math.floor((i - large + 1) * ofSmall) - Math.floor((i - large) * ofSmall);
    const id = `provider-${i.toString().padStart(6, '0')}.com`;
    return record(id, names(count));
  });
  return { providers: all, others: [], leftOut: [], noProbe: [] };
}

/** The providers with few domains, whose documents are equally long however many providers there are. */
export function smallOnes({ providers }: Curated): readonly Provider[] {
  return providers.slice(largeOnes(providers.length));
}

function largeOnes(providers: number): number {
  return Math.ceil(providers / 100);
}

function record(id: string, own: string[]): Provider {
  const server = {
    security: 'tls' as const,
    username: '%EMAILADDRESS%',
    auth: ['OAuth2' as const, 'password-cleartext' as const],
    sources: ['help'],
  };
  return {
    id,
    name: `Mail of ${id}`,
    short: id.slice(0, 15),
    kind: 'hosting',
    country: 'DE',
    website: `https://${id}/`,
    access: 'open',
    domains: own.sort(),
    mx: [`*.mx.${id}`],
    incoming: [
      { protocol: 'imap', host: `imap.${id}`, port: 993, ...server },
      { protocol: 'pop3', host: `pop.${id}`, port: 995, ...server },
    ],
    outgoing: [{ protocol: 'smtp', host: `smtp.${id}`, port: 465, ...server }],
    sources: { help: { url: `https://${id}/help`, seen: '2026-11-20', says: `imap.${id} 993, smtp.${id} 465` } },
  };
}
