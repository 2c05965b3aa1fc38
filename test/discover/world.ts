/**
 * Twenty-odd domains of different habits, on loopback: a zone and the web sites that belong to it. Names end in `.zz`, a
 * country code that is never given to anybody.
 */

import { createHash } from 'node:crypto';
import type { DiscoverPorts } from '../../src/discover/asking.ts';
import { nodeResolver } from '../../src/net/dns/resolver-node.ts';
import { addressGuard } from '../../src/net/guard-node.ts';
import { guardedFetch } from '../../src/net/http/fetch.ts';
import { nodeSender } from '../../src/net/http/http-node.ts';
import { startDns, type Zone } from '../dns-server.ts';
import { pki } from '../pki.ts';
import { type Sites, startWeb } from '../web-server.ts';

const mail = 'mail/config-v1.1.xml';
const discover = 'autodiscover/autodiscover.xml';

/** Autoconfig XML with one IMAP and one SMTP server at this host. */
export function autoconfig(host: string, username = '%EMAILADDRESS%', domain = host): string {
  const server = (tag: string, type: string, name: string, port: number) =>
    `<${tag} type="${type}"><hostname>${name}.${host}</hostname><port>${port}</port><socketType>SSL</socketType>
      <authentication>password-cleartext</authentication><username>${username}</username></${tag}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="${domain}"><domain>${domain}</domain><displayName>Mail of ${host}</displayName>
${server('incomingServer', 'imap', 'imap', 993)}${server('outgoingServer', 'smtp', 'smtp', 465)}</emailProvider></clientConfig>`;
}

const envelope = (inner: string) => `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">${inner}</Response></Autodiscover>`;
/** An Autodiscover response with one IMAP and one SMTP server, its login name filled in for the address that asks. */
export function autodiscover(host: string, login: string): string {
  const one = (type: string, port: number, encryption: string) =>
    `<Protocol><Type>${type}</Type><Server>${type.toLowerCase()}.${host}</Server><Port>${port}</Port>
     <LoginName>${login}</LoginName><SPA>off</SPA><SSL>on</SSL><Encryption>${encryption}</Encryption></Protocol>`;
  return envelope(
    `<Account><AccountType>email</AccountType><Action>settings</Action>${one('IMAP', 993, 'SSL')}${one('SMTP', 587, 'TLS')}</Account>`,
  );
}
const sendOn = (action: string, element: string, to: string) =>
  envelope(`<Account><Action>${action}</Action><${element}>${to}</${element}></Account>`);
const addressIn = (body: string) => /<EMailAddress>([^<]*)</.exec(body)?.[1] ?? '';

const redirect = (to: string) => ({ status: 302, headers: { Location: to } });
const html = { type: 'text/html', body: '<!DOCTYPE html><html><body>Welcome to our parking page</body></html>' };

export const paccDocument = JSON.stringify({
  authentication: { password: true },
  info: { provider: { name: 'Mail of pacc.zz' } },
  protocols: { imap: { host: 'imap.pacc.zz' }, submit: { host: 'smtp.pacc.zz' } },
});
const digestOf = (text: string) => `v=UAAC1; a=sha256; d=${createHash('sha256').update(text).digest('base64')}`;

const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><clientConfig>&b;</clientConfig>`;
/** Written against whoever looks for a page for people behind comments. */
const comments = `${'<!---->'.repeat(280)}<clientConfig`;
const deep = `${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}`;

/** What stands on the web. */
export const sites: Sites = {
  // Autoconfig, in both places over HTTPS; the same in both.
  [`https://autoconfig.both.zz/${mail}`]: autoconfig('both.zz'),
  'https://both.zz/.well-known/autoconfig/mail/config-v1.1.xml': autoconfig('both.zz'),
  // In the well-known place alone.
  'https://known.zz/.well-known/autoconfig/mail/config-v1.1.xml': autoconfig('known.zz'),
  // Over plain HTTP alone.
  [`http://autoconfig.plain.zz/${mail}`]: autoconfig('plain.zz'),
  // At a hoster, reached by a redirect; the file is the hoster's own.
  [`https://autoconfig.hosted.zz/${mail}`]: redirect(`https://autoconfig.hoster.zz/${mail}`),
  [`https://autoconfig.hoster.zz/${mail}`]: autoconfig('hoster.zz'),
  // For one person at a time: nothing without an address, and the address filled in.
  [`https://autoconfig.personal.zz/${mail}`]: ({ url }) => {
    const address = decodeURIComponent(/emailaddress=([^&]*)/.exec(url)?.[1] ?? '');
    return address === '' ? { status: 400 } : autoconfig('personal.zz', address);
  },
  // Not in UTF-8, and not as XML.
  [`https://autoconfig.latin.zz/${mail}`]: {
    type: 'text/plain',
    body: Buffer.from(autoconfig('latin.zz').replace('Mail of', 'Büro'), 'latin1'),
  },
  // A page for people where there should be a file.
  [`https://autoconfig.parked.zz/${mail}`]: html,
  'https://parked.zz/.well-known/autoconfig/mail/config-v1.1.xml': html,
  [`http://autoconfig.parked.zz/${mail}`]: html,
  'https://parked.zz/autodiscover/autodiscover.xml': html,
  'https://ua-auto-config.parked.zz/.well-known/user-agent-configuration.json': html,
  // What harms those who read it.
  [`https://autoconfig.bomb.zz/${mail}`]: bomb,
  'https://bomb.zz/.well-known/autoconfig/mail/config-v1.1.xml': deep,
  [`https://bomb.zz/${discover}`]: bomb,
  [`https://autoconfig.comments.zz/${mail}`]: comments,
  [`https://autoconfig.huge.zz/${mail}`]: { trouble: 'endless' },
  [`https://autoconfig.slow.zz/${mail}`]: { trouble: 'drip' },
  'https://slow.zz/.well-known/autoconfig/mail/config-v1.1.xml': { trouble: 'silent' },
  // Ways that are not gone.
  [`https://autoconfig.downgrade.zz/${mail}`]: redirect(`http://autoconfig.downgrade.zz/${mail}`),
  'https://downgrade.zz/.well-known/autoconfig/mail/config-v1.1.xml': redirect('https://inside.zz/'),
  [`https://autoconfig.ring.zz/${mail}`]: redirect(`https://autoconfig.ring.zz/${mail}`),
  // PACC: with its digest, with another one's, without.
  'https://ua-auto-config.pacc.zz/.well-known/user-agent-configuration.json': {
    type: 'application/json',
    body: paccDocument,
  },
  'https://ua-auto-config.stale.zz/.well-known/user-agent-configuration.json': {
    type: 'application/json',
    body: paccDocument,
  },
  'https://ua-auto-config.undigested.zz/.well-known/user-agent-configuration.json': {
    type: 'application/json',
    body: paccDocument,
  },
  // Autodiscover: at once; sent on by URL; by address; by plain HTTP; by SRV; to a login; in a ring; not known.
  [`https://autodiscover.pox.zz/${discover}`]: ({ body }) => autodiscover('pox.zz', addressIn(body)),
  [`https://by-url.zz/${discover}`]: sendOn('redirectUrl', 'RedirectUrl', `https://pox-host.zz/${discover}`),
  [`https://pox-host.zz/${discover}`]: ({ body }) => autodiscover('pox-host.zz', addressIn(body).split('@')[0] ?? ''),
  [`https://autodiscover.by-address.zz/${discover}`]: ({ body }) =>
    sendOn('redirectAddr', 'RedirectAddr', `${addressIn(body).split('@')[0]}@pox.zz`),
  [`http://autodiscover.by-http.zz/${discover}`]: redirect(`https://pox-host.zz/${discover}`),
  [`https://login.zz/${discover}`]: { status: 401, headers: { 'WWW-Authenticate': 'Basic' } },
  [`https://pox-ring.zz/${discover}`]: sendOn(
    'redirectUrl',
    'RedirectUrl',
    `https://autodiscover.pox-ring.zz/${discover}`,
  ),
  [`https://autodiscover.pox-ring.zz/${discover}`]: sendOn(
    'redirectUrl',
    'RedirectUrl',
    `https://pox-ring.zz/${discover}`,
  ),
  [`https://pox-error.zz/${discover}`]: envelope('<Error><ErrorCode>500</ErrorCode></Error>'),
  [`https://pox-down.zz/${discover}`]: sendOn('redirectUrl', 'RedirectUrl', `http://pox-host.zz/${discover}`),
  // mailconf: a TXT record names the place.
  'https://files.mailconf.zz/mail.xml': autoconfig('mailconf.zz'),
};

/** What stands in DNS; every host of {@link sites} is at 127.0.0.1 besides. */
export const zone: Zone = {
  'inside.zz': { A: ['10.0.0.1'] },
  'autoconfig.leads-inside.zz': { A: ['192.168.0.1'] },
  'both.zz': { A: ['127.0.0.1'], MX: ['10 mx.both.zz'] },
  '_ua-auto-config.pacc.zz': { TXT: ['v=UAAC1; a=sha256; d=AAAA', digestOf(paccDocument)] },
  '_ua-auto-config.stale.zz': { TXT: [digestOf('an older document')] },
  '_autodiscover._tcp.by-srv.zz': { SRV: ['0 0 8443 pox-host.zz', '10 0 443 pox-host.zz'] },
  'mailconf.zz': { TXT: ['v=spf1 -all', 'mailconf=https://files.mailconf.zz/mail.xml'] },
  'odd-mailconf.zz': { TXT: ['mailconf=https://files.mailconf.zz/%?%EMAILADDRESS%'] },
  'bad-mailconf.zz': { TXT: ['mailconf=http://files.mailconf.zz/mail.xml'] },
  // SRV: everything; what not to take; broken.
  '_imaps._tcp.srv.zz': { SRV: ['0 1 993 imap.srv.zz', '0 5 993 big.srv.zz'] },
  '_imap._tcp.srv.zz': { SRV: ['10 1 143 imap.srv.zz'] },
  '_pop3s._tcp.srv.zz': { SRV: ['20 1 995 pop.srv.zz'] },
  '_pop3._tcp.srv.zz': { SRV: ['0 0 0 .'] },
  '_submissions._tcp.srv.zz': { SRV: ['0 1 465 smtp.srv.zz'] },
  '_jmap._tcp.srv.zz': { SRV: ['0 1 443 jmap.srv.zz'] },
  '_caldavs._tcp.srv.zz': { SRV: ['0 1 8443 dav.srv.zz'], TXT: ['path=/calendars/'] },
  '_carddavs._tcp.srv.zz': { SRV: ['0 1 443 dav.srv.zz'] },
  '_sieve._tcp.srv.zz': { SRV: ['0 1 4190 imap.srv.zz'] },
  ...Object.fromEntries(['imap', 'smtp', 'jmap', 'dav'].map((name) => [`${name}.srv.zz`, { A: ['127.0.0.1'] }])),
  'big.srv.zz': { A: ['127.0.0.1'], CNAME: ['imap.srv.zz'] },
  '_imaps._tcp.many.zz': { SRV: Array.from({ length: 15 }, (_, i) => `${i} 1 993 imap${i}.many.zz`) },
  '_imaps._tcp.late.zz': { SRV: ['0 1 993 mute.late.zz'] },
  'mute.late.zz': 'silent',
  '_imaps._tcp.odd-srv.zz': { SRV: ['0 1 993 a_b.zz', '1 1 0 imap.odd-srv.zz'] },
  '_imaps._tcp.broken.zz': 'servfail',
  'broken.zz': 'servfail',
  'autoconfig.broken.zz': 'servfail',
  'no-mail.zz': 'null-mx',
};

export interface World {
  readonly ports: DiscoverPorts;
  readonly dns: Awaited<ReturnType<typeof startDns>>;
  /** What DNS says, for a server of another kind. */
  readonly zone: Zone;
  readonly web: Awaited<ReturnType<typeof startWeb>>;
  stop(): Promise<void>;
}

/** Starts it. Of all private addresses only loopback may be dialled. */
export async function startWorld(more: { sites?: Sites; zone?: Zone } = {}): Promise<World> {
  const allSites = { ...sites, ...more.sites };
  const hosts = Object.keys(allSites).map((url) => new URL(url).hostname);
  const all: Zone = {
    ...Object.fromEntries(hosts.map((host) => [host, { A: ['127.0.0.1'] }])),
    ...Object.fromEntries(
      Object.entries({ ...zone, ...more.zone }).map(([name, entry]) => [
        name,
        hosts.includes(name) && typeof entry === 'object' && !('length' in entry)
          ? { A: ['127.0.0.1'], ...entry }
          : entry,
      ]),
    ),
  };
  const dns = await startDns(all);
  const web = await startWeb(allSites, {
    certificates: { 'autoconfig.expired.zz': 'expired', 'untrusted.zz': 'untrusted', 'wrong.zz': 'wrong-host' },
  });
  const resolver = nodeResolver(dns.address);
  return {
    ports: {
      resolver,
      fetch: guardedFetch({
        resolver,
        guard: (address) => (address === '127.0.0.1' ? undefined : addressGuard(address)),
        sender: nodeSender({ ca: (await pki()).ca, ports: web.ports }),
        userAgent: 'mailatlas',
      }),
    },
    dns,
    zone: all,
    web,
    stop: async () => {
      await Promise.all([dns.stop(), web.stop()]);
    },
  };
}
