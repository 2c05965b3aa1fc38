/** The part of the OpenAPI document that is about what mail clients ask for by themselves, in their own formats. */
import * as z from 'zod';
import type { ZodOpenApiPathsObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { paccPath, paccRevision } from '../../formats/pacc/vocabulary.ts';
import {
  AddressQuery,
  AutodiscoverFound,
  AutodiscoverPath,
  AutodiscoverQuery,
  AutodiscoverRefused,
  DomainPath,
  PaccDocument,
  Problem,
  VersionQuery,
} from './contract.ts';
import { get, json, later, malformed, post, problems, tooLarge, tooMany, unknown, xml } from './openapi-parts.ts';

const autodiscoverXml = {
  description: 'Settings; or an “Error” element with 500, 501, 600, 601 or 602, as the protocol wants it',
  content: { 'text/xml': { schema: z.string() } },
};
const autodiscoverJson: ZodOpenApiResponsesObject = {
  200: json('Where the XML is', AutodiscoverFound),
  400: {
    description: 'Another protocol, or none; or the query is malformed',
    content: {
      'application/json': { schema: AutodiscoverRefused },
      'application/problem+json': { schema: Problem },
    },
  },
  ...problems([404, 'This server does not know its own URL']),
};

export const clientPaths: ZodOpenApiPathsObject = {
  '/v1.1/{domain}': get({
    summary: 'Settings of a domain as autoconfig XML, from the curated records alone',
    requestParams: { path: DomainPath, query: VersionQuery },
    responses: { 200: xml, ...problems(malformed, unknown, later) },
  }),
  '/mx/v1.1/{domain}': get({
    summary: 'The same, and by the domain’s MX where the atlas does not know the domain',
    requestParams: { path: DomainPath, query: VersionQuery },
    responses: { 200: xml, ...problems(malformed, unknown, tooMany, later) },
  }),
  '/mail/config-v1.1.xml': get({
    summary: 'Settings by address, else by Host (autoconfig.<domain>)',
    requestParams: { query: AddressQuery },
    responses: { 200: xml, ...problems(malformed, unknown, later) },
  }),
  '/.well-known/autoconfig/mail/config-v1.1.xml': get({
    summary: 'Settings by address, else by Host (<domain>)',
    requestParams: { query: AddressQuery },
    responses: { 200: xml, ...problems(malformed, unknown, later) },
  }),
  [paccPath]: get({
    summary: 'The PACC document of a domain, by Host (ua-auto-config.<domain>)',
    responses: {
      200: json(paccRevision, PaccDocument),
      ...problems(malformed, unknown, later),
    },
  }),
  '/autodiscover/autodiscover.xml': {
    ...get({
      summary: 'Settings of Host autodiscover.<domain> as Autodiscover XML; the path in any case',
      responses: { 200: autodiscoverXml, ...problems(later) },
    }),
    ...post({
      summary: 'Settings of an address as Autodiscover XML, from the curated records alone; the path in any case',
      requestBody: { content: { 'text/xml': { schema: z.string() } } },
      responses: { 200: autodiscoverXml, ...problems(tooLarge, later) },
    }),
  },
  '/autodiscover/autodiscover.json': get({
    summary: 'Autodiscover version 2: where the XML is',
    requestParams: { query: AutodiscoverQuery },
    responses: autodiscoverJson,
  }),
  '/autodiscover/autodiscover.json/v1.0/{address}': get({
    summary: 'The same, as older clients ask for it',
    requestParams: { path: AutodiscoverPath, query: AutodiscoverQuery },
    responses: autodiscoverJson,
  }),
  '/dns/mx/{domain}': get({
    summary: 'Who receives the domain’s mail; where the operator has switched it on',
    requestParams: { path: DomainPath },
    responses: {
      200: {
        description: 'MX hosts, one a line, the most preferred first',
        content: { 'text/plain': { schema: z.string() } },
      },
      ...problems(
        malformed,
        [404, 'There is none (“no-mx”), the domain takes no mail (“null-mx”), or this is switched off'],
        tooMany,
        [503, 'DNS did not answer'],
      ),
    },
  }),
};
