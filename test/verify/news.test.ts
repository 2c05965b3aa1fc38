import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Domain } from '../../src/name/domain.ts';
import type { EndpointKey, StatusName } from '../../src/provider/model.ts';
import type { Transition } from '../../src/store/seen/transitions.ts';
import { isNews, newsOf } from '../../src/verify/news.ts';

const at = '2026-11-20T10:00:00.000Z';
const moved = (from: StatusName, to: StatusName, host = 'imap.mail.example'): Transition => ({
  endpoint: `imap://${host}:993?security=tls` as EndpointKey,
  from,
  to,
  reason: to === 'failing' ? 'tls.expired' : 'ok',
  at,
});
const records = () => ['mail.example', 'post.example'];

describe('News', () => {
  const news: [StatusName, StatusName][] = [
    ['verified', 'failing'],
    ['unverified', 'failing'],
    ['failing', 'dead'],
    ['failing', 'verified'],
    ['dead', 'degraded'],
  ];
  for (const [from, to] of news) test(`${from} to ${to} is`, () => assert.ok(isNews({ from, to })));

  const none: [StatusName, StatusName][] = [
    ['unverified', 'verified'],
    ['verified', 'degraded'],
    ['degraded', 'verified'],
    ['failing', 'unverified'],
  ];
  for (const [from, to] of none) test(`${from} to ${to} is not`, () => assert.ok(!isNews({ from, to })));

  test('is one message for all of a run', () => {
    const message = newsOf(
      {
        changes: [
          moved('verified', 'failing'),
          moved('failing', 'verified', 'smtp.mail.example'),
          moved('unverified', 'verified'),
        ],
        alarms: [{ domain: 'gone.example' as Domain, at, alarm: { kind: 'gone', since: at } }],
      },
      records,
      'en',
    );
    assert.equal(message?.subject, 'mailatlas: 1 under quarantine, 1 server fails, 1 is back');
    assert.equal(
      message?.text,
      `Nobody is sent there any more until you have looked (mailatlas quarantine DOMAIN --lift):
  The domain gone.example has not existed since 2026-11-20.

These servers fail now:
  imap://imap.mail.example:993?security=tls  failing, tls.expired  (mail.example, post.example)

These servers work again:
  imap://smtp.mail.example:993?security=tls  verified  (mail.example, post.example)
`,
    );
    assert.deepEqual(message?.data, {
      changes: [moved('verified', 'failing'), moved('failing', 'verified', 'smtp.mail.example')].map((change) => ({
        ...change,
        records: records(),
      })),
      quarantined: [{ name: 'gone.example', at, why: 'The domain gone.example has not existed since 2026-11-20.' }],
    });
  });

  test('in German, too', () => {
    const message = newsOf({ changes: [moved('verified', 'failing')], alarms: [] }, records, 'de');
    assert.equal(message?.subject, 'mailatlas: 1 Server geht nicht');
    assert.match(message?.text ?? '', /^Diese Server gehen jetzt nicht:\n/);
  });

  test('is no message where there is none', () => {
    assert.equal(newsOf({ changes: [moved('unverified', 'verified')], alarms: [] }, records, 'en'), undefined);
  });

  test('of very many servers is a message that can be read', () => {
    const changes = Array.from({ length: 250 }, (_, i) => moved('verified', 'failing', `imap${i}.mail.example`));
    const text = newsOf({ changes, alarms: [] }, records, 'en')?.text ?? '';
    assert.equal(text.trimEnd().split('\n').length, 102);
    assert.match(text, /^ {2}and 150 more$/m);
  });
});
