/** The OpenAPI document in tests: what it says of an answer is held against the answer. */
import assert from 'node:assert/strict';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openapi } from '../../../src/web/contract/openapi.ts';

interface Schema {
  [keyword: string]: unknown;
}
interface Described {
  description: string;
  content?: Record<string, { schema: Schema }>;
}
interface Operation {
  summary: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  responses: Record<string, Described>;
}
export interface OpenApi {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** What provider/fields.ts notes for the formatter of the data files; it says nothing about an answer. */
export const ourOwnKeywords = ['prose', 'sorted'];

/** Validators for the schemas of a document, each by the keys that lead to it. */
export function validators(document: OpenApi): (...keys: readonly string[]) => ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  // The document itself is no schema; only what is pointed to is.
  ajv.addVocabulary([...Object.keys(document), ...ourOwnKeywords]);
  ajv.addSchema(document, 'https://atlas.example/openapi');
  const compiled = new Map<string, ValidateFunction>();
  return (...keys) => {
    const pointer = keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `https://atlas.example/openapi#/${pointer}` });
    compiled.set(pointer, validate);
    return validate;
  };
}

/** Holds answers against the document: fails where it says nothing of such an answer, or something else. */
export function answersAsDescribed(): (method: string, path: string, answer: Response) => Promise<void> {
  const document = openapi('1.2.3') as unknown as OpenApi;
  const validatorAt = validators(document);
  const patterns = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  return async (method, path, answer) => {
    const plain = path.replace(/\?.*$/, '');
    const exact = patterns.find((one) => one.path === plain) ?? patterns.find(({ pattern }) => pattern.test(plain));
    assert.ok(exact, `the document has no ${plain}`);
    const described = document.paths[exact.path]?.[method.toLowerCase()]?.responses[answer.status];
    assert.ok(described, `${method} ${exact.path} says nothing of ${answer.status}`);
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    assert.ok(Object.keys(described.content ?? {}).includes(type), `${method} ${exact.path}: ${type}`);
    if (!type.endsWith('json')) return;
    const keys = [
      'paths',
      exact.path,
      method.toLowerCase(),
      'responses',
      `${answer.status}`,
      'content',
      type,
      'schema',
    ];
    const validate = validatorAt(...keys);
    assert.ok(validate(await answer.clone().json()), `${method} ${plain}: ${JSON.stringify(validate.errors, null, 1)}`);
  };
}
