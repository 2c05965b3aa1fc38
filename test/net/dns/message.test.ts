/** DNS messages as others write them, and as nobody should. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import packet from 'dns-packet';
import * as fc from 'fast-check';
import { decodeReply, encodeQuestion, MessageError } from '../../../src/net/dns/message.ts';

const question = { type: 'MX', name: 'mail.example' } as const;

function reply(answers: packet.Answer[], code = 0): Uint8Array {
  return packet.encode({
    type: 'response',
    id: 0,
    flags: packet.RECURSION_AVAILABLE | code,
    questions: [question],
    answers,
  });
}
const mxOf = (name: string, exchange: string): packet.Answer => ({
  type: 'MX',
  name,
  ttl: 60,
  data: { preference: 10, exchange },
});
const alias = (name: string, data: string): packet.Answer => ({ type: 'CNAME', name, ttl: 60, data });
const read = (octets: Uint8Array) => decodeReply(octets, 'mail.example', 'MX');

test('a question reads back as it was asked', () => {
  const decoded = packet.decode(Buffer.from(encodeQuestion('mail.example', 'AAAA')));
  assert.deepEqual(
    [decoded.id, decoded.type, decoded.flag_rd, decoded.questions],
    [0, 'query', true, [{ name: 'mail.example', type: 'AAAA', class: 'IN' }]],
  );
});

describe('an answer', () => {
  test('follows aliases, and takes nothing from names beside them', () => {
    const answers = [
      alias('mail.example', 'two.example'),
      alias('two.example', 'three.example'),
      mxOf('three.example', 'mx.example'),
      mxOf('mail.example', 'forged.example'),
      mxOf('other.example', 'forged.example'),
    ];
    assert.deepEqual(read(reply(answers)), { code: 0, records: ['10 mx.example'] });
  });

  test('of aliases in a circle is none, after a while', () => {
    const circle = [alias('mail.example', 'two.example'), alias('two.example', 'mail.example')];
    assert.deepEqual(read(reply(circle)).records, []);
  });

  test('with a name that points at itself is refused', () => {
    // Behind the 12 octets of the head and the 18 of the question stands a pointer to where it stands.
    const record = [0xc0, 30, 0, 15, 0, 1, 0, 0, 0, 0, 0, 0];
    const answers = Uint8Array.from([...reply([]), ...record]).with(7, 1);
    assert.throws(() => read(answers), MessageError);
  });

  test('with an alias whose record is longer or shorter than it says is refused', () => {
    const good = reply([alias('mail.example', 'two.example'), mxOf('two.example', 'mx.example')]);
    // Behind head and question: the owner's name, type, class, time; then the length of the data.
    const length = 12 + 18 + 14 + 8;
    assert.equal(good[length + 1], 'two.example'.length + 2);
    for (const wrong of [0, 5, 60]) assert.throws(() => read(good.with(length + 1, wrong)), MessageError);
  });

  test('with a name of more than 255 octets is refused: by pointers, few octets make a long one', () => {
    const labels = (count: number) => Array.from({ length: count }, () => [63, ...Buffer.alloc(63, 0x61)]).flat();
    const owner = (...octets: number[]) =>
      Uint8Array.from([...reply([]), ...octets, 0, 15, 0, 1, 0, 0, 0, 0, 0, 0]).with(7, 1);
    assert.throws(() => read(owner(...labels(4), 0)), /longer than any/);
    assert.throws(() => read(owner(...labels(3), 61, ...Buffer.alloc(61, 0x61), 0xc0, 12)), /longer than any/);
  });

  test('of texts is what all its strings say, and of services what the zone file says', () => {
    const whole = (type: 'TXT' | 'SRV', data: unknown): Uint8Array =>
      packet.encode({
        type: 'response',
        id: 0,
        questions: [{ type, name: 'mail.example' }],
        answers: [{ type, name: 'mail.example', ttl: 60, data } as packet.Answer],
      });
    const cut = whole('TXT', ['one ', '', 'and another']);
    assert.deepEqual(decodeReply(cut, 'mail.example', 'TXT').records, ['one and another']);
    const service = whole('SRV', { priority: 1, weight: 2, port: 993, target: 'IMAP.example' });
    assert.deepEqual(decodeReply(service, 'mail.example', 'SRV').records, ['1 2 993 imap.example']);
    // A string that says that it is longer than its record.
    const longer = cut.with(cut.length - 12, 200);
    assert.throws(() => decodeReply(longer, 'mail.example', 'TXT'), MessageError);
  });

  test('never keeps the reader, whatever the octets are', () => {
    const good = reply([alias('mail.example', 'two.example'), mxOf('two.example', 'mx.example')]);
    const broken = fc
      .tuple(fc.integer({ min: 0, max: good.length - 1 }), fc.integer({ min: 0, max: 255 }), fc.nat(good.length))
      .map(([at, octet, length]) => good.with(at, octet).subarray(0, good.length - length * (octet % 2)));
    fc.assert(
      fc.property(fc.oneof(broken, fc.uint8Array({ maxLength: 600 })), (octets) => {
        try {
          for (const text of read(octets).records) assert.match(text, /^\d+ /);
        } catch (error) {
          assert.ok(error instanceof MessageError, String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });
});
