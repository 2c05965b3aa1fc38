import type { Context } from 'hono';
import { documentOf, send } from './respond.ts';
import type { Deps } from './served.ts';

/** `GET /`: what is here, as plain text. */
export function indexPage({ version }: Deps) {
  const page = documentOf(
    `mailatlas ${version}: which servers, ports, security modes and sign-in method the mail of a domain uses

For mail clients
  /v1.1/{domain}                     autoconfig XML, for example /v1.1/t-online.de
  /mx/v1.1/{domain}                  the same, and by the domain's mail exchanger
  /mail/config-v1.1.xml              ?emailaddress=someone@example.com, or by Host
  /.well-known/autoconfig/mail/config-v1.1.xml
                                     each with ?version=1.2: with OAuth2, calendars and the like
  /autodiscover/autodiscover.xml     POST, as Outlook does, or by Host
  /autodiscover/autodiscover.json    ?Protocol=AutodiscoverV1: where the XML is
  /mail.mobileconfig                 POST email=…: a configuration profile for Apple's devices
  /.well-known/user-agent-configuration.json  PACC, by Host ua-auto-config.<domain>
  /dns/mx/{domain}                   who receives its mail, one host a line; where the operator wants it

For programs (JSON)
  /api/v1/lookup?domain={domain}     or ?email={address}
  /api/v1/providers                  ?q= &country= &protocol= &access= &page=
  /api/v1/providers/{id}             also /autoconfig.xml, /mail.mobileconfig, /pacc.json, /zone.txt, /revisions, /probes, /comparisons, /feed.atom
  /api/v1/bundle                     everything, signed; /api/v1/atlas.ndjson the same unsigned
  /api/v1/changes?since={revision}   which records changed after it; as a feed: /api/v1/feed.atom
  /api/v1/statuses                   what was seen of servers, for others who run the atlas (NDJSON)
  /api/v1/openapi.json               the whole API, OpenAPI 3.1

For people
  /about/probing                     who looks at mail servers from here, and how to be left alone

For operators
  /healthz  /readyz  /metrics  /ask
`,
    'text/plain; charset=utf-8',
  );
  return (c: Context): Response => send(c, page, 'public');
}
