/**
 * Every open record of data/, rendered by us and read by each client's rules: it ends with the servers that the record
 * means, or the difference is known (differences.ts), and happens exactly where it is said to.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clients } from '../../../src/discover/clients/table.ts';
import { knownDifferences } from './differences.ts';
import { formats, type Read, readAll } from './documents.ts';

const reads = readAll();
const named = ({ provider }: Read) => provider.id;

/** What a reading has of differences; `nothing` where it was refused. */
function fieldsOf({ reading, judgement }: Read): string[] {
  return 'refused' in reading ? ['nothing'] : [...new Set(judgement.differences.map(({ field }) => field))];
}

for (const client of clients) {
  for (const format of formats) {
    const own = reads.filter((read) => read.client === client && read.format === format);
    if (own.length === 0) continue;
    describe(`${client.title} reads our ${format}`, () => {
      const known = knownDifferences.filter((one) => one.format === format && one.clients.includes(client.name));

      test('of every open record that can be said in it', () => {
        assert.ok(own.length > 200, `${own.length} records`);
      });

      test('and ends with servers of the record, but for what is known', () => {
        const unknown = own.filter((read) =>
          fieldsOf(read).some((field) => !known.some((one) => one.field === field && one.when(read.provider))),
        );
        assert.deepEqual(
          unknown.map((read) => [named(read), read.reading, read.judgement]),
          [],
        );
        const odd = own.filter(({ judgement, reading }) => {
          return (
            !('refused' in reading) &&
            judgement.differences.length === 0 &&
            !/^(as-meant|other-choice)$/.test(judgement.verdict)
          );
        });
        assert.deepEqual(odd.map(named), []);
      });

      for (const { field, when, says } of known) {
        test(`${field}: ${says}`, () => {
          const happens = own.filter((read) => fieldsOf(read).includes(field)).map(named);
          // Only the first difference of a server is told: a wrong mode hides a wrong name.
          const hidden = new Set(
            own.filter((read) => fieldsOf(read).length > 0 && !fieldsOf(read).includes(field)).map(named),
          );
          const said = own.filter(({ provider }) => when(provider)).map(named);
          assert.deepEqual(
            happens,
            said.filter((id) => !hidden.has(id)),
          );
          assert.ok(happens.length > 0, 'the record that shows it is gone: so is the need to explain it');
        });
      }
    });
  }
}

test('Clients that keep the order take the first choice of every record: both Thunderbirds, Delta Chat and EmailEngine', () => {
  for (const name of ['thunderbird', 'thunderbird-android', 'delta-chat', 'emailengine']) {
    const other = reads.filter(
      ({ client, format, judgement }) =>
        client.name === name && format === 'autoconfig' && judgement.verdict === 'other-choice',
    );
    assert.deepEqual(other.map(named), [], name);
  }
});

test('Nobody ends without encryption where the record has it', () => {
  const plain = reads.filter(({ reading, provider }) => {
    const servers = 'incoming' in reading ? [...reading.incoming.slice(0, 1), ...reading.outgoing.slice(0, 1)] : [];
    const ours = [...provider.incoming, ...provider.outgoing];
    return servers.some(
      ({ security, protocol }) =>
        security === 'none' && ours.some((one) => one.protocol === protocol && one.security !== 'none'),
    );
  });
  assert.deepEqual(
    plain.map((read) => [read.client.name, named(read)]),
    [],
  );
});
