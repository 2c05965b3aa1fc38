import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { endpointKey, nothingKnown } from '../../../src/provider/model.ts';
import { scriptedMx, type TestApp, testApp } from '../app.ts';
import { post } from '../records.ts';

async function read({ get }: TestApp): Promise<string> {
  const response = await get('/metrics');
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('Content-Type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(response.headers.get('Cache-Control'), 'no-store');
  return response.text();
}

/** The samples of a family, as they stand in the text. */
const samples = (text: string, name: string) =>
  text.split('\n').filter((line) => new RegExp(`^${name}[ {]`).test(line));

describe('GET /metrics', () => {
  test('counts requests by route and status, and never by what was asked for', async () => {
    const app = testApp({ mx: scriptedMx });
    for (const path of [
      '/v1.1/post.example',
      '/v1.1/village.example',
      '/v1.1/secret.zz',
      '/v1.1/%00',
      '/nothing/secret',
    ]) {
      await app.get(path);
    }
    await app.send('POST', '/v1.1/post.example');
    await app.send('HEAD', '/v1.1/post.example');
    await app.get('/api/v1/lookup?email=fred@post.example');
    const text = await read(app);
    assert.deepEqual(samples(text, 'mailatlas_requests_total').toSorted(), [
      'mailatlas_requests_total{route="/api/v1/lookup",status="200"} 1',
      'mailatlas_requests_total{route="/v1.1/:domain",status="200"} 3',
      'mailatlas_requests_total{route="/v1.1/:domain",status="400"} 1',
      'mailatlas_requests_total{route="/v1.1/:domain",status="404"} 1',
      'mailatlas_requests_total{route="/v1.1/:domain",status="405"} 1',
      'mailatlas_requests_total{route="none",status="404"} 1',
    ]);
    assert.doesNotMatch(text, /secret|fred|post\.example/);
  });

  test('says how the servers stand, those that nobody has looked at included', async () => {
    const [first, second] = post.incoming;
    assert.ok(first && second);
    const statuses = new Map([
      [endpointKey(first), { status: 'verified' } as const],
      [endpointKey(second), { status: 'dead' } as const],
      [endpointKey({ ...first, host: 'imap.gone.example' }), { status: 'verified' } as const],
    ]);
    const text = await read(testApp({ knowledge: { ...nothingKnown, statuses } }));
    const [unverified, ...others] = samples(text, 'mailatlas_endpoints');
    assert.match(unverified ?? '', /^mailatlas_endpoints\{status="unverified"\} \d\d$/);
    assert.deepEqual(others, [
      'mailatlas_endpoints{status="verified"} 1',
      'mailatlas_endpoints{status="degraded"} 0',
      'mailatlas_endpoints{status="failing"} 0',
      'mailatlas_endpoints{status="dead"} 1',
    ]);
    assert.deepEqual(samples(text, 'mailatlas_providers'), ['mailatlas_providers 10']);
  });

  test('says when certificates end, how the last run was, and what is under quarantine', async () => {
    const lastRun = {
      started: '2026-11-20T10:00:00.000Z',
      ended: '2026-11-20T10:01:30.000Z',
      planned: 20,
      done: 19,
      sound: true,
    };
    const certificates = [-1, 10, 10, 80, 300].map((days) => ({ endpoint: endpointKey(post.incoming[0]!), days }));
    const text = await read(
      testApp({
        vitals: { quarantined: 2, certificates, compared: { differs: 3 }, submissions: { waiting: 4 }, lastRun },
      }),
    );
    assert.deepEqual(samples(text, 'mailatlas_certificates'), [
      'mailatlas_certificates{within_days="0"} 1',
      'mailatlas_certificates{within_days="7"} 1',
      'mailatlas_certificates{within_days="14"} 3',
      'mailatlas_certificates{within_days="30"} 3',
      'mailatlas_certificates{within_days="60"} 3',
      'mailatlas_certificates{within_days="90"} 4',
      'mailatlas_certificates{within_days="+Inf"} 5',
    ]);
    for (const line of [
      'mailatlas_certificate_days_min -1',
      'mailatlas_last_run_duration_seconds 90',
      'mailatlas_last_run_planned 20',
      'mailatlas_last_run_done 19',
      'mailatlas_quarantined 2',
      'mailatlas_submissions{state="waiting"} 4',
      'process_resident_memory_bytes 80000000',
      'nodejs_heap_size_used_bytes 40000000',
      'process_open_fds 21',
      'mailatlas_event_loop_lag_p99_seconds 0.002',
      'mailatlas_dns_answers_total{ending="budget"} 1',
      'mailatlas_database_bytes{part="log"} 0',
    ]) {
      assert.ok(text.includes(`\n${line}\n`), line);
    }
  });

  test('is in the form that Prometheus reads: HELP, TYPE, samples, and a line end at the end', async () => {
    const text = await read(testApp());
    assert.ok(text.endsWith('\n'));
    for (const line of text.trimEnd().split('\n')) {
      assert.match(
        line,
        /^(# (HELP|TYPE) [a-z_0-9]+ .+|[a-z_0-9]+(\{[a-z_]+="[^"\\\n]*"(,[a-z_]+="[^"\\\n]*")*\})? -?[\d.]+)$/,
      );
    }
  });

  test('is nobody else’s business: to them there is no such route', async () => {
    const response = await testApp({ mayMeasure: false }).get('/metrics');
    assert.equal(response.status, 404);
    assert.equal(((await response.json()) as { code: string }).code, 'unknown-route');
  });
});
