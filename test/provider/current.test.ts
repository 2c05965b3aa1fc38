import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDomain } from '../../src/name/domain.ts';
import { currentOf, quarantineOf } from '../../src/provider/current.ts';
import { nothingKnown } from '../../src/provider/model.ts';
import { imap, record, smtp } from '../records.ts';
import { post } from '../web/records.ts';

const since = '2026-11-20T10:00:00.000Z';
const why = 'All name servers have changed.';

function quarantined(...names: string[]) {
  return { ...nothingKnown, quarantine: new Map(names.map((name) => [parseDomain(name), { at: since, why }])) };
}

describe('A record as it may be given now', () => {
  test('is the curated one where nothing speaks against it', () => {
    assert.equal(currentOf(post, nothingKnown).provider, post);
    assert.equal(currentOf(post, quarantined('elsewhere.example')).provider, post);
    assert.deepEqual(currentOf(post, nothingKnown).withheld, []);
  });

  test('loses the servers on a host that is under quarantine, and names the host once', () => {
    const { provider, withheld } = currentOf(post, quarantined('imap.post.example'));
    assert.deepEqual(
      provider.incoming.map(({ host }) => host),
      ['pop.post.example'],
    );
    assert.equal(provider.outgoing.length, post.outgoing.length);
    assert.deepEqual(withheld, [{ host: 'imap.post.example', since, why }]);
  });

  test('loses everything below a domain that is: servers, services, sign-in, links', () => {
    const { provider, withheld } = currentOf(post, quarantined('post.example'));
    const { incoming, outgoing, services, oauth2, documentation, website, webmail, setup = [] } = provider;
    assert.deepEqual([incoming, outgoing, services, documentation], [[], [], [], []]);
    assert.deepEqual([oauth2, website, webmail], [undefined, undefined, undefined]);
    assert.equal(setup.length, post.setup?.length, 'the steps stay');
    assert.ok(
      setup.every(({ url }) => url === undefined),
      'without their links',
    );
    assert.deepEqual(withheld.map(({ host }) => host).sort(), [
      'dav.post.example',
      'id.post.example',
      'imap.post.example',
      'pop.post.example',
      'post.example',
      'sieve.post.example',
      'smtp.post.example',
      'web.post.example',
    ]);
  });

  test('keeps its neighbours: a name that only ends alike is another one', () => {
    assert.equal(quarantineOf('imap.goodpost.example', quarantined('post.example').quarantine), undefined);
    assert.equal(quarantineOf('post.example', quarantined('imap.post.example').quarantine), undefined);
  });

  test('gives no second chance by order: what is withheld is gone, whatever its status', () => {
    const two = record({ incoming: [imap(), imap({ host: 'imap.other.example' })], outgoing: [smtp()] });
    const { provider } = currentOf(two, quarantined('mail.example'));
    assert.deepEqual(
      provider.incoming.map(({ host }) => host),
      ['imap.other.example'],
    );
    assert.deepEqual(provider.outgoing, []);
  });
});
