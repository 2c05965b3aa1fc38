import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileAtlas } from '../../../src/atlas/atlas.ts';
import { rules } from '../../../src/catalog/rules/index.ts';
import type { Domain } from '../../../src/name/domain.ts';
import type { Resolver } from '../../../src/net/dns/resolver.ts';
import type { Provider } from '../../../src/provider/model.ts';
import { checkChanges } from '../../../src/submit/checks/changes.ts';
import { checkRules, german } from '../../../src/submit/checks/rules.ts';
import type { CheckResult, Draft } from '../../../src/submit/model.ts';
import { curated, imap, leftOut, record, smtp } from '../../records.ts';

const served = record({ domains: ['mail.example', 'mail-two.example'], mx: ['*.mx.mail.example'] });
const odd = record({ id: 'odd.example', outgoing: [smtp({ host: 'smtp.odd.example', port: 587, security: 'tls' })] });
const guide = record({
  id: 'guide.example',
  alternatives: [{ provider: 'mail.example', when: { en: 'old accounts' } }],
});
const wide = record({ id: 'wide.example', domains: ['*.wide.example', 'wide.example'] });
const atlas = compileAtlas(
  curated({ providers: [served, odd, guide, wide], leftOut: [leftOut('gone.example', 'dead')] }),
);

const of = (made: Provider): Draft => ({
  kind: atlas.records.has(made.id) ? 'change' : 'new',
  id: made.id,
  record: made,
  reason: '',
  language: 'en',
});
const remove = (id: string): Draft => ({ kind: 'remove', id, reason: 'ours', language: 'en' });
const report: Draft = { kind: 'report', id: 'mail.example', reason: 'wrong', language: 'en' };
const open = ({ items }: CheckResult) =>
  items.filter(({ state }) => state !== 'passed').map(({ state, code, about }) => `${state} ${code} ${about}`);
const rulesOf = (draft: Draft) => open(checkRules(draft, atlas, '2026-11-30'));
const changesOf = (draft: Draft) => checkChanges(draft, atlas);
/** DNS in which one domain is hosted at mail.example. */
const mx: Resolver = {
  mx: (domain) =>
    Promise.resolve(
      domain === 'customer.zz'
        ? { kind: 'hosts', hosts: [{ preference: 10, host: 'a.mx.mail.example' as Domain }] }
        : { kind: 'none', exists: true },
    ),
};

describe('the rules of the catalog', () => {
  test('hold for drafts as for files', () => {
    assert.equal(checkRules(of(record({ id: 'new.example' })), atlas, '2026-11-30').state, 'passed');
    const broken: [facts: Partial<Provider>, ...said: string[]][] = [
      [{ incoming: [imap({ port: 995 })] }, 'failed rule-broken incoming[0].port'],
      [{ outgoing: [smtp({ port: 25 })] }, 'failed rule-broken outgoing[0].port'],
      [{ incoming: [imap({ security: 'none' })] }, 'failed rule-broken incoming[0].security'],
      [{ domains: ['new.example', '*.co.uk'] }, 'failed rule-broken domains[1]'],
      [{ domains: ['mail.example', 'new.example'] }, 'failed rule-broken domains[0]'],
      [{ incoming: [imap({ host: '{mx}' })] }, 'failed rule-broken incoming[0].host'],
      [{ incoming: [imap({ auth: ['OAuth2'] })] }, 'failed rule-broken oauth2'],
      [{ access: 'closed' }, 'failed rule-broken access', 'failed rule-broken access'],
    ];
    for (const [facts, ...said] of broken) assert.deepEqual(rulesOf(of(record({ id: 'new.example', ...facts }))), said);
  });

  test('leave foreign hosts to the check that asks whose they are', () => {
    assert.deepEqual(rulesOf(of(record({ id: 'new.example', incoming: [imap({ host: 'mail.evil.example' })] }))), []);
  });

  test('are not held against a change for what was excused before it', () => {
    assert.deepEqual(rulesOf(of({ ...odd, name: 'Odd' })), ['attention known-problem outgoing[0].security']);
    const worse = { ...odd, incoming: [imap({ port: 995 })] };
    assert.ok(rulesOf(of(worse)).includes('failed rule-broken incoming[0].port'));
  });

  test('say why a domain was left out, and leave the decision to a reviewer', () => {
    assert.deepEqual(rulesOf(of(record({ id: 'gone.example' }))), ['attention left-out gone.example']);
  });

  test('keep a record that others lead to', () => {
    assert.deepEqual(rulesOf(remove('mail.example')), ['failed still-named guide.example']);
    assert.deepEqual(rulesOf(remove('odd.example')), []);
    assert.deepEqual(rulesOf(report), []);
  });

  test('are each said in German, too', () => {
    assert.deepEqual(
      Object.keys(german),
      rules.map(({ name }) => name),
    );
    const draft = of(record({ id: 'new.example', incoming: [imap({ port: 995 })] }));
    const [said] = checkRules(draft, atlas, '2026-11-30').items;
    assert.deepEqual(said?.says, {
      en: 'incoming[0].port: 995 is the port of pop3, not of imap.',
      de: 'incoming[0].port: Port, Protokoll und Verschlüsselung passen nicht zusammen.',
    });
  });
});

describe('what changes', () => {
  test('is told in both languages, what moves mail first and loudly', async () => {
    const draft = of({ ...served, mx: ['*.mx.evil.example'], outgoing: [smtp({ port: 587, security: 'starttls' })] });
    const { state, items } = await changesOf(draft);
    assert.equal(state, 'attention');
    assert.deepEqual(
      items.map(({ says }) => says.en.slice(0, 60)),
      [
        'People of domains that are served would be sent to evil.exam',
        'MX PATTERN *.mx.evil.example IS NEW: this decides for every ',
        'MX PATTERN *.mx.mail.example IS GONE: this decides for every',
        'Outgoing: smtp smtp.mail.example:465 tls, user name %EMAILAD',
        'Outgoing: smtp smtp.mail.example:587 starttls, user name %EM',
        '1 MX pattern more: *.mx.evil.example.',
        '1 MX pattern less: *.mx.mail.example.',
      ],
    );
    assert.equal(items[1]?.says.de.slice(0, 41), 'MX-MUSTER *.mx.evil.example KOMMT HINZU: ');
    const line = 'smtp smtp.mail.example:465 tls, Benutzername %EMAILADDRESS%, password-cleartext';
    assert.equal(items[3]?.says.de, `Versand: ${line} entfällt.`);
  });

  test('of a new record is that it comes, and what answered for it so far', async () => {
    const [said, ...more] = (await changesOf(of(record({ id: 'new.example' })))).items;
    assert.deepEqual([said?.code, more], ['new-record', []]);
    const vip = await changesOf(of(record({ id: 'vip.wide.example' })));
    assert.deepEqual(open(vip), ['attention takes-over vip.wide.example']);
  });

  test('is that a hoster’s record answered so far for a domain that nobody lists', async () => {
    const draft = of(record({ id: 'new.example', domains: ['customer.zz', 'new.example'] }));
    assert.deepEqual(open(await checkChanges(draft, atlas, mx)), ['attention answered-by-mx customer.zz']);
  });

  test('of one that goes is for whom, and who answers then', async () => {
    assert.deepEqual(open(await changesOf(remove('mail.example'))), [
      'attention record-gone mail.example',
      'attention mx-moves *.mx.mail.example',
      'attention gives-up mail.example',
      'attention gives-up mail-two.example',
    ]);
    assert.deepEqual(open(await changesOf(of({ ...served, domains: ['mail.example'] }))), [
      'attention gives-up mail-two.example',
    ]);
  });

  test('may be that nobody can sign in any more, or nothing', async () => {
    const closed = { ...served, access: 'none', incoming: [], outgoing: [] } as const;
    assert.deepEqual(open(await changesOf(of({ ...closed, incoming: [], outgoing: [] }))), [
      'attention access-changes access',
    ]);
    assert.deepEqual(open(await changesOf(of(served))), ['attention nothing-changes mail.example']);
    assert.deepEqual((await changesOf(report)).items, []);
  });
});
