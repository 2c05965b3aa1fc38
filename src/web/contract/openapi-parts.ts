/** What the parts of the OpenAPI document share. */
import * as z from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { Problem } from './contract.ts';

export const problems = (...statuses: readonly [number, string][]): ZodOpenApiResponsesObject =>
  Object.fromEntries(
    statuses.map(([status, description]) => [
      String(status),
      { description, content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
export const malformed: [number, string] = [400, 'The name or the query is malformed'];
export const later: [number, string] = [503, 'Nobody knows now: DNS did not answer, or the atlas is being loaded'];

export const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { 'application/json': { schema } },
});
export const tooLarge: [number, string] = [413, 'The body is larger than 64 KiB'];
export const unknown: [number, string] = [404, 'There is no answer; “code” says why'];
export const tooMany: [number, string] = [429, 'Too many questions to DNS or to domains from this network'];

export const xml = { description: 'Autoconfig XML', content: { 'text/xml': { schema: z.string() } } };

export const get = (operation: ZodOpenApiOperationObject) => ({ get: operation });
export const post = (operation: ZodOpenApiOperationObject) => ({ post: operation });
