/** Requests to the server: paths, queries, Hosts, headers and bodies of any kind. */
import assert from 'node:assert/strict';
import { parseXml } from '../../../src/formats/xml.ts';
import { testApp } from '../../web/app.ts';
import type { Target } from '../target.ts';

const app = testApp({ setUp: { url: 'http://atlas.example', mxService: true } });

/** A request as lines: method and target, headers, an empty line, the body. */
const get = (target: string, ...headers: string[]) => `GET ${target}\n${headers.join('\n')}\n\n`;
const paths = [
  '/v1.1/post.example',
  '/mx/v1.1/firm.zz',
  '/mail/config-v1.1.xml?emailaddress=max@post.example',
  '/.well-known/user-agent-configuration.json',
  '/api/v1/lookup?email=max%40post.example&mx=0',
  '/api/v1/providers?page=1&q=a&country=DE',
  '/api/v1/providers/post.example/zone.txt?domain=a.example&web=b.example',
  '/api/v1/providers/post.example/feed.atom?lang=de',
  '/provider/post.example?lang=de',
  '/providers?q=post',
  '/?domain=post.example',
  '/status',
  '/check/post.example',
  '/autodiscover/autodiscover.json?Protocol=AutodiscoverV1&Email=a@post.example',
];

export const requests: Target = {
  name: 'requests',
  holds:
    'no request ends in a defect; XML, JSON and headers that leave are well-formed; nothing of a request stands in a page unescaped; with an address nobody keeps the answer',
  form: 'lines',
  most: 16 * 1024,
  seeds: () => [
    ...paths.map((path) => get(path, 'Host: atlas.example', 'Accept-Language: de, en;q=0.5', 'Cookie: lang=de')),
    get('/mail/config-v1.1.xml', 'Host: autoconfig.post.example'),
    'POST /autodiscover/autodiscover.xml\nContent-Type: text/xml\nHost: a.example\n\n<Autodiscover><Request><EMailAddress>max@post.example</EMailAddress></Request></Autodiscover>',
    'POST /mail.mobileconfig\nContent-Type: application/json\n\n{"email":"max@post.example","name":"Max <&> M","lang":"de"}',
    'POST /mail.mobileconfig\nContent-Type: application/x-www-form-urlencoded\n\nemail=max%40post.example&name=Max',
  ],
  words: [
    '<x9z>',
    '%3Cx9z%3E',
    '%0d%0aX: y',
    '?lang=',
    '&q=',
    'Host: ',
    '..%2f',
    '%c0%ae',
    '%ff',
    '//',
    ';',
    '[::1]',
    'a@b',
    '*',
    'If-None-Match: *',
  ],
  async run(input) {
    const [head = '', ...rest] = input.split('\n\n');
    const [first = '', ...lines] = head.split('\n');
    const [method = 'GET', target = '/'] = first.split(' ');
    // What is no method of HTTP's, neither Node nor workerd lets through.
    if (!/^[A-Z]+$/.test(method)) return undefined;
    const headers = new Headers();
    for (const line of lines) {
      const [key = '', ...value] = line.split(':');
      try {
        headers.append(key.trim(), value.join(':').trim());
      } catch {
        // What cannot be said over HTTP is refused by Node before us.
      }
    }
    const host = headers.get('Host') ?? 'localhost';
    const body = rest.join('\n\n');
    let request: Request;
    try {
      const isBodied = body !== '' && !/^(GET|HEAD)$/i.test(method);
      const url = `http://${host}${target.startsWith('/') ? '' : '/'}${target}`;
      request = new Request(url, { method, headers, ...(isBodied && { body }) });
    } catch {
      return undefined;
    }
    app.defects.length = 0;
    const response = await app.app.request(request);
    const text = await response.text();
    assert.deepEqual(
      app.defects.map(({ error }) => (error instanceof Error ? error.stack : error)),
      [],
    );
    assert.notEqual(response.status, 500);
    for (const [name, value] of response.headers) assert.match(value, /^[\x20-\x7e]*$/, `the header ${name}`);
    assert.equal(response.headers.get('X-Content-Type-Options'), 'nosniff');
    const location = response.headers.get('Location');
    if (location !== null)
      assert.equal(new URL(location, 'http://atlas.example').host, 'atlas.example', 'it leads nowhere else');
    const type = response.headers.get('Content-Type') ?? '';
    if (type.includes('html')) assert.doesNotMatch(text, /<x9z/i, 'nothing stands in a page as it was sent');
    if (/^(text\/xml|application\/(atom\+xml|x-apple-aspen-config))/.test(type) && response.status === 200)
      parseXml(text.replace(/<!DOCTYPE plist[^>]*>/, ''));
    if (/json/.test(type) && text !== '') JSON.parse(text);
    if (['emailaddress', 'email'].some((name) => isGiven(request.url, name)) || request.url.includes('@'))
      assert.equal(response.headers.get('Cache-Control'), 'no-store');
    return undefined;
  },
};

/** As clients write it; what begins with anything else may be a placeholder, or nothing. */
function isGiven(url: string, name: string): boolean {
  const first = [...new URL(url).searchParams].find(([key]) => key.toLowerCase() === name);
  return /^[a-z0-9]/i.test(first?.[1] ?? '');
}
