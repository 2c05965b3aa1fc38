import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileAtlas } from '../../src/atlas/atlas.ts';
import { judgeRecord } from '../../src/catalog/judge.ts';
import { contextOf } from '../../src/catalog/rules/context.ts';
import type { Provider } from '../../src/provider/model.ts';
import { authenticOf } from '../../src/provider/parties.ts';
import { Provider as ProviderSchema } from '../../src/provider/schema.ts';
import { vouched } from '../../src/submit/vouch.ts';
import { curated, imap, record, smtp } from '../records.ts';

const today = '2026-11-30';
const plain = record();
const foreign = record({
  documentation: [{ url: 'https://elsewhere.example/help', lang: 'en', about: 'imap' }],
  incoming: [imap({ host: 'imap.machines.example' })],
});

/** What the rules say of it in `data/`. */
function problems(made: Provider): string[] {
  const all = curated({ providers: [made] });
  assert.ok(compileAtlas(all));
  const context = contextOf(all, { fileOf: new Map(), unread: [], today });
  return judgeRecord(made, context).map(({ rule, says }) => `${rule.name}: ${says}`);
}

describe('an accepted record', () => {
  test('that its domains vouch for says so: that is the provider’s own word', () => {
    const made = vouched(plain, { number: 12, held: ['mail.example'], today });
    const says = 'TXT at _mailatlas vouches for submission 12: imap.mail.example, smtp.mail.example';
    assert.deepEqual(made.sources, { ...plain.sources, 'submission-12': { dns: 'mail.example', seen: today, says } });
    assert.deepEqual(made.incoming[0]?.sources, ['submission-12', 'help']);
    assert.deepEqual(authenticOf({ sources: ['submission-12'] }, made), { source: 'submission-12', at: today });
    assert.deepEqual(problems(made), []);
    ProviderSchema.parse(made);
  });

  test('whose domains do not all vouch for it stays as it is where its hosts are its own', () => {
    assert.equal(vouched(plain, { number: 12, held: [], today }), plain);
    const two = record({ domains: ['mail.example', 'other.example'] });
    assert.equal(vouched(two, { number: 12, held: ['mail.example'], today }), two);
  });

  test('with hosts of others names the provider’s page that a reviewer has read, or data/ would refuse it', () => {
    assert.equal(problems(foreign).length, 1);
    const made = vouched(foreign, { number: 12, held: ['machines.example'], today });
    const says = 'Names, as a reviewer has read: imap.machines.example';
    assert.deepEqual(made.sources['submission-12'], { url: 'https://mail.example/help', seen: today, says });
    assert.deepEqual([made.incoming[0]?.sources, made.outgoing[0]?.sources], [['submission-12', 'help'], ['help']]);
    assert.deepEqual(problems(made), []);
    assert.deepEqual(problems(vouched(foreign, { number: 12, held: ['mail.example'], today })), []);
  });

  test('whose hosts are served already says nothing that nobody has read', () => {
    assert.equal(vouched(foreign, { number: 12, held: [], today, base: foreign }), foreign);
  });

  test('that was vouched for before has the newest word only', () => {
    const before = vouched(plain, { number: 12, held: ['mail.example'], today });
    const made = vouched({ ...before, name: 'New' }, { number: 40, held: ['mail.example'], today });
    assert.deepEqual(Object.keys(made.sources), ['help', 'submission-40']);
    assert.deepEqual(made.outgoing[0]?.sources, ['submission-40', 'help']);
    assert.deepEqual(problems(made), []);
  });

  test('with very many hosts has as many sources as they need', () => {
    const incoming = Array.from({ length: 20 }, (_, i) => imap({ host: `a-rather-long-name-${i}.machines.example` }));
    const made = vouched(record({ incoming }), { number: 1, held: ['mail.example'], today });
    ProviderSchema.parse(made);
    assert.ok(Object.keys(made.sources).includes('submission-1-3'));
    assert.deepEqual(problems(made), []);
  });

  test('names what signs people in, too', () => {
    const { username, auth, sources } = imap();
    const at = (path: string) => `https://id.machines.example/${path}`;
    const made = vouched(
      record({
        incoming: [imap({ auth: ['OAuth2'] })],
        outgoing: [smtp()],
        oauth2: { issuer: at(''), authorization: at('a'), token: at('t'), scopes: { imap: 'mail' }, sources: ['help'] },
        services: [{ protocol: 'caldav', url: 'https://dav.machines.example/', username, auth, sources }],
      }),
      { number: 1, held: [], today },
    );
    assert.match(made.sources['submission-1']?.says ?? '', /dav\.machines\.example, id\.machines\.example/);
    assert.deepEqual([made.oauth2?.sources[0], made.services?.[0]?.sources[0]], ['submission-1', 'submission-1']);
    assert.deepEqual(problems(made), []);
  });
});
