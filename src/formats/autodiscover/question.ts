/** What we ask as an Autodiscover client ([MS-OXDSCLI] 2.2.3). */
import { escapeXml } from '../escape.ts';
import { requestSchema, schemas } from './vocabulary.ts';

/** Exactly this; outlook.com takes no other spelling (Thunderbird's ExchangeAutoDiscover). */
export const requestType = 'text/xml; charset=utf-8';

/** The question of an Autodiscover client, for one address. */
export function autodiscoverRequest(address: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="${requestSchema}">
  <Request>
    <EMailAddress>${escapeXml(address)}</EMailAddress>
    <AcceptableResponseSchema>${schemas.outlook}</AcceptableResponseSchema>
  </Request>
</Autodiscover>
`;
}
