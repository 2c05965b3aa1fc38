import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { recordDigest } from '../../src/atlas/digest.ts';
import { type ExportPlan, planExport } from '../../src/catalog/export.ts';
import type { DataFiles, ListName } from '../../src/catalog/files.ts';
import { draftText } from '../../src/catalog/format.ts';
import type { Provider } from '../../src/provider/model.ts';
import type { Overlay } from '../../src/store/overlays.ts';
import { record } from '../records.ts';

const today = '2026-11-30';
const source = { help: { url: 'https://mail.example/help', seen: '2026-11-20', says: 'IMAP imap.mail.example' } };
const mail = record({ sources: source });
const other = record({ id: 'other.example', sources: { help: { ...source.help, url: 'https://other.example/help' } } });

function data(records: readonly Provider[], lists: Partial<Record<ListName, string>> = {}): DataFiles {
  return {
    dir: '/data',
    providers: records.map((one) => ({
      file: `/data/providers/${one.id}.yml`,
      text: draftText({ record: one, remarks: [] }),
    })),
    lists: Object.fromEntries(Object.entries(lists).map(([name, text]) => [name, { file: `/data/${name}`, text }])),
    digest: '',
  };
}

let numbers = 0;
function overlay(was: Provider | undefined, is: Provider | null): Overlay {
  const id = is?.id ?? was?.id ?? assert.fail();
  return { number: ++numbers, id, baseDigest: was ? recordDigest(was) : null, record: is };
}

function plan(files: DataFiles, ...overlays: Overlay[]): ExportPlan {
  return planExport(files, overlays, today) ?? assert.fail();
}

describe('what was published', () => {
  test('is a file with a change in it, a new file, and a file less', () => {
    const fresh = record({ id: 'new.example', sources: source });
    const { outgoing, writes, heldBack } = plan(
      data([mail, other]),
      overlay(mail, { ...mail, name: 'Renamed Mail' }),
      overlay(undefined, fresh),
      overlay(other, null),
    );
    assert.deepEqual(heldBack, []);
    assert.deepEqual(
      outgoing.map(({ id, change, says }) => [id, change, says.length > 0]),
      [
        ['mail.example', 'changed', true],
        ['new.example', 'added', true],
        ['other.example', 'removed', true],
      ],
    );
    assert.deepEqual(outgoing[0]?.says, ['name was Example Mail, is Renamed Mail']);
    assert.deepEqual(
      writes.map(({ path, text }) => [path, text === null]),
      [
        ['providers/other.example.yml', true],
        ['providers/mail.example.yml', false],
        ['providers/new.example.yml', false],
      ],
    );
    assert.equal(writes.at(-1)?.text, draftText({ record: fresh, remarks: [] }));
  });

  test('that the files say already is nothing to write', () => {
    const found = plan(data([mail]), overlay(mail, mail), overlay(other, null));
    assert.deepEqual(found, { outgoing: [], same: ['mail.example', 'other.example'], heldBack: [], writes: [] });
  });

  test('is not written over a file that has moved on, nor over one that is gone', () => {
    const now = { ...mail, short: 'Newer' };
    const { outgoing, heldBack, writes } = plan(
      data([now]),
      overlay(mail, { ...mail, name: 'Renamed Mail' }),
      overlay(other, { ...other, name: 'Renamed' }),
    );
    assert.deepEqual([outgoing, writes], [[], []]);
    assert.deepEqual(
      heldBack.map(({ id, why }) => [id, why]),
      [
        ['mail.example', 'moved-on'],
        ['other.example', 'moved-on'],
      ],
    );
    assert.deepEqual(heldBack[0]?.says, ['name was Example Mail, is Renamed Mail', 'short was Newer, is Example']);
  });

  test('is not written where lint would refuse it; what else there is goes out', () => {
    const plaintext = { ...mail, incoming: [{ ...mail.incoming[0]!, port: 25 }] };
    const { outgoing, heldBack } = plan(
      data([mail, other]),
      overlay(mail, plaintext),
      overlay(other, { ...other, name: 'Renamed' }),
    );
    assert.deepEqual(
      outgoing.map(({ id }) => id),
      ['other.example'],
    );
    assert.deepEqual([heldBack[0]?.id, heldBack[0]?.why], ['mail.example', 'refused']);
    assert.match(heldBack[0]?.says.join() ?? '', /25 is for mail between servers/);
  });

  test('that moves a name from one record to another is written in the order in which it can be', () => {
    const both = { ...mail, domains: ['mail.example', 'second.example'] };
    const taker = { ...other, domains: ['other.example', 'second.example'] };
    const { writes, heldBack } = plan(data([both, other]), overlay(other, taker), overlay(both, mail));
    assert.deepEqual(heldBack, []);
    assert.deepEqual(
      writes.map(({ path }) => path),
      ['providers/mail.example.yml', 'providers/other.example.yml'],
    );
  });

  test('that needs another to go first stays here when that one does', () => {
    const both = { ...mail, domains: ['mail.example', 'second.example'] };
    const taker = { ...other, domains: ['other.example', 'second.example'] };
    // The file of the one that gives has moved on.
    const { outgoing, heldBack } = plan(
      data([both, other]),
      overlay(mail, { ...mail, short: 'X' }),
      overlay(other, taker),
    );
    assert.deepEqual(outgoing, []);
    assert.deepEqual(
      heldBack.map(({ id, why }) => [id, why]),
      [
        ['mail.example', 'moved-on'],
        ['other.example', 'refused'],
      ],
    );
  });

  test('takes a domain out of the list of those that are left out, and keeps the comments there', () => {
    const leftOut = `domains:
  # asked twice
  - domain: gone.example
    reason: unsure
    note: "Nobody answered."
  - domain: second.example
    reason: unsure
    note: "Nobody answered."
`;
    const { writes, heldBack } = plan(
      data([mail], { 'left-out.yml': leftOut }),
      overlay(mail, { ...mail, domains: ['mail.example', 'second.example'] }),
    );
    assert.deepEqual(heldBack, []);
    assert.equal(writes[0]?.path, 'left-out.yml');
    assert.equal(writes[0]?.text, leftOut.split('\n').slice(0, 5).join('\n').concat('\n'));
  });

  test('takes an exception along that has nothing to excuse any more', () => {
    const plain = {
      ...mail,
      incoming: [...mail.incoming, { ...mail.incoming[0]!, port: 143, security: 'none' as const }],
    };
    const exceptions = `exceptions:
  - rule: no-plaintext
    id: mail.example
    reason: "Their oldest customers."
    until: 2027-01-01
`;
    const { writes, heldBack } = plan(data([plain], { 'exceptions.yml': exceptions }), overlay(plain, mail));
    assert.deepEqual(heldBack, []);
    assert.deepEqual(
      writes.map(({ path }) => path),
      ['exceptions.yml', 'providers/mail.example.yml'],
    );
    assert.equal(writes[0]?.text, 'exceptions: []\n');
  });

  test('never leaves the folder of the data, whatever stands in the database', () => {
    for (const id of ['../../etc/passwd', 'a/b.example', '..', 'mail.example/../x', '/etc/x.example']) {
      const { writes, heldBack } = plan(data([]), { number: 1, id, baseDigest: null, record: { ...mail, id } });
      assert.deepEqual([writes, heldBack[0]?.why], [[], 'refused'], id);
    }
  });

  test('is no plan where the data themselves cannot be read', () => {
    const broken = { ...data([mail]), providers: [{ file: 'mail.example.yml', text: 'id: [' }] };
    assert.equal(planExport(broken, [], today), undefined);
  });
});
