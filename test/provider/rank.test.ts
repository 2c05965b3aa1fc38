import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { endpointKey, type Server, type StatusName, statusNames } from '../../src/provider/model.ts';
import { byStatus, serverRank } from '../../src/provider/rank.ts';
import { imap } from '../records.ts';

const tls = imap();
const starttls = imap({ port: 143, security: 'starttls' });
const spare = imap({ host: 'imap2.mail.example' });
const plain = imap({ port: 143, security: 'none' });
const pop: Server = { ...imap({ host: 'pop.mail.example', port: 995 }), protocol: 'pop3' };

function known(...pairs: readonly (readonly [Server, StatusName])[]) {
  return new Map(pairs.map(([server, status]) => [endpointKey(server), { status }]));
}

describe('The order of servers', () => {
  test('IMAP before POP3, TLS from the first byte before STARTTLS before plaintext', () => {
    assert.deepEqual(
      [pop, plain, starttls, tls].toSorted((a, b) => serverRank(a) - serverRank(b)),
      [tls, starttls, plain, pop],
    );
  });
});

describe('What is known of servers', () => {
  test('puts a failing or dead server behind a verified one', () => {
    for (const status of ['failing', 'dead'] as const) {
      assert.deepEqual(byStatus([tls, starttls], known([tls, status], [starttls, 'verified'])), [starttls, tls]);
    }
  });

  test('puts it behind one that answers with a warning, too', () => {
    assert.deepEqual(byStatus([tls, starttls], known([tls, 'failing'], [starttls, 'degraded'])), [starttls, tls]);
  });

  test('changes nothing where no other one is known to answer', () => {
    assert.deepEqual(byStatus([tls, starttls], known([tls, 'failing'])), [tls, starttls]);
    assert.deepEqual(byStatus([tls], known([tls, 'dead'])), [tls]);
    assert.deepEqual(byStatus([tls, pop], known([tls, 'dead'], [pop, 'verified'])), [tls, pop]);
  });

  test('leaves what is unknown, and what fails already behind, where the curators put it', () => {
    const statuses = known([tls, 'failing'], [starttls, 'verified']);
    assert.deepEqual(byStatus([spare, tls, starttls], statuses), [spare, starttls, tls]);
    assert.deepEqual(byStatus([tls, starttls, spare], statuses), [starttls, tls, spare]);
    assert.deepEqual(byStatus([starttls, tls, spare], statuses), [starttls, tls, spare]);
  });

  test('never lets plaintext overtake TLS: whoever blocks a port must not get passwords in the clear', () => {
    assert.deepEqual(byStatus([tls, plain], known([tls, 'dead'], [plain, 'verified'])), [tls, plain]);
  });

  test('leaves the places of each protocol', () => {
    const statuses = known([tls, 'failing'], [starttls, 'verified'], [pop, 'failing']);
    assert.deepEqual(byStatus([tls, pop, starttls], statuses), [starttls, pop, tls]);
  });

  test('is the same array where nothing is to change, so that nothing is rendered anew', () => {
    const servers = [tls, starttls];
    assert.equal(byStatus(servers, new Map()), servers);
    assert.equal(byStatus(servers, known([starttls, 'dead'], [tls, 'verified'])), servers);
  });

  test('never drops or adds a server, and all that fails stands behind all that answers', () => {
    const server = fc.record({
      protocol: fc.constantFrom('imap' as const, 'pop3' as const),
      port: fc.integer({ min: 1, max: 9 }),
      security: fc.constantFrom('tls' as const, 'starttls' as const, 'none' as const),
      status: fc.constantFrom(...statusNames),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(server, { selector: (one) => endpointKey({ host: 'x.example', ...one }) }),
        (drawn) => {
          const servers = drawn.map(({ status: _, ...facts }) => ({ ...imap(), ...facts }));
          const statuses = known(...servers.map((one, i) => [one, drawn[i]?.status ?? 'dead'] as const));
          const sorted = byStatus(servers, statuses);
          assert.deepEqual(new Set(sorted), new Set(servers));
          assert.equal(sorted.length, servers.length);
          const of = (one: Server) => statuses.get(endpointKey(one))?.status;
          for (const [i, one] of sorted.entries()) {
            for (const later of sorted.slice(i + 1)) {
              const isPair =
                one.protocol === later.protocol && (one.security === 'none') === (later.security === 'none');
              const isWrong =
                ['failing', 'dead'].includes(of(one) ?? '') && ['verified', 'degraded'].includes(of(later) ?? '');
              assert.ok(!(isPair && isWrong));
            }
          }
        },
      ),
    );
  });
});
