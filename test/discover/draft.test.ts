/** One draft from several findings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftText } from '../../src/catalog/format.ts';
import { draftOf } from '../../src/discover/draft.ts';
import type { Discovery, Finding } from '../../src/discover/model.ts';
import type { Domain } from '../../src/name/domain.ts';
import { imap, smtp } from '../records.ts';

const domain = 'huber.zz' as Domain;
const sources = ['import'];

function finding(
  mechanism: Finding['mechanism'],
  facts: Partial<Finding['record']>,
  more: Partial<Finding> = {},
): Finding {
  return {
    mechanism,
    where: 'https://huber.zz/',
    trust: { level: 'tls', certified: [] },
    record: { id: domain, domains: [domain], incoming: [], outgoing: [], sources: { import: {} }, ...facts },
    remarks: [],
    ...more,
  };
}
const discovery = (...findings: Finding[]): Discovery => ({
  domain,
  at: '2026-11-20T10:00:00.000Z',
  placeholder: true,
  findings,
  attempts: [],
  srv: [],
  mx: { kind: 'none', exists: true },
});

test('servers that several findings have name them all; those that only one has follow', () => {
  const draft = draftOf(
    discovery(
      finding('autoconfig', { incoming: [imap({ sources })], outgoing: [smtp({ sources })], name: 'Huber' }),
      finding('srv', {
        incoming: [imap({ sources }), imap({ port: 143, security: 'starttls', sources })],
        sources: { import: { dns: 'huber.zz', seen: '2026-11-20' } },
      }),
    ),
  );
  assert.deepEqual(
    draft?.record.incoming.map(({ port, sources: by }) => [port, by]),
    [
      [993, ['autoconfig', 'srv']],
      [143, ['srv']],
    ],
  );
  assert.deepEqual(Object.keys(draft?.record.sources ?? {}), ['autoconfig', 'srv']);
  assert.equal(draft?.record.name, 'Huber');
});

test('two findings of one mechanism are two sources', () => {
  const draft = draftOf(
    discovery(
      finding('autoconfig', { incoming: [imap({ sources })] }),
      finding('autoconfig', { incoming: [imap({ host: 'other.huber.zz', sources })] }),
    ),
  );
  assert.deepEqual(Object.keys(draft?.record.sources ?? {}), ['autoconfig', 'autoconfig-2']);
});

test('what a stranger wrote stays a comment, and what came over plain HTTP is said so', () => {
  const remarks = [{ where: 'displayName', says: 'nonsense:\nid: other.example' }];
  const draft = draftOf(
    discovery(
      finding(
        'autoconfig',
        { incoming: [imap({ sources })] },
        { remarks, trust: { level: 'insecure', certified: [] } },
      ),
    ),
  );
  assert.ok(draft);
  const text = draftText(draft);
  assert.match(text, /^# autoconfig: came in part over plain HTTP/m);
  assert.doesNotMatch(text, /^id: other/m);
});

test('nothing found is no draft', () => {
  assert.equal(draftOf(discovery()), undefined);
});
