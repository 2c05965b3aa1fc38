/** What mail clients would read: our replay of them reads what the asked domain publishes. */
import assert from 'node:assert/strict';
import type { ClientServer, Person } from '../../../src/discover/clients/model.ts';
import { clients as all } from '../../../src/discover/clients/table.ts';
import { parseXml, XmlError } from '../../../src/formats/xml.ts';
import type { Domain } from '../../../src/name/domain.ts';
import { filesOf, readOrRefused } from '../holds.ts';
import type { Target } from '../target.ts';
import { xml } from './xml.ts';

const person: Person = { local: 'max', domain: 'post.example' as Domain };
const protocols = new Set(['imap', 'pop3', 'smtp']);
const securities = new Set(['tls', 'starttls', 'none']);

export const clients: Target = {
  name: 'clients',
  holds: 'every replayed client reads servers in the words of the model, or nothing, and never falls over',
  form: 'xml',
  most: 64 * 1024,
  seeds: () => [...xml.seeds(), ...filesOf('test/golden', /\.mobileconfig$/, 6)],
  words: [
    'constructor',
    '__proto__',
    'toString',
    'socketType',
    'authentication',
    'Type',
    'Encryption',
    '%EMAILADDRESS%',
    '<string>',
    '<key>',
  ],
  run(input) {
    const root = readOrRefused(() => parseXml(input), XmlError);
    const read = all.flatMap((client) => [
      client.profile?.(input, person),
      ...(root ? [client.autoconfig?.(root, person), client.autodiscover?.(root, person)] : []),
    ]);
    for (const reading of read)
      if (reading && 'incoming' in reading)
        for (const server of [...reading.incoming, ...reading.outgoing]) check(server);
    return read;
  },
};

function check({ protocol, host, port, security, auth = [] }: ClientServer): void {
  assert.ok(protocols.has(protocol) && securities.has(security), JSON.stringify([protocol, security]));
  assert.equal(typeof host, 'string');
  assert.ok(Number.isInteger(port));
  for (const method of auth) assert.equal(typeof method, 'string');
}
