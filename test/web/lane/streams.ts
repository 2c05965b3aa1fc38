/** Streams of octets as clients, proxies and attackers send them: requests that are clean, nearly clean, and meant to be read in two ways. */
import * as fc from 'fast-check';

/** What goes over one connection, piece by piece. */
export type Stream = readonly Buffer[];

/** @param etag of the document of post.example */
export function streams(etag: string): fc.Arbitrary<Stream> {
  const clean = fc
    .record({
      method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD'),
      target: fc.constantFrom(
        '/v1.1/post.example',
        '/v1.1/briefe.example',
        '/v1.1/village.example',
        '/v1.1/xn--strae-oqa.example',
        '/api/v1/lookup?domain=post.example',
        '/api/v1/lookup?domain=village.example&mx=0',
      ),
      headers: fc.subarray(cleanHeaders(etag), { maxLength: 4 }),
    })
    .map(({ method, target, headers }) =>
      [`${method} ${target} HTTP/1.1`, 'Host: a.example', ...headers, '', ''].join('\r\n'),
    );
  const odd = fc
    .record({
      method: often('GET', [
        'HEAD',
        'POST',
        'OPTIONS',
        'get',
        'GE T',
        'PRI',
        '',
        '\r\nGET',
        '\nGET',
        ' GET',
        'GET ',
        'CONNECT',
      ]),
      target: often('/v1.1/post.example', oddTargets),
      version: often('HTTP/1.1', [
        'HTTP/1.0',
        'HTTP/2.0',
        'http/1.1',
        'HTTP/1.1 ',
        'HTTP/1.10',
        'HTTP/0.9',
        '',
        'HTTP/1.1\t',
      ]),
      host: often('Host: a.example', oddHosts),
      headers: fc.array(fc.constantFrom(...cleanHeaders(etag), ...oddHeaders), { maxLength: 3 }),
      end: often('\r\n', ['\n', '\r', '\r\r\n', ' \r\n', '\0\r\n']),
      body: often('', bodies),
    })
    .map(({ method, target, version, host, headers, end, body }) =>
      [`${method} ${target} ${version}`, host, ...headers, '', body].join(end),
    );
  const mutated = fc
    .record({ text: fc.oneof(clean, odd), at: fc.nat(1000), what: fc.constantFrom(...octets), cut: fc.nat(3) })
    .map(({ text, at, what, cut }) => text.slice(0, at % text.length) + what + text.slice((at % text.length) + cut));
  return fc
    .record({
      requests: fc.array(
        fc.oneof({ weight: 5, arbitrary: clean }, { weight: 3, arbitrary: odd }, { weight: 2, arbitrary: mutated }),
        { minLength: 1, maxLength: 5 },
      ),
      /** Between requests, and anywhere. */
      apart: fc.boolean(),
      splits: fc.array(fc.nat(4000), { maxLength: 3 }),
    })
    .map(({ requests, apart, splits }) => {
      const whole = Buffer.from(requests.join(''), 'latin1');
      let end = 0;
      const ends = requests.map((text) => (end += text.length));
      const cuts = [...(apart ? ends : []), ...splits.map((at) => at % (whole.length + 1))].sort((a, b) => a - b);
      return [0, ...cuts].map((from, i) => whole.subarray(from, cuts[i] ?? whole.length));
    });
}

function often(usual: string, others: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

function cleanHeaders(etag: string): string[] {
  return [
    'User-Agent: Thunderbird/140.0',
    'Accept: */*',
    'Accept-Encoding: gzip, deflate, br',
    'accept-language: de-DE,de;q=0.9',
    'Connection: keep-alive',
    'Cache-Control: no-cache',
    `If-None-Match: ${etag}`,
    'If-Modified-Since: Mon, 30 Nov 2026 10:00:00 GMT',
    'X-Forwarded-For: 192.0.2.1',
  ];
}

export const oddTargets = [
  '/api/v1/lookup?domain=post.example&email=max@post.example',
  '/api/v1/lookup?domain=post.example&mx=2',
  '/api/v1/lookup?domain=post.example&mx=0&published=1',
  '/api/v1/lookup?mx=0&domain=post.example',
  '/api/v1/lookup?domain=post.example&domain=village.example',
  '/api/v1/lookup?Domain=post.example',
  '/api/v1/lookup?domain=',
  '/api/v1/lookup?domain=a.village.example',
  '/api/v1/lookup?domain=customer.example&mx=0',
  '/api/v1/lookup?domain=vault.example',
  '/api/v1/lookup?domain=nobody.example',
  '/api/v1/lookup?email=max@post.example',
  '/v1.1/POST.example',
  '/v1.1/post.example.',
  '/v1.1/post%2eexample',
  '/v1.1/post.example/',
  '/v1.1/post.example?',
  '/v1.1/post.example?version=1.2',
  '/v1.1/post.example?emailaddress=a@post.example',
  '/v1.1/post.example#x',
  '/v1.1/../v1.1/post.example',
  '/v1.1/./post.example',
  '//v1.1/post.example',
  '/v1.1//post.example',
  '\\v1.1\\post.example',
  '/v1.1/',
  '/v1.1/*.village.example',
  '/v1.1/a.village.example',
  '/v1.1/customer.example',
  '/v1.1/nobody.example',
  '/v1.1/vault.example',
  '/v1.1/protection.office.example',
  '/v1.1/max@post.example',
  '/v1.1/stra\xdfe.example',
  '/v1.1/__proto__',
  '/v1.1/constructor',
  '/mx/v1.1/post.example',
  '/V1.1/post.example',
  '/mail/config-v1.1.xml',
  'http://b.example/v1.1/post.example',
  'https://b.example/v1.1/post.example',
  'http://b.example:80/v1.1/post.example',
  'ftp://b.example/v1.1/post.example',
  'v1.1/post.example',
  '*',
  '/',
  '/v1.1/post.example HTTP/1.1',
  `/v1.1/${'a'.repeat(300)}`,
];

export const oddHosts = [
  'Host:',
  'Host: ',
  'Host:a.example',
  'Host:  a.example',
  'Host: a.example ',
  'Host : a.example',
  'hOST: a.example',
  'Host: A.EXAMPLE',
  'Host: autoconfig.post.example',
  'Host: post.example',
  'Host: 127.0.0.1:8143',
  'Host: a.example:80',
  'Host: a.example:99999',
  'Host: a.example:',
  'Host: 1.2.3.4.5',
  'Host: 999.999.999.999',
  'Host: ..',
  'Host: -',
  'Host: a_b.example',
  'Host: xn--a.example',
  'Host: [::1]',
  'Host: [::1]:8143',
  'Host: a@b.example',
  'Host: a.example/v1.1/briefe.example',
  'Host: a.example?x',
  'Host: a.example, b.example',
  'Host: stra\xdfe.example',
  'X-No: host',
  'Host: a.example\r\nHost: a.example',
  'Host: a.example\r\nHost: b.example',
];

export const oddHeaders = [
  'Connection: close',
  'Connection: Keep-Alive',
  'Connection: keep-alive, close',
  'Connection: keep-alive\r\nConnection: close',
  'Connection: upgrade',
  'Connection: te',
  'Connection:',
  'Proxy-Connection: close',
  'Keep-Alive: timeout=1',
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: 005',
  'Content-Length: +5',
  'Content-Length: -1',
  'Content-Length: 5, 5',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length : 5',
  'Content-Length: 60\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding:\x0bchunked',
  'X: y\r\n Transfer-Encoding: chunked',
  'TE: trailers',
  'Trailer: X-Late',
  'Expect: 100-continue',
  'Expect: the unexpected',
  'Upgrade: h2c',
  'Upgrade: websocket',
  'Cookie: language=de',
  'Authorization: Bearer secret',
  'X-Unknown: y',
  ' Folded: x',
  '\tFolded: x',
  'Accept: a\r\n b',
  'No colon',
  ': no name',
  'Accept : x',
  'Accept:x',
  'Accept:  x',
  'Accept: x ',
  'Accept:',
  'Accept: a\0b',
  'Accept: \xfc',
  'Accept: a\rb',
  'Accept: a\nHost: c.example',
  'Acc(ept: x',
  'If-None-Match: *',
  'If-None-Match: "other"',
  'If-None-Match: "other", *',
  'If-None-Match: "a"\r\nIf-None-Match: *',
  'If-Match: "other"',
  'Range: bytes=0-5',
  'X-HTTP-Method-Override: POST',
  '__proto__: x',
  `Accept: ${'a'.repeat(9000)}`,
  `Accept: ${'a'.repeat(17_000)}`,
];

const bodies = [
  'hello',
  '0\r\n\r\n',
  '5\r\nhello\r\n0\r\n\r\n',
  '5;a=b\r\nhello\r\n0\r\nX-Late: 1\r\n\r\n',
  '5 \r\nhello\r\n0\r\n\r\n',
  '5\nhello\n0\n\n',
  'GET /v1.1/briefe.example HTTP/1.1\r\nHost: a.example\r\n\r\n',
  '0\r\n\r\nGET /v1.1/briefe.example HTTP/1.1\r\nHost: a.example\r\n\r\n',
  '\r\n',
  '\r\n\r\n',
];

const octets = [
  '',
  ' ',
  '\t',
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ':',
  ',',
  '\x7f',
  '\x80',
  '\xff',
  '/',
  '%',
  '\x16\x03\x01',
];
