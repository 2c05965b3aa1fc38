import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Domain } from '../../../src/name/domain.ts';
import type { EndpointKey } from '../../../src/provider/model.ts';
import type { Agency } from '../../../src/verify/agents/agency.ts';
import { RunOver } from '../../../src/verify/dispatch.ts';
import { errorCodes } from '../../../src/web/http/errors.ts';
import type { Deps } from '../../../src/web/served/served.ts';
import { offlineSimulations, scriptedMx, scriptedPublications, testApp } from '../app.ts';
import { records } from '../records.ts';
import { type OpenApi, ourOwnKeywords, validators } from './openapi.ts';

/** Text for people, and what pages load. */
const outsideOfTheDocument = new Set([
  '/',
  '/about',
  '/about/probing',
  '/policy',
  '/notices/:number/:token',
  '/api',
  '/assets/:file',
  '/check',
  '/check/:domain',
  '/how-mail-works',
  '/metrics',
  '/provider/:id',
  '/providers',
  '/review',
  '/review/:number',
  '/status',
  '/submission',
  '/submit',
]);

/** Runs of an agent: one in doubt, and one that was judged. */
const working = '0b5e2c5e-5d4b-4d38-9d0f-4e8c3c1f7a10.1';
const over = '1b5e2c5e-5d4b-4d38-9d0f-4e8c3c1f7a11.1';
const endpoint = 'imap://imap.post.example:993?security=tls' as EndpointKey;
const agents: Agency = {
  take: ({ id }) =>
    id === over
      ? Promise.reject(new RunOver())
      : Promise.resolve({ run: 7, endpoints: [endpoint], planned: 3, lease: 180_000 }),
  report: ({ id }) => (id === over ? Promise.reject(new RunOver()) : Promise.resolve(new Set([endpoint]))),
  end: ({ id }) => {
    const at = '2026-11-20T10:00:00.000Z';
    const change = { endpoint, from: 'verified', to: 'failing', reason: 'tls.expired', at } as const;
    const judged = { verdict: 'sound', reason: null, changes: [change] } as const;
    return Promise.resolve(id === over ? judged : { witnesses: [endpoint] });
  },
};
const authenticate: NonNullable<Deps['authenticate']> = (secret, role) =>
  Promise.resolve(secret === role ? { name: 'berlin', role } : secret === 'reviewer' ? 'other-role' : 'unknown');

/** Requests that show every kind of answer there is, with the path of the document that each belongs to. */
const requests: readonly (readonly [path: string, request: string, headers?: Record<string, string>, body?: string])[] =
  [
    ...records.flatMap(
      ({ id, domains: [domain = 'shop.zz'] }) =>
        [
          ['/api/v1/lookup', `/api/v1/lookup?domain=${domain.replace('*', 'mill')}`],
          ['/api/v1/lookup', `/api/v1/lookup?email=fred@${domain.replace('*', 'mill')}`],
          ['/api/v1/providers/{id}', `/api/v1/providers/${id}`],
          ['/api/v1/providers/{id}/autoconfig.xml', `/api/v1/providers/${id}/autoconfig.xml`],
          ['/api/v1/providers/{id}/mail.mobileconfig', `/api/v1/providers/${id}/mail.mobileconfig`],
          ['/api/v1/providers/{id}/mail.mobileconfig/qr.svg', `/api/v1/providers/${id}/mail.mobileconfig/qr.svg`],
          ['/api/v1/providers/{id}/revisions', `/api/v1/providers/${id}/revisions`],
          ['/api/v1/providers/{id}/pacc.json', `/api/v1/providers/${id}/pacc.json`],
          ['/api/v1/providers/{id}/zone.txt', `/api/v1/providers/${id}/zone.txt?domain=shop.zz&web=atlas.example`],
          ['/api/v1/providers/{id}/probes', `/api/v1/providers/${id}/probes?evidence=1`],
          ['/api/v1/providers/{id}/comparisons', `/api/v1/providers/${id}/comparisons`],
          ['/api/v1/providers/{id}/feed.atom', `/api/v1/providers/${id}/feed.atom`],
          ['/v1.1/{domain}', `/v1.1/${domain.replace('*', 'mill')}`],
        ] as const,
    ),
    ...['gone.example', 'moved.example', 'localhost', ...Object.keys(scriptedMx)].flatMap(
      (domain) =>
        [
          ['/mx/v1.1/{domain}', `/mx/v1.1/${domain}`],
          ['/dns/mx/{domain}', `/dns/mx/${domain}`],
          ['/api/v1/lookup', `/api/v1/lookup?email=fred@${domain}`],
        ] as const,
    ),
    ['/v1.1/{domain}', '/v1.1/unknown.zz'],
    ['/mail/config-v1.1.xml', '/mail/config-v1.1.xml'],
    ['/mail/config-v1.1.xml', '/mail/config-v1.1.xml?emailaddress=fred@post.example'],
    ['/mail/config-v1.1.xml', '/mail/config-v1.1.xml?emailaddress=fred@unknown.zz'],
    [
      '/.well-known/autoconfig/mail/config-v1.1.xml',
      '/.well-known/autoconfig/mail/config-v1.1.xml',
      { Host: 'post.example' },
    ],
    ['/api/v1/lookup', '/api/v1/lookup'],
    ...Object.keys(scriptedPublications).map(
      (domain) => ['/api/v1/lookup', `/api/v1/lookup?domain=${domain}&mx=0&published=1`] as const,
    ),
    ['/api/v1/simulate', '/api/v1/simulate'],
    ['/api/v1/simulate', '/api/v1/simulate?domain=post.example'],
    ['/api/v1/simulate', '/api/v1/simulate?domain=self.zz&client=geary'],
    ['/api/v1/simulate', '/api/v1/simulate?domain=busy.zz'],
    ['/api/v1/providers', '/api/v1/providers'],
    ['/api/v1/providers', '/api/v1/providers?q=nobody'],
    ['/api/v1/providers', '/api/v1/providers?page=0'],
    ['/api/v1/providers/{id}', '/api/v1/providers/unknown.example'],
    ['/api/v1/providers/{id}', '/api/v1/providers/oldpost.example'],
    ['/autodiscover/autodiscover.xml', '/autodiscover/autodiscover.xml'],
    ['/autodiscover/autodiscover.xml', '/autodiscover/autodiscover.xml', {}, '<Autodiscover/>'],
    ['/autodiscover/autodiscover.xml', '/autodiscover/autodiscover.xml', {}, 'x'.repeat(70_000)],
    ...['/autodiscover/autodiscover.json', '/autodiscover/autodiscover.json/v1.0/{address}'].flatMap((path) =>
      ['?Protocol=AutodiscoverV1', '?Protocol=ActiveSync', '?Protocol=%FF', ''].map(
        (query) => [path, `${path.replace('{address}', 'fred@post.example')}${query}`] as const,
      ),
    ),
    ...['legacy.example', 'village.example', 'unknown.zz', ''].map(
      (domain) =>
        [
          '/.well-known/user-agent-configuration.json',
          '/.well-known/user-agent-configuration.json',
          { Host: `ua-auto-config.${domain || 'example'}` },
        ] as const,
    ),
    ['/api/v1/providers/{id}/zone.txt', '/api/v1/providers/hoster.example/zone.txt'],
    ['/api/v1/bundle', '/api/v1/bundle'],
    ['/api/v1/atlas.ndjson', '/api/v1/atlas.ndjson'],
    ['/api/v1/changes', '/api/v1/changes?since=0'],
    ['/api/v1/changes', '/api/v1/changes?since=yesterday'],
    ['/api/v1/feed.atom', '/api/v1/feed.atom?lang=de'],
    ['/api/v1/feed.atom', '/api/v1/feed.atom?lang=la'],
    ['/api/v1/providers/{id}/probes', '/api/v1/providers/post.example/probes?limit=0'],
    ['/api/v1/providers/{id}/comparisons', '/api/v1/providers/post.example/comparisons?before=x'],
    ['/api/v1/messages', '/api/v1/messages'],
    ['/api/v1/statuses', '/api/v1/statuses'],
    ['/ask', '/ask'],
    ['/ask', '/ask?domain=autoconfig.customer.zz'],
    ['/ask', '/ask?domain=autoconfig.unknown.zz'],
    ...[
      ['leases', { hold: 1, done: 0 }] as const,
      ['reports', { evidence: [1] }] as const,
      ['end', {}] as const,
    ].flatMap(([what, body]) =>
      [
        [working, 'Bearer agent', JSON.stringify(body)],
        [over, 'Bearer agent', JSON.stringify(body)],
        [working, 'Bearer agent', '{'],
        [working, 'Bearer agent', JSON.stringify('x'.repeat(1_100_000))],
        [working, 'Bearer reviewer', JSON.stringify(body)],
        [working, '', JSON.stringify(body)],
      ].map(
        ([run = '', Authorization = '', text = '']) =>
          [`/api/v1/agent/runs/{run}/${what}`, `/api/v1/agent/runs/${run}/${what}`, { Authorization }, text] as const,
      ),
    ),
    ['/healthz', '/healthz'],
    ['/readyz', '/readyz'],
  ];

/** Asked for while there is no atlas, and under an id of former times: rare, and easily forgotten in a document. */
const rareRequests: readonly (readonly [path: string, request: string])[] = [
  ['/v1.1/{domain}', '/v1.1/post.example'],
  ['/mx/v1.1/{domain}', '/mx/v1.1/post.example'],
  ['/mail/config-v1.1.xml', '/mail/config-v1.1.xml?emailaddress=fred@post.example'],
  [
    '/.well-known/autoconfig/mail/config-v1.1.xml',
    '/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=x@post.example',
  ],
  ['/api/v1/lookup', '/api/v1/lookup?domain=post.example'],
  ['/api/v1/simulate', '/api/v1/simulate?domain=post.example'],
  ['/api/v1/providers', '/api/v1/providers'],
  ['/api/v1/providers/{id}', '/api/v1/providers/oldpost.example'],
  ['/api/v1/providers/{id}/autoconfig.xml', '/api/v1/providers/oldpost.example/autoconfig.xml'],
  ['/api/v1/providers/{id}/mail.mobileconfig', '/api/v1/providers/oldpost.example/mail.mobileconfig'],
  ['/api/v1/providers/{id}/mail.mobileconfig/qr.svg', '/api/v1/providers/oldpost.example/mail.mobileconfig/qr.svg'],
  ['/api/v1/providers/{id}/revisions', '/api/v1/providers/oldpost.example/revisions'],
  ['/api/v1/providers/{id}/probes', '/api/v1/providers/oldpost.example/probes'],
  ['/autodiscover/autodiscover.xml', '/autodiscover/autodiscover.xml'],
  ['/autodiscover/autodiscover.json', '/autodiscover/autodiscover.json?Protocol=AutodiscoverV1'],
  ['/api/v1/providers/{id}/pacc.json', '/api/v1/providers/oldpost.example/pacc.json'],
  ['/api/v1/providers/{id}/zone.txt', '/api/v1/providers/oldpost.example/zone.txt'],
  ['/.well-known/user-agent-configuration.json', '/.well-known/user-agent-configuration.json'],
  ['/api/v1/bundle', '/api/v1/bundle'],
  ['/api/v1/atlas.ndjson', '/api/v1/atlas.ndjson'],
  ['/api/v1/changes', '/api/v1/changes?since=0'],
  ['/api/v1/providers/{id}/comparisons', '/api/v1/providers/oldpost.example/comparisons'],
  ['/api/v1/providers/{id}/feed.atom', '/api/v1/providers/oldpost.example/feed.atom'],
  ['/api/v1/feed.atom', '/api/v1/feed.atom'],
  ['/api/v1/statuses', '/api/v1/statuses'],
  ['/readyz', '/readyz'],
];

describe('GET /api/v1/openapi.json', () => {
  const { app, get, send } = testApp({
    mx: scriptedMx,
    published: scriptedPublications,
    hosted: new Map([['customer.zz' as Domain, 'post.example']]),
    setUp: {
      url: 'https://atlas.example',
      mxService: true,
      agents,
      authenticate,
      hosting: { only: false, lists: true },
      simulated: offlineSimulations,
    },
  });
  let document: OpenApi;
  let validatorAt: (...keys: readonly string[]) => ValidateFunction;

  before(async () => {
    const response = await get('/api/v1/openapi.json');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    document = (await response.json()) as OpenApi;
    validatorAt = validators(document);
  });

  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  test('is OpenAPI 3.1 with a title and the server’s version', () => {
    assert.match(document.openapi, /^3\.1\.\d+$/);
    assert.ok(document.info.title);
    assert.equal(document.info.version, '1.2.3');
    const sections = ['components', 'info', 'openapi', 'paths'];
    assert.deepEqual(Object.keys(document).sort(), sections, 'these are all sections that are needed');
  });

  test('describes each operation in a sentence, and each of its answers', () => {
    for (const { path, method, operation } of operations()) {
      assert.match(path, /^\//);
      assert.ok(['get', 'post', 'put', 'delete'].includes(method), `${method} ${path}`);
      assert.ok(operation.summary, path);
      assert.ok(Object.keys(operation.responses).length > 0, path);
      for (const [status, { description }] of Object.entries(operation.responses)) {
        assert.match(status, /^[1-5]\d\d$/);
        assert.ok(description, `${path} ${status}`);
      }
    }
  });

  test('declares each parameter of each path, as required, and none that is not there', () => {
    for (const { path, operation } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      assert.deepEqual(
        declared.map(({ name }) => name),
        inPath,
        path,
      );
      assert.ok(
        declared.every(({ required }) => required === true),
        path,
      );
    }
  });

  test('refers only to what it has', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref);
    assert.ok(references.length > 0);
    for (const reference of references) {
      assert.match(reference, /^#\//, 'nothing outside the document');
      const found = reference
        .slice(2)
        .split('/')
        .reduce<unknown>(
          (at, key) => (at as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/')],
          document,
        );
      assert.ok(found, reference);
    }
  });

  test('has only schemas that a validator understands', () => {
    for (const name of Object.keys(document.components.schemas)) {
      assert.doesNotThrow(() => validatorAt('components', 'schemas', name), name);
    }
    for (const { path, method, operation } of operations()) {
      for (const [i, { name }] of (operation.parameters ?? []).entries()) {
        const keys = ['paths', path, method, 'parameters', String(i), 'schema'];
        assert.doesNotThrow(() => validatorAt(...keys), `${path} ${name}`);
      }
    }
  });

  test('keeps to itself what is for the formatter of the data files', () => {
    const text = JSON.stringify(document);
    for (const keyword of ourOwnKeywords) assert.ok(!text.includes(`"${keyword}":true`), keyword);
  });

  test('has every route of the app with its methods, and the app every route of it', () => {
    const routes = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !outsideOfTheDocument.has(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const described = operations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    assert.deepEqual(described.sort(), routes.sort());
  });

  test('lists every code that a problem can have', () => {
    const properties = document.components.schemas['Problem']?.['properties'] as { code?: { enum: string[] } };
    assert.deepEqual(properties.code?.enum, [...errorCodes]);
  });

  for (const [path, request, headers, body] of requests) {
    const method = body === undefined ? 'get' : 'post';
    test(`is kept to by the answer to ${method.toUpperCase()} ${request} ${body ?? ''}`, async () => {
      const answer = await send(method.toUpperCase(), request, headers, body);
      const described = document.paths[path]?.[method]?.responses[answer.status];
      assert.ok(described, `${path} says nothing of ${answer.status}`);
      const type = answer.headers.get('content-type')?.split(';')[0];
      const types = Object.keys(described.content ?? {});
      assert.ok(
        type === undefined ? types.length === 0 : types.includes(type),
        `${type} is not among ${types.join(', ')}`,
      );
      if (!type?.endsWith('json') || type.endsWith('ndjson')) return;
      const validate = validatorAt('paths', path, method, 'responses', `${answer.status}`, 'content', type, 'schema');
      const texts = type.endsWith('ndjson') ? (await answer.text()).trim().split('\n') : [await answer.text()];
      for (const text of texts) {
        assert.ok(text === '' || validate(JSON.parse(text)), JSON.stringify(validate.errors, null, 1));
      }
    });
  }

  test('says which statuses there are while there is no atlas, and where an id has changed', async () => {
    const { get: getEarly } = testApp({ curated: 'empty' });
    const missing = await Promise.all(
      rareRequests.flatMap(([path, request]) =>
        [get, getEarly].map(async (ask) => {
          const { status } = await ask(request);
          return document.paths[path]?.get?.responses[status] ? [] : [`${path}: ${status}`];
        }),
      ),
    );
    assert.deepEqual(missing.flat(), []);
  });
});

describe('The validator in these tests', () => {
  test('would notice an answer that the document does not describe', async () => {
    const { get } = testApp();
    const document = (await (await get('/api/v1/openapi.json')).json()) as OpenApi;
    const validate = validators(document)('components', 'schemas', 'LookupAnswer');
    const answer = (await (await get('/api/v1/lookup?domain=post.example')).json()) as Record<string, unknown>;
    assert.equal(validate(answer), true, JSON.stringify(validate.errors));
    assert.equal(validate({ ...answer, matchedBy: 'guess' }), false);
    assert.equal(validate({ ...answer, trust: undefined }), false);
    assert.equal(validate({ ...answer, secret: true }), false);
  });
});
