/** XML from strangers: the tree, and every reader of such trees. */
import assert from 'node:assert/strict';
import { DataError } from '../../../src/catalog/files.ts';
import { draftText } from '../../../src/catalog/format.ts';
import { parseAutoconfig } from '../../../src/formats/autoconfig/parse.ts';
import { parseAutodiscover } from '../../../src/formats/autodiscover/parse.ts';
import { parseRequest } from '../../../src/formats/autodiscover/request.ts';
import type { Draft } from '../../../src/formats/draft.ts';
import { escapeXml } from '../../../src/formats/escape.ts';
import { type Element, parseXml, XmlError } from '../../../src/formats/xml.ts';
import { assertHarmless, filesOf, readOrRefused } from '../holds.ts';
import type { Target } from '../target.ts';
import { Incoming, Outgoing } from './shapes.ts';

export const xml: Target = {
  name: 'xml',
  holds:
    'a tree that is written again reads back the same; what readers make of it is in their closed lists; nothing else is thrown',
  form: 'xml',
  most: 128 * 1024,
  seeds: () => [
    ...filesOf('test/golden', /\.xml$/, 12),
    `<?xml version="1.0"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request><EMailAddress>max@post.example</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></Autodiscover>`,
    `<Autodiscover><Response><User><DisplayName>A</DisplayName></User><Account><AccountType>email</AccountType><Action>settings</Action><Protocol><Type>IMAP</Type><Server>imap.post.example</Server><Port>993</Port><LoginName>max@post.example</LoginName><SSL>on</SSL><Encryption>TLS</Encryption><SPA>off</SPA></Protocol><Protocol Type="EXCH"><EwsUrl>https://ews.post.example/</EwsUrl></Protocol></Account></Response></Autodiscover>`,
    `<clientConfig version="1.2"><emailProvider id="a.example"><domain>a.example</domain><incomingServer type="jmap"><url>https://jmap.a.example/</url><authentication>OAuth2</authentication></incomingServer></emailProvider><oAuth2><issuer>id.a.example</issuer><scope>mail offline_access</scope><authURL>https://id.a.example/a</authURL><tokenURL>https://id.a.example/t</tokenURL></oAuth2></clientConfig>`,
  ],
  words: [
    'clientConfig',
    'emailProvider',
    'incomingServer',
    'type="imap"',
    'Protocol',
    'Type',
    'Response',
    '<a>',
    '</a>',
    'xmlns:a="b"',
    '<?a b?>',
  ],
  run(input) {
    const tree = readOrRefused(() => parseXml(input), XmlError);
    if (!tree) return undefined;
    const written = writeXml(tree);
    if (isPlain(tree)) assert.deepEqual(parseXml(written), tree, 'it reads back as it was read');
    const source = { url: 'https://host.invalid/' };
    const drafts = [
      readOrRefused(() => parseAutoconfig(input, source), XmlError),
      answerOf(readOrRefused(() => parseAutodiscover(input, 'post.example', source), XmlError)),
    ];
    for (const draft of drafts) if (draft) checkDraft(draft);
    const asked = readOrRefused(() => parseRequest(input), XmlError);
    if (asked) assert.ok(['outlook', 'mobilesync', 'other'].includes(asked.accepts));
    return [tree, drafts];
  },
};

function answerOf(answer: ReturnType<typeof parseAutodiscover> | undefined): Draft | undefined {
  if (!answer) return undefined;
  assert.ok(['settings', 'redirect-url', 'redirect-address', 'error'].includes(answer.kind));
  return answer.kind === 'settings' ? answer.draft : undefined;
}

/** Servers are those of the model, remarks are short lines, and a curator gets a file of it. */
export function checkDraft(draft: Draft): void {
  const { record, remarks } = draft;
  for (const server of record.incoming) Incoming.parse(server);
  for (const server of record.outgoing) Outgoing.parse(server);
  for (const { where, says } of remarks) {
    assertHarmless(where, 'a remark');
    assertHarmless(says, 'a remark');
    assert.ok(where.length <= 200 && says.length <= 200);
  }
  assert.deepEqual(JSON.parse(JSON.stringify(record)), record, 'it is plain values');
  const text = readOrRefused(() => draftText(draft), DataError);
  if (text !== undefined) assert.ok(text.startsWith('# yaml-language-server'));
}

function writeXml({ name, attributes, verbatim, children }: Element): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`);
  return `<${name}${pairs.join('')}>${escapeXml(verbatim)}${children.map(writeXml).join('')}</${name}>`;
}

/** Trees of what XML 1.0 can say: characters that it forbids are written as another one. */
function isPlain({ name, attributes, verbatim, children }: Element): boolean {
  const texts = [verbatim, ...Object.values(attributes)];
  // A name of the parser's own, or a carriage return, which a second reader takes for a new line.
  const isName =
    /^[A-Za-z_][\w.-]*$/.test(name) && Object.keys(attributes).every((key) => /^[A-Za-z_][\w.-]*$/.test(key));
  // Entities of HTML, which the reader knows, are written in another way; white space in attributes is trimmed.
  const isText = texts.every((text) => !/[^\t\n\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text));
  return isName && isText && children.every(isPlain);
}
