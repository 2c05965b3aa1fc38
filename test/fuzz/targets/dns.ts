/** DNS messages, held against another reader of them. */
import assert from 'node:assert/strict';
import packet from 'dns-packet';
import { decodeReply, encodeQuestion, MessageError, type RecordType } from '../../../src/net/dns/message.ts';
import { readOrRefused } from '../holds.ts';
import type { Target } from '../target.ts';

const name = 'mail.example';
const types = ['A', 'AAAA', 'MX', 'NS', 'TXT', 'SRV'] as const satisfies readonly RecordType[];
const data: Readonly<Record<(typeof types)[number], unknown>> = {
  A: '192.0.2.1',
  AAAA: '2001:db8::1',
  MX: { preference: 10, exchange: 'mx.mail.example' },
  NS: 'ns.mail.example',
  TXT: ['v=one', ' two'],
  SRV: { priority: 1, weight: 2, port: 993, target: 'imap.mail.example' },
};

export const dns: Target = {
  name: 'dns',
  holds:
    'what we read of a message another reader reads, too; names are names; a message of 64 KiB costs what it weighs',
  form: 'octets',
  most: 65_535,
  seeds: () =>
    types.flatMap((type) =>
      [
        [{ type, name, ttl: 60, data: data[type] }],
        [
          { type: 'CNAME', name, ttl: 60, data: 'alias.example' },
          { type, name: 'alias.example', ttl: 60, data: data[type] },
        ],
      ].map((answers) =>
        packet
          .encode({
            type: 'response',
            id: 0,
            flags: 0x180,
            questions: [{ type, name }],
            answers: answers as packet.Answer[],
          })
          .toString('latin1'),
      ),
    ),
  run(input) {
    const octets = Buffer.from(input, 'latin1');
    const replies = types.map((type) => readOrRefused(() => decodeReply(octets, name, type), MessageError));
    for (const [i, reply] of replies.entries()) {
      if (!reply || reply.records.length === 0) continue;
      const type = types[i];
      if (type !== 'TXT') for (const text of reply.records) assert.match(text, /^[\w.:\\ -]*$/);
      const other = readOrNothing(() => packet.decode(octets));
      const theirs = other?.answers?.filter((answer) => answer.type === type).length;
      if (theirs !== undefined) assert.ok(reply.records.length <= theirs, 'we read no record that is not there');
    }
    return replies;
  },
};

/** Questions are made from what {@link names} let through. */
assert.equal(packet.decode(Buffer.from(encodeQuestion(name, 'A'))).questions?.[0]?.name, name);

function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
