/** A server as its operator has it: a real process that is started, asked, logged, and stopped while people ask. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get as httpGet } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { soon } from './soon.ts';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const data = fileURLToPath(new URL('cli/data', import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), 'mailatlas-operate-'));
after(() => rmSync(temporary, { recursive: true }));
let files = 0;

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly route?: string;
  readonly status?: number;
}

describe('the log', () => {
  test('says nothing of requests unless it is asked to', async (t) => {
    const server = await serve(t);
    await ask(`${server.url}/v1.1/post.example`);
    const lines = await server.stop();
    assert.deepEqual(
      lines.map(({ level, msg }) => [level, msg]),
      [
        ['info', 'SIGTERM: no new requests, those under way are answered; a second signal ends at once'],
        ['info', 'stopped'],
      ],
    );
  });

  test('has each request by the pattern of its route, and nothing of whoever asked and what for', async (t) => {
    const server = await serve(t, '--log-level', 'debug');
    const secrets = { 'User-Agent': 'SecretClient/1', 'X-Forwarded-For': '192.0.2.77', Cookie: 'a=secretcookie' };
    // The first one is answered by the lane, the others by the app.
    await ask(`${server.url}/v1.1/post.example`);
    for (const path of [
      '/v1.1/post.example',
      '/v1.1/nobody-knows.example',
      '/mail/config-v1.1.xml?emailaddress=geheim@post.example',
      '/api/v1/lookup?email=geheim@post.example&mx=0',
      '/autodiscover/autodiscover.json/v1.0/geheim@post.example?Protocol=AutodiscoverV1',
      '/geheim/path',
      '/v1.1/a..b',
    ])
      await ask(`${server.url}${path}`, secrets);
    const lines = await server.stop();
    const requests = lines.filter(({ msg }) => msg === 'request');
    assert.deepEqual(
      requests.map(({ route, status }) => [route, status]),
      [
        ['/v1.1/:domain', 200],
        ['/v1.1/:domain', 200],
        ['/v1.1/:domain', 404],
        ['/mail/config-v1.1.xml', 200],
        ['/api/v1/lookup', 200],
        ['/autodiscover/autodiscover.json/v1.0/:address', 404],
        ['none', 404],
        ['/v1.1/:domain', 400],
      ],
    );
    for (const request of requests)
      assert.deepEqual(
        Object.keys(request).sort(),
        ['bytes', 'level', 'method', 'milliseconds', 'msg', 'route', 'status', 'time'],
        'a request has these facts and no other one',
      );
    assert.doesNotMatch(server.stderr(), /geheim|secret|192\.0\.2|post\.example|nobody-knows|127\.0\.0\.1/i);
  });

  test('of a level hides what is below it', async (t) => {
    const server = await serve(t, '--log-level', 'warn');
    assert.deepEqual(await server.stop(), []);
  });
});

describe('stopping', () => {
  test('under load loses no request: each is answered whole, or was never taken', async (t) => {
    const server = await serve(t, '--log-level', 'debug');
    const seen = { go: true, whole: 0, refused: 0, broken: [] as string[] };
    const agent = new Agent({ keepAlive: true });
    const askers = Array.from({ length: 24 }, async () => {
      while (seen.go && seen.broken.length === 0) {
        const answer = await ask(`${server.url}/api/v1/providers/post.example`, {}, agent).catch(
          (error: unknown) => error,
        );
        if (typeof answer === 'string' && answer.startsWith('{') && answer.includes('"id":"post.example"'))
          seen.whole++;
        else if (isRefusal(answer)) {
          seen.refused++;
          await new Promise((resolve) => setTimeout(resolve, 5));
        } else seen.broken.push(String(answer));
      }
    });
    await until(() => seen.whole > 200 || seen.broken.length > 0);
    const stopped = server.stop();
    await until(() => seen.refused > 24 || seen.broken.length > 0);
    seen.go = false;
    await Promise.all(askers);
    agent.destroy();
    assert.deepEqual(seen.broken, []);
    const taken = (await stopped).filter(({ msg }) => msg === 'request');
    assert.equal(taken.length, seen.whole, 'what the server took, its clients have');
  });

  test('waits for an answer under way, and a second signal does not', async (t) => {
    for (const signals of [1, 2]) {
      const server = await serve(t);
      // A request whose body is still coming is under way.
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      const body = 'email=max%40post.example';
      socket.write(
        `POST /mail.mobileconfig HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 6)}`,
      );
      await ask(`${server.url}/healthz`);
      const exited = once(server.process, 'exit');
      server.process.kill('SIGTERM');
      await until(() => server.stderr().includes('no new requests'));
      if (signals === 2) {
        server.process.kill('SIGTERM');
        await exited;
        assert.equal(server.process.exitCode, 128 + 15);
        socket.destroy();
        continue;
      }
      let answer = '';
      socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
      const ended = once(socket, 'close');
      socket.write(body.slice(6));
      await ended;
      assert.match(answer, /^HTTP\/1\.1 200 OK/);
      assert.match(answer, /<\/plist>\s*$/);
      await exited;
      assert.equal(server.process.exitCode, 0);
    }
  });
});

interface Served {
  readonly url: string;
  readonly process: ChildProcess;
  stderr(): string;
  /** Asks it to stop, waits until it has, and gives what it had logged. */
  stop(): Promise<Line[]>;
}

async function serve(t: TestContext, ...more: readonly string[]): Promise<Served> {
  const db = join(temporary, `${++files}.db`);
  const args = [main, 'serve', '--data', data, '--db', db, '--port', '0', '--resolver', '127.0.0.1:9', ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await until(() => / on http/.test(stdout) || child.exitCode !== null);
  assert.equal(child.exitCode, null, stderr);
  return {
    url: / on (http\S+)/.exec(stdout)?.[1] ?? '',
    process: child,
    stderr: () => stderr,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
      assert.equal(child.exitCode, 0, stderr);
      return stderr.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]));
    },
  };
}

/** The body; rejects where the answer is cut short. */
function ask(url: string, headers: Record<string, string> = {}, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpGet(url, { headers, ...(agent && { agent }) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

/**
 * Says that nobody took the request: the port was closed, or a connection on which nothing was said yet was ended, here or by
 * the kernel, where it still waited to be accepted. Clients try again (RFC 9112 section 9.3.1). What the server took tells
 * whether that is true.
 */
function isRefusal(answer: unknown): boolean {
  const { code } = answer as { code?: string };
  return code === 'ECONNREFUSED' || code === 'ECONNRESET';
}

/** Until something is so; not for ever. */
const until = (what: () => boolean) => soon(String(what), () => assert.ok(what()));
