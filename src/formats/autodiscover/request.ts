import { requestSchema, responseSchema } from './vocabulary.ts';

/** Exactly this; outlook.com takes no other spelling (Thunderbird's ExchangeAutoDiscover). */
export const requestType = 'text/xml; charset=utf-8';

/** The question of an Autodiscover client, for one address. */
export function autodiscoverRequest(address: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="${requestSchema}">
  <Request>
    <EMailAddress>${escape(address)}</EMailAddress>
    <AcceptableResponseSchema>${responseSchema}</AcceptableResponseSchema>
  </Request>
</Autodiscover>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
