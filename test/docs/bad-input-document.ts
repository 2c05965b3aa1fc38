/**
 * What comes back for bad input, as cases that a test sends and as the table that operators read:
 * `node test/docs/bad-input-document.ts` writes docs/bad-input.md.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { raw } from '../raw-http.ts';

export const badInputDocument = fileURLToPath(new URL('../../docs/bad-input.md', import.meta.url));

export interface BadInput {
  readonly what: string;
  /** The request, octet by octet. */
  readonly sent: string | Buffer;
  readonly status: number;
  /** What stands in the answer: a problem's code, Autodiscover's error code, or a piece of the document. */
  readonly says: string;
  /** What must not stand in it. */
  readonly never?: string;
}

const pox = '/autodiscover/autodiscover.xml';
const wrap = (address: string) =>
  `<Autodiscover><Request><EMailAddress>${address}</EMailAddress></Request></Autodiscover>`;
const post = (target: string, body: string | Buffer, more: readonly string[] = []) => {
  const bytes = Buffer.from(body);
  const head = raw(target, {
    method: 'POST',
    headers: ['Host: post.example', `Content-Length: ${bytes.length}`, ...more],
  });
  return Buffer.concat([Buffer.from(head), bytes]);
};
const get = (target: string, host = 'post.example') => raw(target, { headers: [`Host: ${host}`] });
const json = ['Content-Type: application/json'];

export const sections: readonly { readonly title: string; readonly cases: readonly BadInput[] }[] = [
  {
    title: 'XML',
    cases: [
      {
        what: 'that is not well-formed, to Autodiscover',
        sent: post(pox, '<Autodiscover><Request>'),
        status: 200,
        says: '<ErrorCode>600<',
      },
      {
        what: 'with entities that grow (a “billion laughs”)',
        sent: post(pox, `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>${wrap('&b;@post.example')}`),
        status: 200,
        says: '<ErrorCode>600<',
      },
      {
        what: 'with an external entity',
        sent: post(pox, `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${wrap('&a;@post.example')}`),
        status: 200,
        says: '<ErrorCode>600<',
        never: 'root:',
      },
      { what: 'nested ten thousand deep', sent: post(pox, '<a>'.repeat(10_000)), status: 200, says: '<ErrorCode>600<' },
      {
        what: 'in UTF-16',
        sent: post(pox, Buffer.from(`\uFEFF${wrap('fred@post.example')}`, 'utf16le')),
        status: 200,
        says: '<ErrorCode>600<',
      },
      {
        what: 'in Latin-1 that says nothing of it',
        sent: post(pox, Buffer.from(wrap('j\xfcrgen@post.example'), 'latin1')),
        status: 200,
        says: '<ErrorCode>600<',
      },
      { what: 'that is another document', sent: post(pox, '<clientConfig/>'), status: 200, says: '<ErrorCode>600<' },
    ],
  },
  {
    title: 'Bodies',
    cases: [
      {
        what: 'of ten megabytes, to Autodiscover: the connection ends when the length is read',
        sent: raw(pox, { method: 'POST', headers: ['Host: post.example', 'Content-Length: 10485760'] }),
        status: 413,
        says: '"too-large"',
      },
      {
        what: 'of ten megabytes, for a configuration profile',
        sent: raw('/mail.mobileconfig', {
          method: 'POST',
          headers: ['Host: post.example', 'Content-Length: 10485760', ...json],
        }),
        status: 413,
        says: '"too-large"',
      },
      {
        what: 'that are no JSON, for a configuration profile',
        sent: post('/mail.mobileconfig', '{', json),
        status: 400,
        says: '"malformed-request"',
      },
      {
        what: 'of another kind',
        sent: post('/mail.mobileconfig', 'x', ['Content-Type: image/png']),
        status: 415,
        says: '"unsupported-type"',
      },
    ],
  },
  {
    title: 'Addresses',
    cases: [
      { what: 'missing, in Autodiscover', sent: post(pox, wrap('')), status: 200, says: '<ErrorCode>600<' },
      {
        what: 'missing, in a GET of Autodiscover at another host than `autodiscover.<domain>`',
        sent: get(pox),
        status: 200,
        says: '<ErrorCode>600<',
      },
      {
        what: 'missing, in autoconfig at a host that is no mail domain',
        sent: get('/mail/config-v1.1.xml', 'localhost'),
        status: 400,
        says: '"no-domain-given"',
      },
      { what: 'missing, in a lookup', sent: get('/api/v1/lookup'), status: 400, says: '"no-domain-given"' },
      { what: 'missing, in a simulation', sent: get('/api/v1/simulate'), status: 400, says: '"no-domain-given"' },
      {
        what: 'with markup in quotation marks, which comes out escaped',
        sent: post(pox, wrap('&quot;&lt;b&gt;&amp;&quot;@post.example')),
        status: 200,
        says: '<LoginName>&quot;&lt;b&gt;&amp;&quot;@post.example</LoginName>',
      },
      {
        what: 'with markup and no quotation marks',
        sent: post(pox, wrap('&lt;b&gt;x@post.example')),
        status: 200,
        says: '<ErrorCode>600<',
        never: '<b>',
      },
      {
        what: 'with a script, in a lookup',
        sent: get('/api/v1/lookup?email=%3Cscript%3E@post.example'),
        status: 400,
        says: '"malformed-name"',
        never: '<script>',
      },
      {
        what: 'with `%2e` for a dot, in Autodiscover',
        sent: post(pox, wrap('fred@post%2eexample')),
        status: 200,
        says: '<ErrorCode>600<',
      },
      {
        what: 'with a “%” that encodes nothing',
        sent: get('/mail/config-v1.1.xml?emailaddress=%zz@post.example'),
        status: 400,
        says: '"malformed-query"',
      },
    ],
  },
  {
    title: 'Hosts',
    cases: [
      { what: 'missing', sent: raw('/v1.1/post.example', { headers: [] }), status: 400, says: '' },
      {
        what: 'twice',
        sent: raw('/v1.1/post.example', { headers: ['Host: post.example', 'Host: other.example'] }),
        status: 400,
        says: '"malformed-request"',
      },
      {
        what: 'with a path',
        sent: get('/mail/config-v1.1.xml', 'post.example/v1.1'),
        status: 400,
        says: '"malformed-request"',
      },
      {
        what: 'with a password',
        sent: get('/mail/config-v1.1.xml', 'a:b@post.example'),
        status: 400,
        says: '"malformed-request"',
      },
      {
        what: 'that is a script',
        sent: get('/mail/config-v1.1.xml', '<script>'),
        status: 400,
        says: '"malformed-request"',
        never: '<script>',
      },
      {
        what: 'of somebody else, forwarded by nobody who is trusted',
        sent: raw('/v1.1/post.example', { headers: ['Host: post.example', 'X-Forwarded-Host: evil.example'] }),
        status: 200,
        says: '<emailProvider id="post.example">',
        never: 'evil',
      },
    ],
  },
  {
    title: 'Request targets',
    cases: [
      {
        what: 'in absolute form, as Delta Chat sends them: the target counts, not the Host beside it (RFC 9112 section 3.2.2)',
        sent: get('http://autoconfig.post.example/mail/config-v1.1.xml', 'other.example'),
        status: 200,
        says: '<emailProvider id="post.example">',
      },
      {
        what: 'in absolute form, broken',
        sent: get('http://[/v1.1/post.example'),
        status: 400,
        says: '"malformed-request"',
      },
      {
        what: 'in absolute form, of another scheme',
        sent: get('ftp://post.example/v1.1/post.example'),
        status: 400,
        says: '"malformed-request"',
      },
      {
        what: 'with `%2e%2e` for folders',
        sent: get('/v1.1/%2e%2e/%2e%2e/etc/passwd'),
        status: 404,
        says: '"unknown-route"',
        never: 'root:',
      },
      {
        what: 'with `%2e` in a domain, which is a dot',
        sent: get('/v1.1/post%2eexample'),
        status: 200,
        says: '<emailProvider id="post.example">',
      },
      {
        what: 'with an encoded line end',
        sent: get('/v1.1/post.example%0d%0aSet-Cookie:%20a=b'),
        status: 400,
        says: '"malformed-name"',
        never: '\r\nSet-Cookie',
      },
      { what: 'with bytes that are no UTF-8', sent: get('/v1.1/%FF%FE.example'), status: 400, says: '"malformed-' },
      { what: 'that is longer than 16 kB', sent: get(`/v1.1/${'a'.repeat(20_000)}`), status: 431, says: '' },
    ],
  },
  {
    title: 'Autodiscover version 2',
    cases: [
      {
        what: 'a protocol that is not answered',
        sent: get('/autodiscover/autodiscover.json?Protocol=ActiveSync&Email=fred@post.example'),
        status: 400,
        says: '"InvalidProtocol"',
        never: 'fred',
      },
      {
        what: 'a protocol that is a script',
        sent: get('/autodiscover/autodiscover.json?Protocol=%3Cscript%3E'),
        status: 400,
        says: '"InvalidProtocol"',
        never: 'script>',
      },
      {
        what: 'no protocol',
        sent: get('/autodiscover/autodiscover.json'),
        status: 400,
        says: '"MandatoryParameterMissing"',
      },
    ],
  },
];

const intro = `# What comes back for bad input

Each line is sent to a real server, octet by octet, by \`test/docs/bad-input.test.ts\`; \`test/web/http/bad-input.test.ts\` and
\`test/web/autodiscover.test.ts\` have hundreds more. Problems are RFC 9457 with a stable \`code\`; Autodiscover’s errors come
with HTTP 200 and an \`Error\` element, as its protocol wants it (600: not a request that can be answered). No answer is kept
that carries an address, nothing of a request is logged, and the server goes on.
`;

export function renderBadInput(): string {
  const tables = sections.map(({ title, cases }) => {
    const rows = cases.map(({ what, status, says }) => `| ${what} | ${status} | ${sayAnswer(says)} |`);
    return [`## ${title}`, '', '| sent | status | answer |', '|---|---|---|', ...rows, ''].join('\n');
  });
  return [intro, ...tables].join('\n');
}

function sayAnswer(says: string): string {
  const error = /^<ErrorCode>(\d+)</.exec(says)?.[1];
  if (error !== undefined) return `\`Error\` ${error}`;
  if (says.startsWith('"malformed-') && !says.endsWith('"')) return 'a problem `malformed-…`';
  if (says.startsWith('"Invalid') || says.startsWith('"Mandatory'))
    return `\`${says.slice(1, -1)}\`, in Microsoft’s form`;
  if (says.startsWith('"')) return `problem \`${says.slice(1, -1)}\``;
  return says === '' ? '' : `\`${says}\``;
}

if (import.meta.main) writeFileSync(badInputDocument, renderBadInput());
