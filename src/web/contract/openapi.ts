/** The API as OpenAPI 3.1, generated from the schemas that the handlers use (contract.ts). */
import * as z from 'zod';
import { createDocument } from 'zod-openapi';
import { profileType } from '../../formats/mobileconfig/vocabulary.ts';
import { paccRevision } from '../../formats/pacc/vocabulary.ts';
import { EvidenceShape } from '../../verify/agents/evidence-shape.ts';
import { StatusLine } from '../../verify/exchange.ts';
import { ComparisonList } from './comparisons.ts';
import {
  Asked,
  AskQuery,
  ChangeList,
  ChangesQuery,
  Health,
  LanguageQuery,
  ListQuery,
  LookupAnswer,
  LookupQuery,
  MessageList,
  PaccDocument,
  PageQuery,
  ProfileForm,
  ProviderAnswer,
  ProviderList,
  ProviderPath,
  PublishQuery,
  Readiness,
  RevisionList,
  VersionQuery,
} from './contract.ts';
import { agentPaths } from './openapi-agents.ts';
import { clientPaths } from './openapi-clients.ts';
import { get, json, later, malformed, post, problems, tooLarge, tooMany, unknown, xml } from './openapi-parts.ts';
import { submissionPaths } from './openapi-submissions.ts';
import { ProbeList, ProbesQuery } from './probes.ts';
import { SimulateQuery, SimulationAnswer } from './simulation.ts';

const tooOften: [number, string] = [429, 'Everything was asked for too often; where the atlas is too large for memory'];
const atom = {
  description: 'An Atom feed (RFC 4287) of at most fifty entries',
  content: { 'application/atom+xml': { schema: z.string() } },
};

const renamed = { description: 'The record has another id today' };

const noProfile: [number, string] = [422, 'A profile cannot say this provider’s settings; “reason” and “text” say why'];
const profile = {
  description: 'A configuration profile, signed where the operator has a certificate',
  content: { [profileType]: { schema: z.string() } },
};

/** The document, for `GET /api/v1/openapi.json`. */
export function openapi(version: string) {
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'mailatlas',
        version,
        description: 'Which servers, ports, security modes and sign-in method the mail of a domain uses.',
        license: { name: 'MIT (code), CC0-1.0 (data)', identifier: 'MIT' },
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'mailatlas token create --role … --name …' },
          receipt: { type: 'http', scheme: 'bearer', description: 'What the answer to a submission has as “receipt”' },
        },
        schemas: { Evidence: EvidenceShape },
      },
      paths: {
        ...clientPaths,
        '/api/v1/lookup': get({
          summary: 'Everything the atlas knows about the mail of a domain',
          requestParams: { query: LookupQuery },
          responses: {
            200: json('The answer; also for providers without access', LookupAnswer),
            ...problems(malformed, unknown, tooMany, later),
          },
        }),
        '/api/v1/simulate': get({
          summary: 'What mail clients would do with a domain, step by step, and whether our record means that',
          requestParams: { query: SimulateQuery },
          responses: { 200: json('Never kept', SimulationAnswer), ...problems(malformed, unknown, tooMany, later) },
        }),
        '/api/v1/providers': get({
          summary: 'The records, a hundred a page',
          requestParams: { query: ListQuery },
          responses: { 200: json('A page of records', ProviderList), ...problems(malformed, later) },
        }),
        '/api/v1/providers/{id}': get({
          summary: 'One record, whole',
          requestParams: { path: ProviderPath },
          responses: {
            200: json('The record', ProviderAnswer),
            308: renamed,
            ...problems(unknown, later),
          },
        }),
        '/api/v1/providers/{id}/autoconfig.xml': get({
          summary: 'The autoconfig XML of a record',
          requestParams: { path: ProviderPath, query: VersionQuery },
          responses: { 200: xml, 308: renamed, ...problems(malformed, unknown, later) },
        }),
        '/api/v1/providers/{id}/pacc.json': get({
          summary: 'What a domain of the provider publishes about itself, where PACC can say it',
          requestParams: { path: ProviderPath, query: PublishQuery },
          responses: {
            200: json(paccRevision, PaccDocument),
            308: renamed,
            ...problems(malformed, unknown, later),
          },
        }),
        '/api/v1/providers/{id}/zone.txt': get({
          summary: 'DNS records that lead mail programs to the provider’s servers, for the zone of a domain',
          requestParams: { path: ProviderPath, query: PublishQuery },
          responses: {
            200: { description: 'Lines of a zone file', content: { 'text/plain': { schema: z.string() } } },
            308: renamed,
            ...problems(malformed, unknown, later),
          },
        }),
        '/api/v1/providers/{id}/mail.mobileconfig': get({
          summary: 'The configuration profile of a record for Apple’s devices, which ask for the address themselves',
          requestParams: { path: ProviderPath, query: LanguageQuery },
          responses: { 200: profile, 308: renamed, ...problems(malformed, unknown, noProfile, later) },
        }),
        '/api/v1/providers/{id}/mail.mobileconfig/qr.svg': get({
          summary: 'A QR code that leads to the profile',
          requestParams: { path: ProviderPath },
          responses: {
            200: { description: 'The code', content: { 'image/svg+xml': { schema: z.string() } } },
            308: renamed,
            ...problems(unknown, noProfile, later),
          },
        }),
        '/mail.mobileconfig': post({
          summary: 'The configuration profile for one address, which nobody keeps',
          requestBody: {
            content: {
              'application/x-www-form-urlencoded': { schema: ProfileForm },
              'application/json': { schema: ProfileForm },
            },
          },
          responses: {
            200: profile,
            ...problems(malformed, unknown, tooLarge, [415, 'Neither a form nor JSON'], noProfile, later),
          },
        }),
        '/api/v1/providers/{id}/revisions': get({
          summary: 'When a record changed on this server, newest first',
          requestParams: { path: ProviderPath },
          responses: { 200: json('At most a hundred', RevisionList), 308: renamed, ...problems(unknown, later) },
        }),
        '/api/v1/providers/{id}/probes': get({
          summary: 'What was seen of a record’s servers, check by check',
          requestParams: { path: ProviderPath, query: ProbesQuery },
          responses: {
            200: json('How its endpoints stand, and their checks', ProbeList),
            308: renamed,
            ...problems(malformed, unknown, later),
          },
        }),
        '/api/v1/providers/{id}/comparisons': get({
          summary: 'What a record’s domains publish themselves, held against the record',
          requestParams: { path: ProviderPath, query: PageQuery },
          responses: {
            200: json('The newest result of each domain, and how results changed', ComparisonList),
            308: renamed,
            ...problems(malformed, unknown, later),
          },
        }),
        '/api/v1/providers/{id}/feed.atom': get({
          summary: 'What changed about a record and its servers, newest first',
          requestParams: { path: ProviderPath, query: LanguageQuery },
          responses: { 200: atom, 308: renamed, ...problems(malformed, unknown, later) },
        }),
        '/api/v1/feed.atom': get({
          summary: 'The same of all records',
          requestParams: { query: LanguageQuery },
          responses: { 200: atom, ...problems(malformed, later) },
        }),
        '/api/v1/messages': get({
          summary: 'What mail servers say when something fails, what it means and what helps (data/messages.yml)',
          responses: { 200: json('In order: specific before general', MessageList) },
        }),
        '/api/v1/statuses': get({
          summary:
            'What this instance has seen of servers, one line of JSON an endpoint; nothing that others have told it',
          responses: {
            200: {
              description: 'Lines of this schema, sorted by endpoint; unverified endpoints have none',
              content: { 'application/x-ndjson': { schema: StatusLine.meta({ id: 'StatusLine' }) } },
            },
            ...problems(tooOften, later),
          },
        }),
        '/api/v1/bundle': get({
          summary: 'The whole atlas with statuses in one file, signed with Ed25519 (docs/bundle.md)',
          responses: {
            200: {
              description: 'The bundle',
              content: { 'application/vnd.mailatlas.bundle': { schema: z.string() } },
            },
            ...problems([404, 'This server signs no bundles'], later),
          },
        }),
        '/api/v1/atlas.ndjson': get({
          summary: 'The same as lines of JSON, streamed and unsigned',
          responses: {
            200: { description: 'One object a line', content: { 'application/x-ndjson': { schema: z.string() } } },
            ...problems(tooOften, later),
          },
        }),
        '/api/v1/changes': get({
          summary: 'Which records changed after a revision, oldest first',
          requestParams: { query: ChangesQuery },
          responses: { 200: json('At most a thousand', ChangeList), ...problems(malformed, later) },
        }),
        ...agentPaths,
        ...submissionPaths,
        '/api/v1/openapi.json': get({
          summary: 'This document',
          responses: {
            200: { description: 'OpenAPI 3.1', content: { 'application/json': { schema: z.looseObject({}) } } },
          },
        }),
        '/ask': get({
          summary: 'Whether a name is one of the operator’s domains: for Caddy, on this machine or at a trusted proxy',
          requestParams: { query: AskQuery },
          responses: {
            200: json('It is', Asked),
            ...problems([400, 'No name was given'], [404, 'It is not, or the asker is a stranger'], later),
          },
        }),
        '/healthz': get({ summary: 'The server runs', responses: { 200: json('It does', Health) } }),
        '/readyz': get({
          summary: 'An atlas is loaded',
          responses: { 200: json('Ready', Readiness), ...problems([503, 'Not yet']) },
        }),
      },
    },
    {
      // What only the formatter of the data files needs.
      override: ({ jsonSchema }) => {
        delete jsonSchema.prose;
        delete jsonSchema.sorted;
      },
    },
  );
}
