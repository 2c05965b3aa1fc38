import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { type Row, reconcile } from '../../src/catalog/reconcile.ts';
import type { DraftRecord } from '../../src/formats/draft.ts';
import { curated, imap, leftOut, record, smtp } from '../records.ts';

const pop3 = { ...imap({ host: 'pop.mail.example', port: 995 }), protocol: 'pop3' } as const;

const ours = record({
  domains: ['*.users.mail.example', 'briefe.example', 'mail.example'],
  incoming: [imap(), pop3],
  outgoing: [smtp(), smtp({ port: 587, security: 'starttls' })],
});
const village = record({ id: 'village.example', incoming: [imap()], outgoing: [smtp()] });
const hosted = record({
  id: 'hosted.example',
  domains: [],
  mx: ['*.mx.hosted.example'],
  incoming: [imap()],
  outgoing: [smtp()],
});
const atlas = compileAtlas(
  curated({
    providers: [ours, village, hosted],
    leftOut: [leftOut('gone.example'), leftOut('*.gone.example')],
  }),
);

/** A draft with one of our servers of each kind, and what the test says. */
const draft = (facts: Partial<DraftRecord> = {}): DraftRecord => ({
  id: 'mail.example',
  domains: ['mail.example'],
  incoming: [imap()],
  outgoing: [smtp()],
  sources: {},
  ...facts,
});

const rows = (...drafts: Partial<DraftRecord>[]): Row[] => reconcile(atlas, drafts.map(draft));

/** Rows as `outcome record: clause; clause`. */
const brief = (...drafts: Partial<DraftRecord>[]): string[] =>
  rows(...drafts).map(({ outcome, record: id, says }) => `${outcome} ${id ?? '-'}: ${says.join('; ')}`);

describe('a draft', () => {
  test('agrees where the record has all its servers; the record may have more', () => {
    assert.deepEqual(rows({}), [{ draft: 'mail.example', record: 'mail.example', outcome: 'agrees', says: [] }]);
  });

  test('without servers agrees with everything', () => {
    assert.deepEqual(brief({ incoming: [], outgoing: [] }), ['agrees mail.example: ']);
  });

  test('may say other sign-in methods and other sources: lists do not know', () => {
    assert.deepEqual(brief({ incoming: [imap({ auth: ['NTLM'], sources: ['import'] })] }), ['agrees mail.example: ']);
  });

  for (const [what, facts, says] of [
    ['a host', { host: 'imap.elsewhere.example' }, 'imap imap.elsewhere.example:993 tls is not in the record'],
    ['a port', { port: 1993 }, 'imap imap.mail.example:1993 tls is not in the record'],
    ['security', { security: 'starttls' }, 'imap imap.mail.example:993 starttls, but the record says tls'],
    [
      'a user name',
      { username: '%EMAILLOCALPART%' },
      'imap imap.mail.example:993 tls: user name %EMAILLOCALPART%, but the record says %EMAILADDRESS%',
    ],
  ] as const) {
    test(`differs in ${what}`, () =>
      assert.deepEqual(brief({ incoming: [imap(facts)] }), [`differs mail.example: ${says}`]));
  }

  test('differs in a protocol: POP3 on the host and port of IMAP is another server', () => {
    assert.deepEqual(brief({ incoming: [{ ...pop3, host: 'imap.mail.example', port: 993 }] }), [
      'differs mail.example: pop3 imap.mail.example:993 tls is not in the record',
    ]);
  });

  test('is told all that differs, incoming servers first', () => {
    const facts = { incoming: [imap({ port: 1 }), pop3], outgoing: [smtp({ port: 2 }), smtp({ port: 587 })] };
    assert.deepEqual(rows(facts)[0]?.says, [
      'imap imap.mail.example:1 tls is not in the record',
      'smtp smtp.mail.example:2 tls is not in the record',
      'smtp smtp.mail.example:587 tls, but the record says starttls',
    ]);
  });
});

describe('the record it is held against', () => {
  test('is the one that has its domain, whatever the draft’s id is', () => {
    const [row] = rows({ id: 'other.example', domains: ['briefe.example'] });
    assert.deepEqual([row?.draft, row?.record, row?.outcome], ['other.example', 'mail.example', 'agrees']);
  });

  test('may have the domain by a wildcard', () => {
    assert.deepEqual(brief({ domains: ['max.users.mail.example'] }), ['agrees mail.example: ']);
    assert.deepEqual(brief({ domains: ['*.users.mail.example', '*.max.users.mail.example'] }), [
      'agrees mail.example: ',
    ]);
  });

  test('does not have the domains below one that it has: those are new', () => {
    assert.deepEqual(brief({ domains: ['*.briefe.example', 'briefe.example', 'x.briefe.example'] }), [
      'agrees mail.example: ',
      'new -: the atlas does not know *.briefe.example, x.briefe.example',
    ]);
  });

  test('may be several: one row each, in the order of the domains', () => {
    assert.deepEqual(brief({ domains: ['village.example', 'briefe.example', 'mail.example'], incoming: [pop3] }), [
      'differs village.example: pop3 pop.mail.example:995 tls is not in the record',
      'agrees mail.example: ',
    ]);
  });

  test('is found by the id where a draft has no domains: a hoster’s file may name its MX hosts only', () => {
    assert.deepEqual(brief({ id: 'hosted.example', domains: [] }), ['agrees hosted.example: ']);
    assert.deepEqual(brief({ id: 'nobody.example', domains: [] }), ['new -: the atlas does not know nobody.example']);
  });
});

describe('domains that no record has', () => {
  test('are new, all in one row', () => {
    assert.deepEqual(brief({ domains: ['b.example', 'mail.example', 'a.example'] }), [
      'agrees mail.example: ',
      'new -: the atlas does not know b.example, a.example',
    ]);
  });

  test('are left out on purpose where the list says so, also by a wildcard', () => {
    assert.deepEqual(brief({ domains: ['gone.example', 'b.gone.example'] }), [
      'left-out -: left out on purpose: gone.example, b.gone.example',
    ]);
  });

  test('that are no domains are new too: nothing is dropped in silence', () => {
    assert.deepEqual(brief({ domains: ['localhost'] }), ['new -: the atlas does not know localhost']);
  });
});

test('drafts are told in their order; none, nothing', () => {
  assert.deepEqual(
    rows({ id: 'b.example' }, { id: 'a.example', domains: ['village.example'] }).map((row) => row.draft),
    ['b.example', 'a.example'],
  );
  assert.deepEqual(rows(), []);
});
